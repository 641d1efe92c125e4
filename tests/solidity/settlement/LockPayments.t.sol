// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HoldState} from "../../../contracts/interfaces/IDepositHolds.sol";
import {ILockBox, Payment, PaymentState} from "../../../contracts/interfaces/ILockBox.sol";
import {vm} from "../base/Vm.sol";
import {IHostileHolds, LockTest} from "./LockTest.sol";

/// @notice A payment on which keys elsewhere depend: decided once, and its outcome alone has a key.
contract LockPaymentsTest is LockTest {
    function testFuzz_EveryTermIsInTheId(Payment memory one, Payment memory other) external view {
        bool same = keccak256(abi.encode(one)) == keccak256(abi.encode(other));
        vm.assertEq(box.paymentId(one) == box.paymentId(other), same);
    }

    function test_OnlyThePayerPays() external {
        bytes4 selector = ILockBox.NotTheParty.selector;
        _fails(bob, _paying(_payment()), abi.encodeWithSelector(selector, bob, alice));
    }

    function test_KeysAreTwo() external {
        bytes4 selector = ILockBox.KeysMalformed.selector;
        Payment memory payment = _payment();
        payment.failureHash = 0;
        _fails(
            alice, _paying(payment), abi.encodeWithSelector(selector, payment.successHash, 0)
        );
    }

    function test_WithoutAHoldNothingIsDecided() external {
        Payment memory payment = _payment();
        bytes32 hold = token.holdId(box.paymentHoldOf(payment));
        bytes4 selector = ILockBox.NotHeld.selector;
        bytes memory reason = abi.encodeWithSelector(selector, box.paymentId(payment), hold);
        _fails(alice, _paying(payment), reason);
    }

    function test_APaymentIsMadeAndItsKeyAskedFor() external {
        Payment memory payment = _payment();
        _opensPayment(payment);
        bytes32 id = box.paymentId(payment);
        vm.expectEmit(address(box));
        emit ILockBox.TransferKeyRequested(id, true, "S");
        _does(alice, _paying(payment));
        _state(payment, PaymentState.Paid);
        _position(bob, 1100, 0);
        bytes4 selector = ILockBox.WrongPaymentState.selector;
        bytes memory reason = abi.encodeWithSelector(selector, id, PaymentState.Paid);
        _fails(alice, _paying(payment), reason);
        _fails(bob, abi.encodeCall(box.cancelAndDecrypt, (payment, "F")), reason);
    }

    function test_APaymentThatTheTokenRefusesHasFailed() external {
        Payment memory payment = _payment();
        _opensPayment(payment);
        _setFlags(bob, 0);
        vm.expectEmit(address(box));
        emit ILockBox.TransferKeyRequested(box.paymentId(payment), false, "F");
        _does(alice, _paying(payment));
        _state(payment, PaymentState.Failed);
        _position(alice, 1000, 0);
    }

    function testFuzz_NothingIsPaidAtItsDeadline(uint64 later) external {
        Payment memory payment = _payment();
        _opensPayment(payment);
        uint256 time = uint256(DEADLINE) + later;
        vm.warp(time);
        bytes4 selector = ILockBox.DeadlinePassed.selector;
        bytes memory reason =
            abi.encodeWithSelector(selector, box.paymentId(payment), DEADLINE, time);
        _fails(alice, _paying(payment), reason);
    }

    function testFuzz_WhoMayDecideThatItIsNotPaid(uint64 later, address by) external {
        Payment memory payment = _payment();
        _opensPayment(payment);
        bytes memory data = abi.encodeCall(box.cancelAndDecrypt, (payment, "F"));
        vm.warp(NOW + later % (8 * HOUR));
        if (block.timestamp < DEADLINE && by != alice && by != bob) {
            bytes4 selector = ILockBox.NotAParty.selector;
            _fails(by, data, abi.encodeWithSelector(selector, by, alice, bob));
            by = bob;
        }
        vm.expectEmit(address(box));
        emit ILockBox.TransferKeyRequested(box.paymentId(payment), false, "F");
        _does(by, data);
        _state(payment, PaymentState.Failed);
        _position(alice, 1000, 0);
    }

    function test_OnlyTheKeyOfTheOutcomeIsReleased() external {
        for (uint256 i = 0; i < 2; ++i) {
            Payment memory payment = _payment();
            payment.ref = _ref(uint128(i + 1), 1);
            bool paid = i == 0;
            bytes32 id = box.paymentId(payment);
            bytes4 selector = ILockBox.WrongPaymentState.selector;
            bytes memory undecided = abi.encodeWithSelector(selector, id, PaymentState.None);
            _fails(stranger, abi.encodeCall(box.requestKey, (payment, "D")), undecided);
            _fails(stranger, abi.encodeCall(box.releaseKey, (payment, KEY)), undecided);
            _opensPayment(payment);
            _does(
                paid ? alice : bob,
                paid ? _paying(payment) : abi.encodeCall(box.cancelAndDecrypt, (payment, "F"))
            );
            vm.expectEmit(address(box));
            emit ILockBox.TransferKeyRequested(id, paid, "D");
            _does(stranger, abi.encodeCall(box.requestKey, (payment, "D")));
            (bytes32 right, bytes32 wrong) = paid ? (KEY, OTHER_KEY) : (OTHER_KEY, KEY);
            _fails(
                stranger,
                abi.encodeCall(box.releaseKey, (payment, wrong)),
                abi.encodeWithSelector(ILockBox.WrongKey.selector, id, _hash(wrong))
            );
            bytes memory data = abi.encodeCall(box.releaseKey, (payment, right));
            vm.expectEmit(address(box));
            emit ILockBox.TransferKeyReleased(id, paid, right);
            _does(stranger, data);
            vm.assertTrue(box.isKeyKnown(_hash(right)));
            _fails(
                stranger, data, abi.encodeWithSelector(ILockBox.KeyKnown.selector, _hash(right))
            );
        }
    }

    function test_ATokenThatPaysOtherwiseDecidesNothing() external {
        Payment memory payment = _payment();
        payment.token = _deploy("HostileHolds", "");
        for (uint8 manner = 0; manner < 2; ++manner) {
            IHostileHolds(payment.token).behave(manner, "");
            bytes4 selector = ILockBox.OtherAmountPaid.selector;
            uint256 got = manner == 0 ? 0 : 99;
            _fails(alice, _paying(payment), abi.encodeWithSelector(selector, got, 100));
        }
        _state(payment, PaymentState.None);
    }

    function test_WhatIsHeldIsGivenBackWhateverIsPaused() external {
        Payment memory payment = _payment();
        _opensPayment(payment);
        _pause(7);
        vm.warp(DEADLINE);
        _does(stranger, abi.encodeCall(box.cancelAndDecrypt, (payment, "F")));
        vm.assertTrue(
            token.holdState(token.holdId(box.paymentHoldOf(payment))) == HoldState.Closed
        );
        _position(alice, 1000, 0);
    }

    function _paying(Payment memory payment) private view returns (bytes memory) {
        return abi.encodeCall(box.transferAndDecrypt, (payment, "S", "F"));
    }
}
