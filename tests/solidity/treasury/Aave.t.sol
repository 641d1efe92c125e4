// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {
    ITreasuryAdapter,
    Venue,
    VenueKind
} from "../../../contracts/interfaces/ITreasuryAdapter.sol";
import {vm} from "../base/Vm.sol";
import {AaveStandIn} from "./AaveStandIn.sol";
import {TreasuryTest} from "./TreasuryTest.sol";

/// @notice Money in a lending pool: never collateral, no more than fits, as much back as is there.
contract AaveTest is TreasuryTest {
    AaveStandIn private _pool;
    address private _at;

    function setUp() public override {
        super.setUp();
        _pool = new AaveStandIn(asset);
        _at = address(_pool.aToken());
        _allow(_at, _terms());
    }

    function test_TermsFitThePool() external {
        Venue memory terms = _terms();
        terms.supplyFloor = 1;
        _notAllowed(terms, ITreasuryAdapter.TermsInvalid.selector);
        terms = _terms();
        terms.gateway = address(new AaveStandIn(asset));
        _notAllowed(terms, ITreasuryAdapter.VenueMismatch.selector);
    }

    function testFuzz_MoneyGoesInAndComesBack(uint256 assets) external {
        assets = assets % CAP + 1;
        _deposits(_at, assets);
        (uint256 shares, uint256 worth) = adapter.position(_at);
        vm.assertEq(shares, assets);
        vm.assertEq(worth, assets);
        vm.assertEq(_pool.getUserConfiguration(address(adapter)), 0, "used as collateral");
        _clean(address(_pool));
        vm.assertEq(adapter.withdrawable(_at), assets);
        _accepted(treasurer, address(adapter), _withdrawing(_at, type(uint256).max));
        vm.assertEq(asset.balanceOf(treasury), 10_000 * UNIT);
    }

    function test_WhatIsLentOutIsNotThere() external {
        _deposits(_at, 100 * UNIT);
        _pool.lend(alice, 70 * UNIT);
        vm.assertEq(adapter.withdrawable(_at), 30 * UNIT);
        vm.prank(treasurer);
        vm.assertEq(adapter.withdraw(_at, 50 * UNIT, 0, type(uint256).max, _nextRef()), 30 * UNIT);
        bytes memory reason =
            abi.encodeWithSelector(ITreasuryAdapter.NothingAvailable.selector, _at);
        _fails(_withdrawing(_at, UNIT), reason);
    }

    function test_OnlyWhatThePoolHasCountedIsPaid() external {
        _deposits(_at, 100 * UNIT);
        _pool.count(true, 40 * UNIT);
        vm.assertEq(adapter.withdrawable(_at), 40 * UNIT);
    }

    function test_APoolThatTakesNothingGetsNothing() external {
        _pool.configure(false, false, false, 0);
        _takes(0);
        _pool.configure(true, true, false, 0);
        _takes(0);
        _pool.configure(true, false, true, 0);
        _takes(0);
        _pool.configure(true, false, false, 0);
        _takes(CAP);
        _deposits(_at, 10 * UNIT);
        _pool.configure(true, false, false, 15);
        _takes(5 * UNIT);
        bytes4 selector = ITreasuryAdapter.VenueRefuses.selector;
        bytes memory reason = abi.encodeWithSelector(selector, _at, 6 * UNIT, 5 * UNIT);
        _fails(_depositing(_at, 6 * UNIT), reason);
    }

    function _takes(uint256 amount) private view {
        vm.assertEq(adapter.depositable(_at), amount);
    }

    function _terms() private view returns (Venue memory terms) {
        terms.kind = VenueKind.AaveV3;
        terms.asset = address(asset);
        terms.slippageBpsMax = 1;
        terms.gateway = address(_pool);
        terms.cap = CAP;
    }

    function _notAllowed(Venue memory terms, bytes4 selector) private {
        vm.prank(limiter);
        (bool passed, bytes memory answer) =
            address(adapter).call(abi.encodeCall(adapter.setVenue, (_at, terms)));
        vm.assertFalse(passed);
        vm.assertTrue(bytes4(answer) == selector);
    }
}
