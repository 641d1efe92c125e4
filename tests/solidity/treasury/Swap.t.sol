// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {
    Feed,
    ITreasuryAdapter,
    Venue,
    VenueKind
} from "../../../contracts/interfaces/ITreasuryAdapter.sol";
import {vm} from "../base/Vm.sol";
import {IAsset, TreasuryTest} from "./TreasuryTest.sol";
import {UniswapStandIn} from "./UniswapStandIn.sol";

interface IFeed {
    function set(int256 answer) external;
    function setTimes(uint256 startedAt, uint256 updatedAt) external;
    function setDecimals(uint8 decimals) external;
}

/// @notice One asset into another: only while pool, its average and the feeds agree, and never for
/// less than they say.
contract SwapTest is TreasuryTest {
    uint256 private constant PRICE = 1e8;
    int24 private constant TICKS_MAX = 50;

    IAsset private _other;
    UniswapStandIn private _pool;
    IFeed private _assetFeed;
    IFeed private _otherFeed;
    IFeed private _sequencer;
    address private _at;

    function setUp() public override {
        super.setUp();
        _other = _newAsset("EUR");
        _pool = new UniswapStandIn(address(asset), address(_other));
        _at = address(_pool);
        asset.mint(_at, 10_000 * UNIT);
        _other.mint(_at, 10_000 * UNIT);
        _assetFeed = IFeed(_deploy("SettableFeed", abi.encode(8, int256(PRICE))));
        _otherFeed = IFeed(_deploy("SettableFeed", abi.encode(8, int256(PRICE))));
        _sequencer = IFeed(_deploy("SettableFeed", abi.encode(0, int256(0))));
        _sequencer.setTimes(NOW - 2 * HOUR, NOW);
        _allow(_at, _terms());
    }

    // ------------------------------------------------------------------------------------- terms

    function test_AGuardIsWhole() external {
        for (uint256 part = 0; part < 10; ++part) {
            Venue memory terms = _terms();
            if (part == 0) terms.supplyFloor = 1;
            if (part == 1) terms.guard.windowSeconds = 0;
            if (part == 2) terms.guard.windowSeconds = uint32(type(int32).max) + 1;
            if (part == 3) terms.guard.deviationTicksMax = 0;
            if (part == 4) terms.guard.deviationBpsMax = 0;
            if (part == 5) terms.guard.graceSeconds = 0;
            if (part == 6) terms.guard.assetFeed.aggregator = address(0);
            if (part == 7) terms.guard.assetFeed.ageSecondsMax = 0;
            if (part == 8) terms.guard.otherFeed.min = terms.guard.otherFeed.max;
            if (part == 9) terms.guard.otherFeed.aggregator = address(0);
            _notAllowed(terms, ITreasuryAdapter.TermsInvalid.selector);
        }
    }

    function test_ThePoolIsItsFactorysAndTheRoutersToo() external {
        Venue memory terms = _terms();
        terms.gateway = address(new UniswapStandIn(address(asset), address(_other)));
        _notAllowed(terms, ITreasuryAdapter.VenueMismatch.selector);
        _pool.moveElsewhere(alice);
        _notAllowed(_terms(), ITreasuryAdapter.VenueMismatch.selector);
    }

    // ------------------------------------------------------------------------------------- swaps

    function testFuzz_ASwapBringsWhatThePoolPays(uint256 amount, bool forth) external {
        amount = amount % (500 * UNIT) + UNIT;
        (IAsset sold, IAsset bought) = forth ? (asset, _other) : (_other, asset);
        (uint256 byFeeds, uint256 least) = adapter.quote(_at, address(sold), amount);
        vm.assertEq(byFeeds, amount);
        vm.assertEq(least, (amount * 9900 + 9999) / 10_000);
        _pool.pay(least, 0);
        vm.expectEmit(address(adapter));
        emit ITreasuryAdapter.Swapped(
            _at, address(sold), _ref(9, 9), amount, address(bought), least
        );
        _accepted(treasurer, address(adapter), _swapping(address(sold), amount, 0));
        vm.assertEq(bought.balanceOf(treasury), 10_000 * UNIT + least);
        vm.assertEq(sold.balanceOf(treasury), 10_000 * UNIT - amount);
        vm.assertEq(sold.allowance(address(adapter), _at), 0);
        vm.assertEq(adapter.exposure(_at), amount);
    }

    function test_LessThanMustIsRefused() external {
        _pool.pay(99 * UNIT - 1, 0);
        bytes4 selector = ITreasuryAdapter.TooLittleReceived.selector;
        bytes memory reason =
            abi.encodeWithSelector(selector, address(_other), 99 * UNIT - 1, 99 * UNIT);
        _fails(_swapping(address(asset), 100 * UNIT, 0), reason);
        _pool.pay(99 * UNIT, 0);
        reason = abi.encodeWithSelector(selector, address(_other), 99 * UNIT, 100 * UNIT);
        _fails(_swapping(address(asset), 100 * UNIT, 100 * UNIT), reason);
        _pool.pay(100 * UNIT, 1);
        _refusedWith(ITreasuryAdapter.UnexpectedBalance.selector);
    }

    function test_ASwapIsOfThePoolsAssets() external {
        bytes4 selector = ITreasuryAdapter.NotTraded.selector;
        _fails(_swapping(alice, UNIT, 0), abi.encodeWithSelector(selector, _at, alice));
        bytes memory late = abi.encodeCall(
            adapter.swap, (_at, address(asset), UNIT, 0, NOW - 1, _ref(9, 9))
        );
        selector = ITreasuryAdapter.DeadlinePassed.selector;
        _fails(late, abi.encodeWithSelector(selector, NOW - 1, NOW));
    }

    function test_APoolIsNoVaultAndAVaultNoPool() external {
        bytes4 selector = ITreasuryAdapter.VenueUnknown.selector;
        _fails(_depositing(_at, UNIT), abi.encodeWithSelector(selector, _at, VenueKind.UniswapV3));
        address vault = address(_newVault("PlainVault"));
        bytes memory data =
            abi.encodeCall(adapter.swap, (vault, address(asset), UNIT, 0, NOW, _ref(9, 9)));
        _fails(data, abi.encodeWithSelector(selector, vault, VenueKind.ERC4626));
    }

    function test_ADaysCapRefillsEvenly() external {
        _pool.pay(1000 * UNIT, 0);
        _accepted(treasurer, address(adapter), _swapping(address(asset), CAP, 0));
        bytes4 selector = ITreasuryAdapter.CapExceeded.selector;
        bytes memory data = abi.encodeCall(
            adapter.swap, (_at, address(asset), UNIT, 0, NOW + 1 days, _ref(8, 8))
        );
        _fails(data, abi.encodeWithSelector(selector, _at, CAP + UNIT, CAP));
        vm.warp(NOW + 12 hours);
        vm.assertEq(adapter.exposure(_at), CAP / 2);
        // A new cap counts from now on.
        _accepted(guardian, address(adapter), abi.encodeCall(adapter.lowerCap, (_at, CAP / 2)));
        vm.assertEq(adapter.exposure(_at), CAP / 2);
        vm.warp(NOW + 24 hours);
        vm.assertEq(adapter.exposure(_at), CAP / 4);
        vm.warp(NOW + 48 hours);
        vm.assertEq(adapter.exposure(_at), 0);
    }

    // ------------------------------------------------------------------------------------- guard

    function test_AStaleFeedIsNotBelieved() external {
        _otherFeed.setTimes(NOW, NOW - HOUR - 1);
        bytes4 selector = ITreasuryAdapter.FeedStale.selector;
        _doubted(abi.encodeWithSelector(selector, _otherFeed, NOW - HOUR - 1, HOUR));
        _otherFeed.setTimes(NOW, NOW + 1);
        _doubted(abi.encodeWithSelector(selector, _otherFeed, NOW + 1, HOUR));
    }

    function test_AFeedOutOfItsBandIsNotBelieved() external {
        bytes4 selector = ITreasuryAdapter.FeedOutOfBand.selector;
        int256[3] memory answers = [int256(PRICE / 2), int256(PRICE * 2), int256(-1)];
        for (uint256 i = 0; i < answers.length; ++i) {
            _assetFeed.set(answers[i]);
            _doubted(
                abi.encodeWithSelector(selector, _assetFeed, answers[i], PRICE / 2, PRICE * 2)
            );
        }
    }

    function test_AFeedOfOtherDigitsIsNotBelieved() external {
        _assetFeed.setDecimals(18);
        bytes4 selector = ITreasuryAdapter.FeedDecimals.selector;
        _doubted(abi.encodeWithSelector(selector, _assetFeed, 8, 18));
    }

    function test_WhileTheSequencerIsDownNothingIsBelieved() external {
        bytes4 selector = ITreasuryAdapter.SequencerDown.selector;
        _sequencer.setTimes(NOW - HOUR, NOW);
        _doubted(abi.encodeWithSelector(selector, _sequencer, 0, NOW - HOUR, HOUR));
        _sequencer.setTimes(0, NOW);
        _doubted(abi.encodeWithSelector(selector, _sequencer, 0, 0, HOUR));
        _sequencer.set(1);
        _sequencer.setTimes(NOW - 2 * HOUR, NOW);
        _doubted(abi.encodeWithSelector(selector, _sequencer, 1, NOW - 2 * HOUR, HOUR));
    }

    function test_WithoutASequencerNoneIsAsked() external {
        Venue memory terms = _terms();
        (terms.guard.sequencerFeed, terms.guard.graceSeconds) = (address(0), 0);
        _allow(_at, terms);
        _sequencer.set(1);
        adapter.quote(_at, address(asset), UNIT);
    }

    function test_APoolOfTooShortMemoryIsNotBelieved() external {
        bytes4 selector = ITreasuryAdapter.WindowNotCovered.selector;
        _pool.remember(uint32(NOW - 599), false);
        _doubted(abi.encodeWithSelector(selector, _at, 599, 600));
        _pool.remember(uint32(NOW - 599), true);
        _doubted(abi.encodeWithSelector(selector, _at, 599, 600));
        _pool.remember(uint32(NOW - 600), true);
        adapter.quote(_at, address(asset), UNIT);
    }

    function testFuzz_ASpotAwayFromItsAverageIsNotBelieved(int24 spot) external {
        spot = spot % 1000;
        _pool.setTicks(spot, 0);
        if (spot > TICKS_MAX || spot < -TICKS_MAX) {
            bytes4 selector = ITreasuryAdapter.SpotOffAverage.selector;
            _doubted(abi.encodeWithSelector(selector, _at, spot, 0, TICKS_MAX));
        } else {
            adapter.quote(_at, address(asset), UNIT);
        }
    }

    function test_AnAverageIsRoundedAsThePoolRounds() external {
        _pool.setTicks(-3, -3);
        // Half a tick below -3, so -4; the pool's own tick would be that too.
        adapter.quote(_at, address(asset), UNIT);
        _pool.setTicks(-4 - TICKS_MAX, -3);
        adapter.quote(_at, address(asset), UNIT);
    }

    function test_AnAverageAwayFromTheFeedsIsNotBelieved() external {
        for (uint256 i = 0; i < 2; ++i) {
            int24 tick = i == 0 ? int24(400) : int24(-400);
            _pool.setTicks(tick, tick);
            _refusedQuote(address(asset));
            _refusedQuote(address(_other));
        }
    }

    // ------------------------------------------------------------------------------------- parts

    function _terms() private view returns (Venue memory terms) {
        terms.kind = VenueKind.UniswapV3;
        terms.asset = address(asset);
        terms.slippageBpsMax = 100;
        terms.other = address(_other);
        terms.gateway = _at;
        terms.cap = CAP;
        Feed memory feed = Feed({
            aggregator: address(_assetFeed),
            ageSecondsMax: uint32(HOUR),
            decimals: 8,
            min: uint128(PRICE / 2),
            max: uint128(PRICE * 2)
        });
        terms.guard.assetFeed = feed;
        terms.guard.otherFeed = Feed(
            address(_otherFeed), feed.ageSecondsMax, feed.decimals, feed.min, feed.max
        );
        terms.guard.sequencerFeed = address(_sequencer);
        terms.guard.graceSeconds = uint24(HOUR);
        terms.guard.windowSeconds = 600;
        terms.guard.deviationTicksMax = uint24(TICKS_MAX);
        terms.guard.deviationBpsMax = 200;
    }

    function _swapping(address sold, uint256 amount, uint256 least)
        private
        view
        returns (bytes memory)
    {
        return abi.encodeCall(adapter.swap, (_at, sold, amount, least, NOW, _ref(9, 9)));
    }

    function _doubted(bytes memory reason) private {
        _fails(_swapping(address(asset), UNIT, 0), reason);
    }

    function _refusedQuote(address sold) private {
        _refusedWith(_swapping(sold, UNIT, 0), ITreasuryAdapter.AverageOffFeeds.selector);
    }

    function _refusedWith(bytes4 selector) private {
        _refusedWith(_swapping(address(asset), 100 * UNIT, 0), selector);
    }

    function _refusedWith(bytes memory data, bytes4 selector) private {
        vm.prank(treasurer);
        (bool passed, bytes memory answer) = address(adapter).call(data);
        vm.assertFalse(passed, "was not refused");
        vm.assertTrue(bytes4(answer) == selector, "refused for another reason");
    }

    function _notAllowed(Venue memory terms, bytes4 selector) private {
        vm.prank(limiter);
        (bool passed, bytes memory answer) =
            address(adapter).call(abi.encodeCall(adapter.setVenue, (_at, terms)));
        vm.assertFalse(passed);
        vm.assertTrue(bytes4(answer) == selector);
    }
}
