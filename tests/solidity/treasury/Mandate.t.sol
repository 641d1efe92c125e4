// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";

import {
    ITreasuryAdapter,
    Venue,
    VenueKind
} from "../../../contracts/interfaces/ITreasuryAdapter.sol";
import {vm} from "../base/Vm.sol";
import {IVault, TreasuryTest} from "./TreasuryTest.sol";

/// @notice Which venues are allowed, on which terms, and who may do what with them.
contract MandateTest is TreasuryTest {
    IVault private _vault;
    address private _at;

    function setUp() public override {
        super.setUp();
        _vault = _newVault("PlainVault");
        _at = address(_vault);
    }

    function test_EachRightIsRestricted() external {
        address at = address(adapter);
        _restricted(at, _depositing(_at, 1));
        _restricted(at, _withdrawing(_at, 1));
        _restricted(at, abi.encodeCall(adapter.swap, (_at, _at, 1, 1, NOW, _ref(1, 1))));
        _restricted(at, abi.encodeCall(adapter.sweep, (_at, _ref(1, 1))));
        _restricted(at, abi.encodeCall(adapter.setVenue, (_at, _vaultTerms())));
        _restricted(at, abi.encodeCall(adapter.raiseCap, (_at, 1)));
        _restricted(at, abi.encodeCall(adapter.lowerCap, (_at, 1)));
        _restricted(at, abi.encodeCall(adapter.closeVenue, (_at)));
        _restricted(at, abi.encodeCall(adapter.pause, ()));
        _restricted(at, abi.encodeCall(adapter.unpause, ()));
    }

    function test_AnAdapterHasAManagerAndATreasury() external {
        bytes4 selector = ITreasuryAdapter.NotAContract.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, alice));
        this.deployAdapter(alice, treasury);
        vm.expectRevert(abi.encodeWithSelector(selector, address(0)));
        this.deployAdapter(address(access), address(0));
        vm.assertEq(adapter.treasury(), treasury);
    }

    function deployAdapter(address authority, address treasury_) external {
        _deploy("TreasuryAdapter", abi.encode(authority, treasury_));
    }

    // ------------------------------------------------------------------------------------ terms

    function test_TermsFitTheVenue() external {
        Venue memory terms = _vaultTerms();
        bytes memory invalid = abi.encodeWithSelector(ITreasuryAdapter.TermsInvalid.selector, _at);
        terms.slippageBpsMax = 10_000;
        _notAllowed(terms, invalid);
        terms = _vaultTerms();
        terms.other = alice;
        _notAllowed(terms, invalid);
        terms = _vaultTerms();
        terms.guard.windowSeconds = 1;
        _notAllowed(terms, invalid);
        terms = _vaultTerms();
        terms.gateway = alice;
        _notAllowed(terms, invalid);
        terms = _vaultTerms();
        terms.supplyFloor = 0;
        _notAllowed(terms, invalid);
    }

    function test_AVaultIsOfItsAsset() external {
        IVault other = IVault(_deploy("PlainVault", abi.encode(_newAsset("EUR"))));
        bytes memory data = abi.encodeCall(adapter.setVenue, (address(other), _vaultTerms()));
        vm.prank(limiter);
        (bool passed, bytes memory answer) = address(adapter).call(data);
        vm.assertFalse(passed);
        vm.assertTrue(bytes4(answer) == ITreasuryAdapter.VenueMismatch.selector);
    }

    function test_AVenueKeepsKindAndAsset() external {
        bytes memory fixed_ = abi.encodeWithSelector(ITreasuryAdapter.TermsFixed.selector, _at);
        Venue memory terms = _vaultTerms();
        terms.kind = VenueKind.AaveV3;
        _notAllowed(terms, fixed_);
        terms = _vaultTerms();
        terms.asset = address(_newAsset("EUR"));
        _notAllowed(terms, fixed_);
    }

    function test_AVenueHasAKind() external {
        Venue memory terms = _vaultTerms();
        terms.kind = VenueKind.None;
        bytes4 selector = ITreasuryAdapter.VenueUnknown.selector;
        bytes memory data = abi.encodeCall(adapter.setVenue, (alice, terms));
        bytes memory reason = abi.encodeWithSelector(selector, alice, VenueKind.None);
        _refused(limiter, address(adapter), data, reason);
        _fails(_depositing(alice, 1), reason);
        vm.expectRevert(reason);
        adapter.exposure(alice);
        vm.assertTrue(adapter.venueOf(alice).kind == VenueKind.None);
    }

    // ------------------------------------------------------------------------------------- caps

    function testFuzz_OneDoorRaisesTheOtherLowers(uint128 cap) external {
        bytes memory raise = abi.encodeCall(adapter.raiseCap, (_at, cap));
        bytes memory lower = abi.encodeCall(adapter.lowerCap, (_at, cap));
        if (cap <= CAP) {
            bytes4 selector = ITreasuryAdapter.CapNotRaised.selector;
            bytes memory reason = abi.encodeWithSelector(selector, CAP, cap);
            _refused(limiter, address(adapter), raise, reason);
        }
        if (cap >= CAP) {
            bytes4 selector = ITreasuryAdapter.CapNotLowered.selector;
            bytes memory reason = abi.encodeWithSelector(selector, CAP, cap);
            _refused(guardian, address(adapter), lower, reason);
        }
        if (cap > CAP) _accepted(limiter, address(adapter), raise);
        if (cap < CAP) _accepted(guardian, address(adapter), lower);
        vm.assertEq(adapter.venueOf(_at).cap, cap);
    }

    function test_AClosedVenueTakesNothingAndGivesBack() external {
        _deposits(_at, 10 * UNIT);
        _accepted(guardian, address(adapter), abi.encodeCall(adapter.closeVenue, (_at)));
        vm.assertFalse(adapter.isOpen(_at));
        vm.assertEq(adapter.depositable(_at), 0);
        bytes memory reason = abi.encodeWithSelector(ITreasuryAdapter.VenueNotOpen.selector, _at);
        _fails(_depositing(_at, 1), reason);
        _refused(
            limiter, address(adapter), abi.encodeCall(adapter.raiseCap, (_at, CAP + 1)), reason
        );
        _refused(guardian, address(adapter), abi.encodeCall(adapter.closeVenue, (_at)), reason);
        _accepted(guardian, address(adapter), abi.encodeCall(adapter.lowerCap, (_at, 1)));
        _accepted(treasurer, address(adapter), _withdrawing(_at, type(uint256).max));
        vm.assertEq(asset.balanceOf(treasury), 10_000 * UNIT);
        _allow(_at, _vaultTerms());
        vm.assertTrue(adapter.isOpen(_at));
        _deposits(_at, 10 * UNIT);
    }

    function test_UnderAPauseNothingGoesInAndAllComesOut() external {
        _deposits(_at, 10 * UNIT);
        _accepted(guardian, address(adapter), abi.encodeCall(adapter.pause, ()));
        vm.assertEq(adapter.depositable(_at), 0);
        _fails(_depositing(_at, 1), abi.encodeWithSelector(Pausable.EnforcedPause.selector));
        _accepted(treasurer, address(adapter), _withdrawing(_at, type(uint256).max));
        _accepted(address(this), address(adapter), abi.encodeCall(adapter.unpause, ()));
        _deposits(_at, UNIT);
    }

    // -------------------------------------------------------------------------------- references

    function test_AMovementHasAReferenceOfItsOwn() external {
        bytes memory data = abi.encodeCall(adapter.deposit, (_at, UNIT, 0, 0));
        _fails(data, abi.encodeWithSelector(ITreasuryAdapter.ReferenceMissing.selector));
        data = abi.encodeCall(adapter.deposit, (_at, UNIT, 0, _ref(9, 9)));
        _accepted(treasurer, address(adapter), data);
        vm.assertTrue(adapter.isReferenceUsed(_ref(9, 9)));
        bytes4 selector = ITreasuryAdapter.ReferenceUsed.selector;
        _fails(data, abi.encodeWithSelector(selector, _ref(9, 9)));
    }

    // ------------------------------------------------------------------------------------- sweep

    function test_WhatLiesHereGoesToTheTreasury() external {
        bytes memory data = abi.encodeCall(adapter.sweep, (address(asset), _ref(9, 9)));
        _fails(data, abi.encodeWithSelector(ITreasuryAdapter.AmountMissing.selector));
        asset.mint(address(adapter), 7);
        vm.expectEmit(address(adapter));
        emit ITreasuryAdapter.Swept(address(asset), _ref(9, 9), 7);
        _accepted(treasurer, address(adapter), data);
        vm.assertEq(asset.balanceOf(treasury), 10_000 * UNIT + 7);
        data = abi.encodeCall(adapter.sweep, (_at, _ref(8, 8)));
        _fails(data, abi.encodeWithSelector(ITreasuryAdapter.IsPosition.selector, _at));
    }

    function _notAllowed(Venue memory terms, bytes memory reason) private {
        bytes memory data = abi.encodeCall(adapter.setVenue, (_at, terms));
        _refused(limiter, address(adapter), data, reason);
    }
}
