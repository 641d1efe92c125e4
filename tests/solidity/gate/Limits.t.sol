// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IIssuanceGate, Limits} from "../../../contracts/interfaces/IIssuanceGate.sol";
import {BankTest} from "../base/BankTest.sol";
import {vm} from "../base/Vm.sol";

/// @notice How much may be issued: at once, again after a while, and on whose word.
contract LimitsTest is BankTest {
    function test_EachRightIsRestricted() external {
        address at = address(gate);
        _restricted(at, abi.encodeCall(gate.attest, (1, uint64(NOW))));
        _restricted(at, abi.encodeCall(gate.raiseLimits, (_initialLimits())));
        _restricted(at, abi.encodeCall(gate.lowerLimits, (_initialLimits())));
    }

    function test_AGateServesContracts() external {
        bytes4 selector = IIssuanceGate.NotAContract.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, alice));
        this.deployGate(alice, address(access));
        vm.expectRevert(abi.encodeWithSelector(selector, bob));
        this.deployGate(address(token), bob);
    }

    function test_ItTellsWhatItServes() external view {
        vm.assertEq(address(gate.token()), address(token));
        vm.assertEq(IAccessManaged(address(gate)).authority(), address(access));
    }

    function testFuzz_TheAccessManagerStays(address next) external {
        bytes memory data = abi.encodeCall(IAccessManaged.setAuthority, (next));
        bytes4 selector = IIssuanceGate.AuthorityFixed.selector;
        bytes memory reason = abi.encodeWithSelector(selector, address(access), next);
        _refused(address(access), address(gate), data, reason);
    }

    // -------------------------------------------------------------------------- what is attested

    function testFuzz_AnAttestationIsKept(uint64 liabilities, uint64 asOf) external {
        asOf = uint64(asOf % (NOW + 5 minutes + 1));
        vm.expectEmit(address(gate));
        emit IIssuanceGate.Attested(liabilities, asOf);
        vm.prank(attestor);
        gate.attest(liabilities, asOf);
        (uint256 owed, uint64 time) = gate.attestation();
        vm.assertEq(owed, liabilities);
        vm.assertEq(time, asOf);
    }

    function testFuzz_AnAttestationIsNotOfWhatIsToCome(uint64 asOf) external {
        vm.assume(asOf > NOW + 5 minutes);
        bytes4 selector = IIssuanceGate.AttestationAhead.selector;
        _cannotAttest(1, asOf, abi.encodeWithSelector(selector, asOf, NOW));
    }

    function testFuzz_AnAttestationNeverGoesBack(uint64 asOf) external {
        vm.prank(attestor);
        gate.attest(1, uint64(NOW));
        asOf = uint64(asOf % NOW);
        bytes4 selector = IIssuanceGate.AttestationOutOfOrder.selector;
        _cannotAttest(1, asOf, abi.encodeWithSelector(selector, asOf, NOW));
    }

    function testFuzz_WhatIsOwedFitsItsField(uint256 liabilities) external {
        vm.assume(liabilities > type(uint64).max);
        bytes4 selector = SafeCast.SafeCastOverflowedUintDowncast.selector;
        _cannotAttest(liabilities, uint64(NOW), abi.encodeWithSelector(selector, 64, liabilities));
    }

    function test_WhoIssuesDoesNotAttest() external {
        _grant(ISSUER, attestor);
        bytes4 selector = IIssuanceGate.AttestorIssues.selector;
        _cannotAttest(1, uint64(NOW), abi.encodeWithSelector(selector, attestor));
        access.revokeRole(ISSUER, attestor);
        access.grantRole(ISSUER, attestor, 1 hours);
        _cannotAttest(1, uint64(NOW), abi.encodeWithSelector(selector, attestor));
    }

    // ------------------------------------------------------------------------------ the rate

    function testFuzz_TheRateBoundsWhatIsIssued(uint256 first, uint256 second, uint256 time)
        external
    {
        _attestAll();
        first = first % 1_000_000 + 1;
        time = time % 200_000;
        _issue(1, first);
        vm.warp(NOW + time);
        _attestAll();
        uint256 used = first > time * 10 ? first - time * 10 : 0;
        vm.assertEq(gate.available(), 1_000_000 - used);
        second = second % 2_000_000 + 1;
        if (second > 1_000_000 - used) {
            bytes4 selector = IIssuanceGate.RateLimited.selector;
            bytes memory reason = abi.encodeWithSelector(selector, second, 1_000_000 - used);
            bytes memory data = abi.encodeCall(gate.issue, (2, _ref(1, 2), alice, second));
            _refused(issuer, address(gate), data, reason);
        } else {
            _issue(2, second);
            vm.assertEq(gate.available(), 1_000_000 - used - second);
        }
    }

    function test_ANewRateCountsFromNowOn() external {
        _attestAll();
        _issue(1, 1_000_000);
        vm.warp(NOW + 1000);
        vm.prank(guardian);
        gate.lowerLimits(Limits(1_000_000, 0, 1 days));
        vm.assertEq(gate.available(), 10_000);
        vm.warp(NOW + 5000);
        vm.assertEq(gate.available(), 10_000);
    }

    function test_LessCapacityThanIsUsedLeavesNothing() external {
        _attestAll();
        _issue(1, 500_000);
        vm.prank(guardian);
        gate.lowerLimits(Limits(400_000, 10, 1 days));
        vm.assertEq(gate.available(), 0);
    }

    function testFuzz_OneDoorRaisesTheOtherLowers(Limits memory next) external {
        Limits memory current = gate.limits();
        bool above = _noLess(next, current);
        bool below = _noLess(current, next);
        bytes memory raise = abi.encodeCall(gate.raiseLimits, (next));
        bytes memory lower = abi.encodeCall(gate.lowerLimits, (next));
        if (!above || below) {
            bytes4 selector = IIssuanceGate.NotRaised.selector;
            _refused(
                limiter, address(gate), raise, abi.encodeWithSelector(selector, current, next)
            );
        }
        if (!below || above) {
            bytes4 selector = IIssuanceGate.NotLowered.selector;
            _refused(
                guardian, address(gate), lower, abi.encodeWithSelector(selector, current, next)
            );
        }
        if (above != below) {
            _accepted(above ? limiter : guardian, address(gate), above ? raise : lower);
            vm.assertEq(abi.encode(gate.limits()), abi.encode(next));
        }
    }

    function deployGate(address served, address authority) external {
        _deploy("IssuanceGate", abi.encode(served, authority, _initialLimits()));
    }

    function _attestAll() private {
        vm.prank(attestor);
        gate.attest(type(uint64).max, uint64(block.timestamp));
    }

    function _issue(uint128 sequence, uint256 amount) private {
        vm.prank(issuer);
        gate.issue(sequence, _ref(1, sequence), alice, amount);
    }

    function _cannotAttest(uint256 liabilities, uint64 asOf, bytes memory reason) private {
        bytes memory data = abi.encodeCall(gate.attest, (liabilities, asOf));
        _refused(attestor, address(gate), data, reason);
    }

    function _noLess(Limits memory large, Limits memory small) private pure returns (bool) {
        return large.capacity >= small.capacity && large.refillPerSecond >= small.refillPerSecond
            && large.attestationMaxAge >= small.attestationMaxAge;
    }
}
