// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HoldTerms} from "../../contracts/interfaces/IDepositToken.sol";

/// @notice As much of a token as a gate sees: a supply. What the token itself refuses is proved
/// beside this; a gate must be right about whatever the token lets through.
contract SupplyOnly {
    uint128 private _supply;

    function totalSupply() external view returns (uint256) {
        return _supply;
    }

    function mint(address, uint256 amount) external {
        require(amount <= type(uint128).max - _supply);
        _supply += uint128(amount);
    }

    function burnHeld(HoldTerms calldata, uint256 amount) external {
        require(amount <= _supply);
        _supply -= uint128(amount);
    }
}
