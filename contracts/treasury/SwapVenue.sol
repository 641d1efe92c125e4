// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {Feed, ITreasuryAdapter, PriceGuard, Venue} from "../interfaces/ITreasuryAdapter.sol";
import {IUniswapV3Factory} from "../interfaces/protocols/IUniswapV3Factory.sol";
import {IUniswapV3Pool} from "../interfaces/protocols/IUniswapV3Pool.sol";
import {ExactInputSingle, IUniswapV3Router} from "../interfaces/protocols/IUniswapV3Router.sol";
import {OracleGuard} from "../libraries/OracleGuard.sol";
import {TickPrice} from "../libraries/TickPrice.sol";
import {Identity} from "./Identity.sol";

/// @title One asset into another through a Uniswap v3 pool; the venue is the pool
library SwapVenue {
    using SafeERC20 for IERC20;

    uint256 private constant BPS = 10_000;

    function check(address venue, Venue memory terms) internal view {
        if (terms.supplyFloor != 0 || !_isWhole(terms.guard)) {
            revert ITreasuryAdapter.TermsInvalid(venue);
        }
        address factory = IUniswapV3Pool(venue).factory();
        Identity.requireSame(venue, factory, IUniswapV3Router(terms.gateway).factory());
        // What the router will trade with for these tokens and this fee.
        uint24 fee = IUniswapV3Pool(venue).fee();
        address pool = IUniswapV3Factory(factory).getPool(terms.asset, terms.other, fee);
        Identity.requireSame(venue, venue, pool);
    }

    /// @notice What the feeds say, if they and the pool agree; and the least to be accepted.
    function judge(address venue, Venue storage terms, address sold, uint256 amount)
        internal
        view
        returns (uint256 byFeeds, uint256 least)
    {
        PriceGuard storage guard = terms.guard;
        OracleGuard.requireSequencerUp(guard.sequencerFeed, guard.graceSeconds);
        bool fromAsset = sold == terms.asset;
        (Feed storage from, Feed storage to) = fromAsset
            ? (guard.assetFeed, guard.otherFeed)
            : (guard.otherFeed, guard.assetFeed);
        byFeeds = OracleGuard.convert(amount, sold, from, boughtFor(venue, terms, sold), to);
        _requireAgreed(venue, guard, sold, amount, byFeeds);
        least = Math.ceilDiv(byFeeds * (BPS - terms.slippageBpsMax), BPS);
    }

    function trade(
        address venue,
        Venue storage terms,
        address sold,
        uint256 amount,
        uint256 least,
        address to
    ) internal {
        IERC20(sold).forceApprove(terms.gateway, amount);
        // Balances tell what was bought, not the router.
        // slither-disable-next-line unused-return
        IUniswapV3Router(terms.gateway).exactInputSingle(
            ExactInputSingle({
                tokenIn: sold,
                tokenOut: boughtFor(venue, terms, sold),
                fee: IUniswapV3Pool(venue).fee(),
                recipient: to,
                deadline: block.timestamp,
                amountIn: amount,
                amountOutMinimum: least,
                sqrtPriceLimitX96: 0
            })
        );
        IERC20(sold).forceApprove(terms.gateway, 0);
    }

    function boughtFor(address venue, Venue storage terms, address sold)
        internal
        view
        returns (address)
    {
        if (sold == terms.asset) return terms.other;
        if (sold == terms.other) return terms.asset;
        revert ITreasuryAdapter.NotTraded(venue, sold);
    }

    function _requireAgreed(
        address venue,
        PriceGuard storage guard,
        address sold,
        uint256 amount,
        uint256 byFeeds
    ) private view {
        int24 tick = OracleGuard.averageTick(venue, guard);
        bool fromToken0 = sold == IUniswapV3Pool(venue).token0();
        uint256 byAverage = TickPrice.convert(tick, amount, fromToken0);
        uint256 apart = byAverage > byFeeds ? byAverage - byFeeds : byFeeds - byAverage;
        if (apart > byFeeds * guard.deviationBpsMax / BPS) {
            revert ITreasuryAdapter.AverageOffFeeds(
                venue, byAverage, byFeeds, guard.deviationBpsMax
            );
        }
    }

    function _isWhole(PriceGuard memory guard) private pure returns (bool) {
        bool bounded = guard.windowSeconds != 0 && guard.windowSeconds <= uint32(type(int32).max)
            && guard.deviationTicksMax != 0 && guard.deviationBpsMax != 0;
        bool sequenced = guard.sequencerFeed == address(0) || guard.graceSeconds != 0;
        return bounded && sequenced && _isWhole(guard.assetFeed) && _isWhole(guard.otherFeed);
    }

    function _isWhole(Feed memory feed) private pure returns (bool) {
        return feed.aggregator != address(0) && feed.ageSecondsMax != 0 && feed.min < feed.max;
    }
}
