// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HoldTerms} from "../../../contracts/interfaces/IDepositHolds.sol";
import {IDepositToken} from "../../../contracts/interfaces/IDepositToken.sol";
import {IIssuanceGate, Limits} from "../../../contracts/interfaces/IIssuanceGate.sol";
import {BankTest} from "../base/BankTest.sol";
import {vm} from "../base/Vm.sol";

/// @notice Issues and redemptions: each once, each for a payment, never beyond what is owed.
contract OrdersTest is BankTest {
    function setUp() public override {
        super.setUp();
        _attest(500_000);
    }

    function test_OnlyTheIssuerOrders() external {
        address at = address(gate);
        _restricted(at, abi.encodeCall(gate.issue, (1, _ref(1, 1), alice, 1)));
        _restricted(at, abi.encodeCall(gate.redeem, (1, _ref(1, 1), _redemption(1))));
        _restricted(at, abi.encodeCall(gate.cancelRedemption, (_redemption(1))));
    }

    function testFuzz_AnOrderIsTakenOnce(uint48 sequence, uint128 payment, uint128 other) external {
        vm.assume(payment != 0 && other != 0);
        _issue(sequence, payment, 10);
        vm.assertTrue(gate.isSequenceUsed(sequence));
        bytes memory reason =
            abi.encodeWithSelector(IIssuanceGate.SequenceUsed.selector, sequence);
        _cannotIssue(sequence, _ref(other, sequence), 10, reason);
        _position(alice, 10, 0);
    }

    function testFuzz_TheReferenceEndsWithTheNumber(uint256 sequence, bytes32 ref) external {
        vm.assume(bytes16(ref) != 0 && sequence != uint48(uint256(ref)));
        bytes4 selector = IIssuanceGate.OtherSequence.selector;
        _cannotIssue(sequence, ref, 10, abi.encodeWithSelector(selector, sequence, ref));
    }

    function testFuzz_AnOrderIsForAPayment(uint48 sequence) external {
        bytes memory reason = abi.encodeWithSelector(IIssuanceGate.ReferenceMissing.selector);
        _cannotIssue(sequence, bytes32(uint256(sequence)), 10, reason);
    }

    function testFuzz_GapsAreSeen(uint48 one, uint48 two, uint48 three) external {
        // Near each other or not: numbers of one row, of one word of rows, and far apart.
        if (two % 3 == 0) two = uint48(uint256(one) / 64 * 64 + two % 64);
        if (three % 3 == 0) three = uint48(uint256(one) / 256 * 256 + three % 256);
        vm.assume(one != two && two != three && one != three);
        _issue(one, 1, 10);
        _issue(two, 2, 10);
        _issue(three, 3, 10);
        _seen(one, one, two, three);
        _seen(two, one, two, three);
        _seen(three, one, two, three);
        bytes memory reason = abi.encodeWithSelector(IIssuanceGate.SequenceUsed.selector, one);
        _cannotIssue(one, _ref(1, one), 10, reason);
    }

    function testFuzz_TheSupplyStaysWithinWhatIsOwed(uint256 owed, uint256 amount) external {
        owed = owed % 500_000;
        _attest(owed);
        amount = amount % 1_000_000 + 1;
        if (amount > owed) {
            bytes4 selector = IIssuanceGate.LiabilitiesExceeded.selector;
            _cannotIssue(1, _ref(1, 1), amount, abi.encodeWithSelector(selector, 0, amount, owed));
        } else {
            _issue(1, 1, amount);
            vm.assertEq(gate.issuable(), owed - amount);
        }
    }

    function testFuzz_AnAttestationAges(uint256 age) external {
        age = age % (2 days);
        vm.warp(NOW + age);
        if (age > 1 days) {
            bytes4 selector = IIssuanceGate.AttestationStale.selector;
            bytes memory reason = abi.encodeWithSelector(selector, NOW, 1 days, NOW + age);
            _cannotIssue(1, _ref(1, 1), 10, reason);
            vm.assertEq(gate.issuable(), 0);
        } else {
            _issue(1, 1, 10);
        }
    }

    function test_WithoutAnyAgeNoAttestationCounts() external {
        vm.prank(guardian);
        gate.lowerLimits(Limits(1_000_000, 10, 0));
        bytes4 selector = IIssuanceGate.AttestationStale.selector;
        _cannotIssue(1, _ref(1, 1), 10, abi.encodeWithSelector(selector, NOW, 0, NOW));
    }

    function test_ARefusedOrderUsesNothingUp() external {
        vm.prank(issuer);
        (bool passed,) =
            address(gate).call(abi.encodeCall(gate.issue, (1, _ref(1, 1), carol, 10)));
        vm.assertFalse(passed);
        vm.assertFalse(gate.isSequenceUsed(1));
        vm.assertEq(gate.available(), 1_000_000);
        _issue(1, 1, 10);
    }

    function test_NothingIsNotIssued() external {
        bytes memory reason = abi.encodeWithSelector(IDepositToken.ZeroAmount.selector);
        _cannotIssue(1, _ref(1, 1), 0, reason);
    }

    function testFuzz_ARedemptionBurnsWhatWasHeld(uint256 amount, uint48 sequence) external {
        amount = amount % 500_000 + 1;
        vm.assume(sequence != 1);
        _issue(1, 1, amount);
        HoldTerms memory terms = _redemption(amount);
        _open(terms);
        vm.expectEmit(address(gate));
        emit IIssuanceGate.Redeemed(sequence, _ref(7, sequence), alice, amount);
        vm.prank(issuer);
        gate.redeem(sequence, _ref(7, sequence), terms);
        vm.assertEq(token.totalSupply(), 0);
        vm.assertTrue(gate.isSequenceUsed(sequence));
    }

    function test_OnlyWhatIsHeldForTheGateIsRedeemed() external {
        _issue(1, 1, 20);
        HoldTerms memory terms = _redemption(10);
        terms.notary = notary;
        _open(terms);
        _cannotRedeem(terms, 7, notary, address(gate));
        terms.notary = address(gate);
        terms.recipient = bob;
        _open(terms);
        _cannotRedeem(terms, 7, address(gate), bob);
    }

    function testFuzz_ARedemptionIsOfTheSamePayment(uint128 payment) external {
        vm.assume(payment != 7 && payment != 0);
        _issue(1, 1, 10);
        HoldTerms memory terms = _redemption(10);
        _open(terms);
        bytes4 selector = IIssuanceGate.OtherPayment.selector;
        bytes memory reason = abi.encodeWithSelector(selector, terms.ref, _ref(payment, 2));
        bytes memory data = abi.encodeCall(gate.redeem, (2, _ref(payment, 2), terms));
        _refused(issuer, address(gate), data, reason);
    }

    function test_IssuesAndRedemptionsShareTheirNumbers() external {
        _issue(1, 1, 10);
        HoldTerms memory terms = _redemption(10);
        _open(terms);
        bytes memory reason = abi.encodeWithSelector(IIssuanceGate.SequenceUsed.selector, 1);
        bytes memory data = abi.encodeCall(gate.redeem, (1, _ref(7, 1), terms));
        _refused(issuer, address(gate), data, reason);
    }

    function test_ARedemptionThatIsNotBookedIsGivenBack() external {
        _issue(1, 1, 10);
        HoldTerms memory terms = _redemption(10);
        _open(terms);
        _accepted(issuer, address(gate), abi.encodeCall(gate.cancelRedemption, (terms)));
        _position(alice, 10, 0);
    }

    function _seen(uint48 at, uint48 one, uint48 two, uint48 three) private view {
        uint256 row = at / 64;
        uint64 bits = 0;
        if (one / 64 == row) bits |= uint64(1) << (one % 64);
        if (two / 64 == row) bits |= uint64(1) << (two % 64);
        if (three / 64 == row) bits |= uint64(1) << (three % 64);
        vm.assertEq(gate.sequencesUsed(row), bits);
        vm.assertTrue(gate.isSequenceUsed(at));
    }

    function _attest(uint256 liabilities) private {
        vm.prank(attestor);
        gate.attest(liabilities, uint64(block.timestamp));
    }

    function _issue(uint48 sequence, uint128 payment, uint256 amount) private {
        vm.expectEmit(address(gate));
        emit IIssuanceGate.Issued(sequence, _ref(payment, sequence), alice, amount);
        vm.prank(issuer);
        gate.issue(sequence, _ref(payment, sequence), alice, amount);
    }

    function _cannotIssue(uint256 sequence, bytes32 ref, uint256 amount, bytes memory reason)
        private
    {
        bytes memory data = abi.encodeCall(gate.issue, (sequence, ref, alice, amount));
        _refused(issuer, address(gate), data, reason);
    }

    function _cannotRedeem(HoldTerms memory terms, uint128 payment, address by, address to)
        private
    {
        bytes4 selector = IIssuanceGate.NotForRedemption.selector;
        bytes memory reason = abi.encodeWithSelector(selector, to, by);
        bytes memory data = abi.encodeCall(gate.redeem, (2, _ref(payment, 2), terms));
        _refused(issuer, address(gate), data, reason);
    }

    function _redemption(uint256 amount) private view returns (HoldTerms memory terms) {
        terms = _terms(amount);
        (terms.recipient, terms.notary) = (address(gate), address(gate));
        terms.ref = _ref(7, 0);
    }
}
