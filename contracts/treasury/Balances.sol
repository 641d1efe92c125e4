// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {ITreasuryAdapter} from "../interfaces/ITreasuryAdapter.sol";

/// @title What accounts have; the only word that counts
library Balances {
    function heldOf(address asset, address account) internal view returns (uint256) {
        return IERC20(asset).balanceOf(account);
    }

    function requireIs(address asset, address account, uint256 expected) internal view {
        uint256 found = heldOf(asset, account);
        if (found != expected) {
            revert ITreasuryAdapter.UnexpectedBalance(asset, account, expected, found);
        }
    }
}
