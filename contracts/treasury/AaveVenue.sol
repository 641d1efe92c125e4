// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {ITreasuryAdapter, Venue} from "../interfaces/ITreasuryAdapter.sol";
import {IAToken} from "../interfaces/protocols/IAToken.sol";
import {IAaveAddressesProvider} from "../interfaces/protocols/IAaveAddressesProvider.sol";
import {IAavePool} from "../interfaces/protocols/IAavePool.sol";
import {Balances} from "./Balances.sol";
import {Identity} from "./Identity.sol";

/// @title Money supplied to an Aave v3 pool; the venue is the aToken
library AaveVenue {
    using SafeERC20 for IERC20;

    // Words of a reserve; see IAavePool.
    uint256 private constant CONFIGURATION = 0;
    uint256 private constant NUMBER = 7;
    uint256 private constant A_TOKEN = 8;
    uint256 private constant OWED_TO_AAVE = 12;
    // Bits of its configuration.
    uint256 private constant ACTIVE = 1 << 56;
    uint256 private constant FROZEN = 1 << 57;
    uint256 private constant PAUSED = 1 << 60;
    uint256 private constant CAP_MASK = 2 ** 36 - 1;
    uint256 private constant RAY = 1e27;

    function check(address venue, Venue memory terms) internal view {
        Identity.requireSame(venue, terms.asset, IAToken(venue).UNDERLYING_ASSET_ADDRESS());
        if (terms.supplyFloor != 0) revert ITreasuryAdapter.TermsInvalid(venue);
        IAavePool pool = _poolOf(venue, terms.gateway);
        uint256[15] memory reserve = pool.getReserveData(terms.asset);
        Identity.requireSame(venue, venue, address(uint160(reserve[A_TOKEN])));
    }

    function put(address venue, Venue storage terms, uint256 assets) internal {
        IAavePool pool = _poolOf(venue, terms.gateway);
        IERC20 asset = IERC20(terms.asset);
        asset.forceApprove(address(pool), assets);
        pool.supply(address(asset), assets, address(this), 0);
        asset.forceApprove(address(pool), 0);
        _releaseCollateral(pool, address(asset));
    }

    function take(address venue, Venue storage terms, uint256 assets, address to) internal {
        uint256 held = Balances.heldOf(venue, address(this));
        uint256 amount = Math.min(assets, availableIn(venue, terms));
        if (amount == 0) return;
        // The pool's word for all; a computed balance could leave a unit of interest behind.
        uint256 asked = amount == held ? type(uint256).max : amount;
        // Balances tell what was paid, not the pool.
        // slither-disable-next-line unused-return
        _minterOf(venue).withdraw(terms.asset, asked, to);
    }

    function heldIn(address venue) internal view returns (uint256 shares, uint256 worth) {
        shares = IAToken(venue).scaledBalanceOf(address(this));
        worth = Balances.heldOf(venue, address(this));
    }

    function roomIn(address venue, Venue storage terms) internal view returns (uint256) {
        IAavePool pool = _poolOf(venue, terms.gateway);
        uint256[15] memory reserve = pool.getReserveData(terms.asset);
        uint256 word = reserve[CONFIGURATION];
        if (word & (ACTIVE | FROZEN | PAUSED) != ACTIVE) return 0;
        uint256 cap = ((word >> 116) & CAP_MASK) * 10 ** uint8(word >> 48);
        if (cap == 0) return type(uint256).max;
        uint256 scaled = IAToken(venue).scaledTotalSupply() + reserve[OWED_TO_AAVE];
        uint256 index = pool.getReserveNormalizedIncome(terms.asset);
        return Math.saturatingSub(cap, Math.ceilDiv(scaled * index, RAY));
    }

    /// @dev What others have borrowed is not there, and a pool refuses to pay more than is.
    function availableIn(address venue, Venue storage terms) internal view returns (uint256) {
        address asset = terms.asset;
        uint256 idle = Balances.heldOf(asset, venue);
        try _minterOf(venue).getVirtualUnderlyingBalance(asset) returns (
            uint128 counted
        ) {
            // Since v3.1 a pool pays only what it counted in, not what was sent to it beside.
            idle = Math.min(idle, counted);
        } catch {}
        return Math.min(idle, Balances.heldOf(venue, address(this)));
    }

    /// @dev Aave makes a first supply collateral by itself.
    function _releaseCollateral(IAavePool pool, address asset) private {
        uint256 place = 2 * pool.getReserveData(asset)[NUMBER] + 1;
        if (pool.getUserConfiguration(address(this)) >> place & 1 == 1) {
            pool.setUserUseReserveAsCollateral(asset, false);
        }
    }

    function _poolOf(address venue, address provider) private view returns (IAavePool) {
        address pool = IAaveAddressesProvider(provider).getPool();
        Identity.requireSame(venue, pool, address(_minterOf(venue)));
        return IAavePool(pool);
    }

    function _minterOf(address venue) private view returns (IAavePool) {
        return IAavePool(IAToken(venue).POOL());
    }
}
