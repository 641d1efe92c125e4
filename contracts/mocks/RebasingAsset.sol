// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PlainAsset} from "./PlainAsset.sol";

/// @title An asset whose balances are shares of a pool, so that transfers round
/// @notice As staked ether does it; for tests.
contract RebasingAsset is PlainAsset {
    uint256 private _perMille = 1000;

    constructor() PlainAsset("REBASE", 6) {}

    function rebase(uint256 perMille) external {
        _perMille = perMille;
    }

    function balanceOf(address account) public view override returns (uint256) {
        return super.balanceOf(account) * _perMille / 1000;
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount * 1000 / _perMille);
    }
}
