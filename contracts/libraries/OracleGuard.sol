// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {Feed, ITreasuryAdapter, PriceGuard} from "../interfaces/ITreasuryAdapter.sol";
import {IAggregatorV3} from "../interfaces/protocols/IAggregatorV3.sol";
import {IUniswapV3Pool} from "../interfaces/protocols/IUniswapV3Pool.sol";

/// @title When a price is believed
library OracleGuard {
    // Feeds and pools tell much more than is asked.
    // slither-disable-start unused-return
    // Ages and windows are of minutes and hours; a block's time can be off by seconds.
    // slither-disable-start timestamp

    /// @notice What `amount` of one asset is in another, by their feeds.
    function convert(
        uint256 amount,
        address from,
        Feed storage fromFeed,
        address to,
        Feed storage toFeed
    ) internal view returns (uint256) {
        uint256 fromDigits = fromFeed.decimals + IERC20Metadata(from).decimals();
        uint256 toDigits = toFeed.decimals + IERC20Metadata(to).decimals();
        return Math.mulDiv(
            amount, price(fromFeed) * 10 ** toDigits, price(toFeed) * 10 ** fromDigits
        );
    }

    /// @notice The feed's answer, if it is fresh and credible.
    function price(Feed storage feed) internal view returns (uint256) {
        IAggregatorV3 aggregator = IAggregatorV3(feed.aggregator);
        uint8 decimals = aggregator.decimals();
        if (decimals != feed.decimals) {
            revert ITreasuryAdapter.FeedDecimals(feed.aggregator, feed.decimals, decimals);
        }
        (, int256 answer,, uint256 updatedAt,) = aggregator.latestRoundData();
        if (updatedAt > block.timestamp || block.timestamp - updatedAt > feed.ageSecondsMax) {
            revert ITreasuryAdapter.FeedStale(feed.aggregator, updatedAt, feed.ageSecondsMax);
        }
        // The edges are refused too: a feed that is stuck at its own floor answers exactly that.
        if (answer <= int256(uint256(feed.min)) || answer >= int256(uint256(feed.max))) {
            revert ITreasuryAdapter.FeedOutOfBand(feed.aggregator, answer, feed.min, feed.max);
        }
        return uint256(answer);
    }

    /// @notice While a layer 2 is down, prices there stand still and only some can act.
    function requireSequencerUp(address feed, uint24 graceSeconds) internal view {
        if (feed == address(0)) return;
        (, int256 answer, uint256 since,,) = IAggregatorV3(feed).latestRoundData();
        bool up = answer == 0 && since != 0 && since + graceSeconds < block.timestamp;
        if (!up) revert ITreasuryAdapter.SequencerDown(feed, answer, since, graceSeconds);
    }

    /// @notice The pool's tick of this moment and its average, if the two are close.
    function averageTick(address pool, PriceGuard storage guard) internal view returns (int24) {
        (, int24 spot, uint16 index, uint16 cardinality,,,) = IUniswapV3Pool(pool).slot0();
        _requireCovered(pool, index, cardinality, guard.windowSeconds);
        int24 average = _average(pool, guard.windowSeconds);
        int256 distance = int256(spot) - average;
        if (distance < 0) distance = -distance;
        if (distance > int256(uint256(guard.deviationTicksMax))) {
            revert ITreasuryAdapter.SpotOffAverage(pool, spot, average, guard.deviationTicksMax);
        }
        return average;
    }

    /// @dev The oldest observation stands behind the newest one, unless that place is still empty.
    function _requireCovered(address pool, uint256 index, uint256 cardinality, uint256 window)
        private
        view
    {
        uint256 next = (index + 1) % cardinality;
        (uint32 oldest,,, bool initialized) = IUniswapV3Pool(pool).observations(next);
        if (!initialized) (oldest,,,) = IUniswapV3Pool(pool).observations(0);
        uint32 covered;
        // The pool's clock has 32 bits and starts anew in 2106.
        unchecked {
            covered = uint32(block.timestamp) - oldest;
        }
        if (covered < window) revert ITreasuryAdapter.WindowNotCovered(pool, covered, window);
    }

    function _average(address pool, uint32 window) private view returns (int24) {
        uint32[] memory ago = new uint32[](2);
        ago[0] = window;
        (int56[] memory sums,) = IUniswapV3Pool(pool).observe(ago);
        int56 sum = sums[1] - sums[0];
        int56 length = int56(uint56(window));
        // Towards minus infinity, as the pool itself rounds its tick.
        int56 average = sum / length - (sum < 0 && sum % length != 0 ? int56(1) : int56(0));
        return int24(average);
    }

    // slither-disable-end unused-return,timestamp
}
