// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IIssuanceGate, Limits} from "../../../contracts/interfaces/IIssuanceGate.sol";
import {BankTest} from "../base/BankTest.sol";
import {vm} from "../base/Vm.sol";

/// @notice The very second and the very unit at which nothing more is issued, and each limit at
/// zero; chance seldom meets them.
contract IssuanceGateNegativeTest is BankTest {
    function setUp() public override {
        super.setUp();
        _attested(500);
    }

    function test_AnAttestationEndsWithItsLastSecond() external {
        vm.warp(NOW + 1 days);
        _issued(1, 1);
        vm.warp(NOW + 1 days + 1);
        bytes memory reason = abi.encodeWithSelector(
            IIssuanceGate.AttestationStale.selector, NOW, 1 days, NOW + 1 days + 1
        );
        _cannotIssue(2, 1, reason);
    }

    function test_WhatIsOwedBoundsTheWholeSupply() external {
        _issued(1, 400);
        bytes memory reason =
            abi.encodeWithSelector(IIssuanceGate.LiabilitiesExceeded.selector, 400, 101, 500);
        _cannotIssue(2, 101, reason);
        _issued(2, 100);
        reason = abi.encodeWithSelector(IIssuanceGate.LiabilitiesExceeded.selector, 500, 1, 500);
        _cannotIssue(3, 1, reason);
    }

    function test_LessOwedThanIssuedLeavesNothing() external {
        _issued(1, 400);
        _attested(399);
        bytes memory reason =
            abi.encodeWithSelector(IIssuanceGate.LiabilitiesExceeded.selector, 400, 1, 399);
        _cannotIssue(2, 1, reason);
        vm.assertEq(gate.issuable(), 0);
    }

    function test_ACapacityOfZeroIsNothing() external {
        _lowered(Limits(0, 10, 1 days));
        vm.warp(NOW + 1 hours);
        _cannotIssue(1, 1, abi.encodeWithSelector(IIssuanceGate.RateLimited.selector, 1, 0));
        vm.assertEq(gate.available(), 0);
        vm.assertEq(gate.issuable(), 0);
    }

    function test_ARefillOfZeroGivesNothingBack() external {
        _attested(2_000_000);
        _issued(1, 1_000_000);
        _lowered(Limits(1_000_000, 0, 1 days));
        vm.warp(NOW + 1 days);
        _cannotIssue(2, 1, abi.encodeWithSelector(IIssuanceGate.RateLimited.selector, 1, 0));
    }

    function test_AnAgeOfZeroCountsNoAttestation() external {
        _lowered(Limits(1_000_000, 10, 0));
        bytes memory reason =
            abi.encodeWithSelector(IIssuanceGate.AttestationStale.selector, NOW, 0, NOW);
        _cannotIssue(1, 1, reason);
        vm.assertEq(gate.issuable(), 0);
    }

    function _attested(uint256 liabilities) private {
        vm.prank(attestor);
        gate.attest(liabilities, uint64(block.timestamp));
    }

    function _lowered(Limits memory limits) private {
        vm.prank(guardian);
        gate.lowerLimits(limits);
    }

    function _issued(uint256 sequence, uint256 amount) private {
        vm.prank(issuer);
        gate.issue(sequence, _ref(1, uint128(sequence)), alice, amount);
    }

    function _cannotIssue(uint256 sequence, uint256 amount, bytes memory reason) private {
        bytes32 ref = _ref(1, uint128(sequence));
        bytes memory data = abi.encodeCall(gate.issue, (sequence, ref, alice, amount));
        _refused(issuer, address(gate), data, reason);
    }
}
