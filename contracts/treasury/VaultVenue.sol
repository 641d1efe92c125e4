// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {ITreasuryAdapter, Venue} from "../interfaces/ITreasuryAdapter.sol";
import {Balances} from "./Balances.sol";
import {Identity} from "./Identity.sol";

/// @title Money in an ERC-4626 vault; the venue is the vault
library VaultVenue {
    // Balances tell what was taken and given, not the vault.
    // slither-disable-start unused-return

    using SafeERC20 for IERC20;

    function check(address venue, Venue memory terms) internal view {
        Identity.requireSame(venue, terms.asset, IERC4626(venue).asset());
        if (terms.gateway != address(0) || terms.supplyFloor == 0) {
            revert ITreasuryAdapter.TermsInvalid(venue);
        }
    }

    function requireFilled(address venue, uint256 floor) internal view {
        uint256 supply = IERC4626(venue).totalSupply();
        if (supply < floor) revert ITreasuryAdapter.SupplyTooSmall(venue, supply, floor);
    }

    function put(address venue, Venue storage terms, uint256 assets) internal {
        IERC20 asset = IERC20(terms.asset);
        asset.forceApprove(venue, assets);
        IERC4626(venue).deposit(assets, address(this));
        asset.forceApprove(venue, 0);
    }

    /// @dev All is taken by shares, since the assets they are worth are rounded.
    function take(address venue, uint256 assets, address to) internal {
        IERC4626 vault = IERC4626(venue);
        if (assets == type(uint256).max) {
            uint256 held = Balances.heldOf(venue, address(this));
            held = Math.min(held, vault.maxRedeem(address(this)));
            if (held != 0) vault.redeem(held, to, address(this));
        } else {
            uint256 available = Math.min(assets, availableIn(venue));
            if (available != 0) vault.withdraw(available, to, address(this));
        }
    }

    function heldIn(address venue) internal view returns (uint256 shares, uint256 worth) {
        shares = Balances.heldOf(venue, address(this));
        worth = IERC4626(venue).convertToAssets(shares);
    }

    function roomIn(address venue, Venue storage terms) internal view returns (uint256) {
        if (IERC4626(venue).totalSupply() < terms.supplyFloor) return 0;
        return IERC4626(venue).maxDeposit(address(this));
    }

    function availableIn(address venue) internal view returns (uint256) {
        return IERC4626(venue).maxWithdraw(address(this));
    }

    // slither-disable-end unused-return
}
