// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HoldTerms} from "../../../contracts/interfaces/IDepositHolds.sol";
import {ILockBox, Lock, LockState} from "../../../contracts/interfaces/ILockBox.sol";
import {vm} from "../base/Vm.sol";
import {IHostileHolds, LockTest} from "./LockTest.sol";

/// @notice A delivery under keys: the buyer's by the one, the seller's by the other or by time.
contract LocksTest is LockTest {
    uint8 private constant CALLS_BACK = 2;
    uint8 private constant ANSWERS_AT_LENGTH = 3;
    uint8 private constant REFUSES = 5;

    // ----------------------------------------------------------------------------------- terms

    function testFuzz_EveryTermIsInTheId(Lock memory one, Lock memory other) external view {
        bool same = keccak256(abi.encode(one)) == keccak256(abi.encode(other));
        vm.assertEq(box.lockId(one) == box.lockId(other), same);
        other = abi.decode(abi.encode(one), (Lock));
        other.counterpart = bytes32(uint256(one.counterpart) ^ 1);
        vm.assertEq(box.legOf(one), box.legOf(other));
        vm.assertFalse(box.lockId(one) == box.lockId(other));
    }

    function test_TermsAreSound() external {
        bytes memory malformed = abi.encodeWithSelector(ILockBox.TermsMalformed.selector);
        Lock memory lock = _lock();
        lock.amount = 0;
        _unsound(lock, malformed);
        lock = _lock();
        lock.seller = bob;
        _unsound(lock, malformed);
        lock = _lock();
        lock.counterpart = 0;
        _unsound(lock, malformed);
    }

    function test_KeysAreTwoOrOneSecret() external {
        bytes4 selector = ILockBox.KeysMalformed.selector;
        Lock memory lock = _lock();
        lock.failureHash = lock.successHash;
        _unsound(lock, abi.encodeWithSelector(selector, lock.successHash, lock.successHash));
        lock.successHash = 0;
        _unsound(lock, abi.encodeWithSelector(selector, 0, lock.failureHash));
        lock.failureHash = 0;
        _unsound(lock, abi.encodeWithSelector(selector, 0, 0));
        lock = _lock();
        lock.failureHash = 0;
        _incepted(lock);
    }

    function testFuzz_WhoLearnsTheKeyLaterHasTime(uint64 deadline, uint64 counter, bool leads)
        external
    {
        Lock memory lock = _lock();
        lock.failureHash = 0;
        (lock.deadline, lock.counterDeadline, lock.leads) = (deadline, counter, leads);
        (uint256 near, uint256 far) = leads ? (deadline, counter) : (counter, deadline);
        if (far < near + HOUR) {
            bytes4 selector = ILockBox.OrderOfDeadlines.selector;
            _unsound(lock, abi.encodeWithSelector(selector, deadline, counter, leads));
        } else {
            _incepted(lock);
        }
    }

    function test_ALockOfTwoKeysDoesNotLead() external {
        Lock memory lock = _lock();
        (lock.leads, lock.counterDeadline) = (true, DEADLINE + 2 * HOUR);
        bytes4 selector = ILockBox.OrderOfDeadlines.selector;
        bytes memory reason =
            abi.encodeWithSelector(selector, lock.deadline, lock.counterDeadline, true);
        _unsound(lock, reason);
    }

    // ------------------------------------------------------------------------------ agreement

    function test_OnlyTheBuyerIncepts() external {
        bytes4 selector = ILockBox.NotTheParty.selector;
        bytes memory reason = abi.encodeWithSelector(selector, alice, bob);
        _fails(alice, abi.encodeCall(box.inceptTransfer, (_lock())), reason);
        _incepted(_lock());
        _fails(
            bob,
            abi.encodeCall(box.inceptTransfer, (_lock())),
            _wrongState(_lock(), LockState.Incepted)
        );
    }

    function test_OnlyTheSellerConfirmsAndOnlyWhatIsHeld() external {
        Lock memory lock = _lock();
        bytes memory data = abi.encodeCall(box.confirmTransfer, (lock));
        _fails(alice, data, _wrongState(lock, LockState.None));
        bytes32 id = _incepted(lock);
        bytes4 selector = ILockBox.NotTheParty.selector;
        _fails(bob, data, abi.encodeWithSelector(selector, bob, alice));
        bytes32 hold = token.holdId(box.holdOf(lock));
        _fails(alice, data, abi.encodeWithSelector(ILockBox.NotHeld.selector, id, hold));
        _opensHold(lock);
        vm.expectEmit(address(box));
        emit ILockBox.TransferConfirmed(id, hold);
        _does(alice, data);
        _state(lock, LockState.Confirmed);
    }

    function testFuzz_BothLegsHaveTimeWhenItIsConfirmed(uint256 time, bool secret, bool leads)
        external
    {
        Lock memory lock = _lock();
        if (secret) lock.failureHash = 0;
        (lock.deadline, lock.counterDeadline) = (uint64(NOW + 50 days), uint64(NOW + 49 days));
        if (secret && leads) {
            lock.leads = true;
            (lock.deadline, lock.counterDeadline) = (lock.counterDeadline, lock.deadline);
        }
        _incepted(lock);
        _opensHold(lock);
        time = NOW + time % (50 days);
        vm.warp(time);
        (uint256 earliest, uint256 latest) =
            (time + 30 minutes, time + (secret ? 2 days : 30 days));
        bytes memory data = abi.encodeCall(box.confirmTransfer, (lock));
        if (NOW + 49 days < earliest || NOW + 50 days > latest) {
            bytes4 selector = ILockBox.TimeOutOfRange.selector;
            bytes memory reason = abi.encodeWithSelector(
                selector, NOW + 49 days, NOW + 50 days, earliest, latest
            );
            _fails(alice, data, reason);
        } else {
            _does(alice, data);
        }
    }

    function test_AKeyThatEveryoneKnowsLocksNothing() external {
        Lock memory lock = _lock();
        _confirmed(lock);
        box.transferWithKey(lock, KEY);
        lock.ref = _ref(2, 2);
        _incepted(lock);
        _opensHold(lock);
        bytes memory data = abi.encodeCall(box.confirmTransfer, (lock));
        bytes4 selector = ILockBox.KeyKnown.selector;
        _fails(alice, data, abi.encodeWithSelector(selector, _hash(KEY)));
        (lock.successHash, lock.failureHash) = (_hash("new"), _hash(KEY));
        _incepted(lock);
        data = abi.encodeCall(box.confirmTransfer, (lock));
        _fails(alice, data, abi.encodeWithSelector(selector, _hash(KEY)));
    }

    function test_APartyLeavesBeforeAnythingIsBound() external {
        Lock memory lock = _lock();
        bytes memory data = abi.encodeCall(box.cancelTransfer, (lock));
        bytes4 selector = ILockBox.NotAParty.selector;
        _fails(stranger, data, abi.encodeWithSelector(selector, stranger, alice, bob));
        _incepted(lock);
        _opensHold(lock);
        _does(bob, data);
        _state(lock, LockState.Cancelled);
        _position(alice, 1000, 0);
        _fails(alice, data, _wrongState(lock, LockState.Cancelled));
        lock.ref = _ref(2, 2);
        _confirmed(lock);
        data = abi.encodeCall(box.cancelTransfer, (lock));
        _fails(alice, data, _wrongState(lock, LockState.Confirmed));
    }

    // ------------------------------------------------------------------------------------ keys

    function testFuzz_AnyOtherKeyOpensNothing(bytes32 key) external {
        vm.assume(key != KEY && key != OTHER_KEY);
        Lock memory lock = _lock();
        bytes32 id = _confirmed(lock);
        bytes memory data = abi.encodeCall(box.transferWithKey, (lock, key));
        bytes4 selector = ILockBox.WrongKey.selector;
        _fails(bob, data, abi.encodeWithSelector(selector, id, _hash(key)));
    }

    function test_TheSuccessKeyPaysTheBuyer() external {
        Lock memory lock = _lock();
        bytes32 id = _confirmed(lock);
        vm.expectEmit(address(box));
        emit ILockBox.TransferClaimed(id, KEY);
        vm.prank(stranger);
        vm.assertTrue(box.transferWithKey(lock, KEY));
        _state(lock, LockState.Paid);
        _position(alice, 900, 0);
        _position(bob, 1100, 0);
        vm.assertTrue(box.isKeyKnown(_hash(KEY)));
        bytes memory data = abi.encodeCall(box.transferWithKey, (lock, OTHER_KEY));
        _fails(alice, data, _wrongState(lock, LockState.Paid));
    }

    function test_TheFailureKeyGivesTheMoneyBack() external {
        Lock memory lock = _lock();
        _confirmed(lock);
        vm.warp(DEADLINE + 1);
        _pause(7);
        vm.prank(stranger);
        vm.assertTrue(box.transferWithKey(lock, OTHER_KEY));
        _state(lock, LockState.Reclaimed);
        _position(alice, 1000, 0);
    }

    function testFuzz_TheSuccessKeyCountsBeforeTheDeadline(uint64 later) external {
        Lock memory lock = _lock();
        bytes32 id = _confirmed(lock);
        uint256 time = uint256(DEADLINE) + later;
        vm.warp(time);
        bytes memory data = abi.encodeCall(box.transferWithKey, (lock, KEY));
        bytes4 selector = ILockBox.DeadlinePassed.selector;
        _fails(bob, data, abi.encodeWithSelector(selector, id, DEADLINE, time));
        vm.assertFalse(box.isKeyKnown(_hash(KEY)));
    }

    function test_AClaimStandsWhateverTheTokenDoes() external {
        Lock memory lock = _lock();
        _confirmed(lock);
        _pause(4);
        vm.assertFalse(box.transferWithKey(lock, KEY));
        _state(lock, LockState.Claimed);
        vm.assertFalse(box.payOut(lock));
        token.unpause(4);
        vm.warp(DEADLINE + PAYOUT_TIME - 1);
        bytes memory data = abi.encodeCall(box.refundTransfer, (lock));
        bytes4 selector = ILockBox.RefundAhead.selector;
        bytes memory reason = abi.encodeWithSelector(
            selector, box.lockId(lock), DEADLINE + PAYOUT_TIME, block.timestamp
        );
        _fails(alice, data, reason);
        vm.assertTrue(box.payOut(lock));
        _position(bob, 1100, 0);
        _fails(bob, abi.encodeCall(box.payOut, (lock)), _wrongState(lock, LockState.Paid));
    }

    // ------------------------------------------------------------------------------------ time

    function testFuzz_TimeGivesTheMoneyBack(uint64 time, uint8 stage) external {
        Lock memory lock = _lock();
        stage = stage % 4;
        if (stage == 1) _incepted(lock);
        if (stage > 1) _confirmed(lock);
        uint256 from = DEADLINE;
        if (stage == 3) {
            _pause(4);
            box.transferWithKey(lock, KEY);
            from += PAYOUT_TIME;
        }
        time = uint64(NOW + time % (60 days));
        vm.warp(time);
        bytes memory data = abi.encodeCall(box.refundTransfer, (lock));
        if (time < from) {
            bytes4 selector = ILockBox.RefundAhead.selector;
            bytes memory reason = abi.encodeWithSelector(selector, box.lockId(lock), from, time);
            _fails(stranger, data, reason);
        } else {
            _does(stranger, data);
            _state(lock, LockState.Refunded);
            _position(alice, 1000, 0);
            _fails(stranger, data, _wrongState(lock, LockState.Refunded));
        }
    }

    function test_AHoldThatIsGivenUpIsNotMissed() external {
        Lock memory lock = _lock();
        _confirmed(lock);
        HoldTerms memory terms = box.holdOf(lock);
        vm.prank(bob);
        token.releaseHold(terms);
        vm.assertFalse(box.transferWithKey(lock, KEY));
        vm.warp(DEADLINE + PAYOUT_TIME);
        _does(stranger, abi.encodeCall(box.refundTransfer, (lock)));
    }

    // --------------------------------------------------------------------------------- hostile

    function test_ATokenCannotEnterNorSayTooMuch() external {
        Lock memory lock = _lock();
        lock.token = _deploy("HostileHolds", "");
        vm.prank(bob);
        box.inceptTransfer(lock);
        vm.prank(alice);
        box.confirmTransfer(lock);
        IHostileHolds hostile = IHostileHolds(lock.token);
        hostile.behave(REFUSES, "");
        vm.assertFalse(box.transferWithKey(lock, KEY));
        hostile.behave(ANSWERS_AT_LENGTH, "");
        vm.assertFalse(box.payOut{gas: 5_000_000}(lock));
        hostile.behave(CALLS_BACK, abi.encodeCall(box.payOut, (lock)));
        box.payOut(lock);
        vm.assertFalse(hostile.reentered());
    }

    function _unsound(Lock memory lock, bytes memory reason) private {
        _fails(lock.buyer, abi.encodeCall(box.inceptTransfer, (lock)), reason);
    }
}
