// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HoldState, HoldTerms} from "../../../../contracts/interfaces/IDepositHolds.sol";
import {
    ILockBox,
    Lock,
    LockState as State,
    Payment,
    PaymentState
} from "../../../../contracts/interfaces/ILockBox.sol";
import {ALLOWED} from "../../../../contracts/libraries/AccountWord.sol";
import {Handler} from "../../base/Handler.sol";
import {vm} from "../../base/Vm.sol";

/// @notice Locks and payments acted on by anyone, with any key, at any time, under any pause. What
/// is due to come back always does; what was decided stays; money goes where the key says, once.
contract LockHandler is Handler {
    uint256 private constant KEYS = 40;

    ILockBox private _box;
    bytes[] private _locks;
    bytes[] private _payments;
    mapping(uint256 which => State) private _states;
    mapping(uint256 which => PaymentState) private _decided;
    mapping(bytes32 keyHash => bool) private _shown;
    uint256 private _refs;
    uint256 private _aliceHas = 1_000_000;

    constructor() {
        _build();
        _box = ILockBox(_deploy("LockBox", ""));
        _mint(alice, 1_000_000);
        _mint(bob, 1_000_000);
    }

    // --------------------------------------------------------------------- what invariants ask

    function counts() external view returns (uint256 locks, uint256 payments) {
        return (_locks.length, _payments.length);
    }

    function stateOf(uint256 which) external view returns (State got, State wanted) {
        return (_box.lockState(_box.lockId(_lock(which))), _states[which]);
    }

    function decisionOf(uint256 which) external view returns (PaymentState got, PaymentState) {
        return (_box.paymentState(_box.paymentId(_payment(which))), _decided[which]);
    }

    function balances() external view returns (uint256 seller, uint256 owned, uint256 expected) {
        return (token.balanceOf(alice), token.balanceOf(address(_box)), _aliceHas);
    }

    // ----------------------------------------------------------------------------------- locks

    /// @notice Alice sells, Bob buys; mostly on sound terms.
    function incepts(uint256 by, uint256 any) external {
        Lock memory lock;
        lock.token = address(token);
        (lock.seller, lock.buyer) = (alice, bob);
        lock.amount = _dice(any, 20) == 0 ? 0 : _dice(any, 500) + 1;
        lock.successHash = _hash(_key(any));
        if (_dice(any, 2) == 0) lock.failureHash = _hash(_key(any >> 8));
        lock.leads = lock.failureHash == 0 && _dice(any, 4) == 0;
        uint64 near = uint64(block.timestamp + _dice(any, 3 * HOUR));
        uint64 far = near + uint64(_dice(any, 3 * HOUR));
        (lock.deadline, lock.counterDeadline) = lock.leads ? (near, far) : (far, near);
        lock.counterpart = "elsewhere";
        lock.ref = bytes32(++_refs);
        address caller = _mostly(bob, by, 8);
        _act(caller, abi.encodeCall(_box.inceptTransfer, (lock)));
        _must(caller == bob && lock.amount != 0, "incepted by another, or for nothing");
        _must(far >= near + HOUR, "incepted without time to use the key");
        _must(lock.successHash != lock.failureHash, "incepted under one key for two outcomes");
        _states[_locks.length] = State.Incepted;
        _locks.push(abi.encode(lock));
    }

    function confirms(uint256 by, uint256 which) external {
        (uint256 at, Lock memory lock) = _chosen(which, State.Incepted);
        address caller = _mostly(alice, by, 8);
        if (_dice(by, 6) != 0) _opens(_box.holdOf(lock));
        _act(caller, abi.encodeCall(_box.confirmTransfer, (lock)));
        _must(caller == alice && _states[at] == State.Incepted, "confirmed by another, or twice");
        _must(_isHeld(_box.holdOf(lock)), "confirmed what is not held");
        _must(!_shown[lock.successHash] && !_shown[lock.failureHash], "locked under a known key");
        _must(lock.deadline >= block.timestamp + 30 minutes, "confirmed too late");
        _states[at] = State.Confirmed;
    }

    function cancels(uint256 by, uint256 which) external {
        (uint256 at, Lock memory lock) = _chosen(which, State.Incepted);
        address caller = _mostly(_dice(by, 2) == 0 ? alice : bob, by, 8);
        _act(caller, abi.encodeCall(_box.cancelTransfer, (lock)));
        _must(caller == alice || caller == bob, "cancelled by a stranger");
        _must(_states[at] == State.Incepted, "cancelled what is bound");
        _states[at] = State.Cancelled;
        _must(!_isHeld(_box.holdOf(lock)), "cancelled, and still held");
    }

    function shows(uint256 which, uint256 any) external {
        (uint256 at, Lock memory lock) = _chosen(which, State.Confirmed);
        bytes32 key = _rightKey(lock, any);
        bytes32 keyHash = _hash(key);
        bytes memory answer =
            _act(stranger, abi.encodeCall(_box.transferWithKey, (lock, key)));
        _must(_states[at] == State.Confirmed, "opened twice, or what was not bound");
        _shown[keyHash] = true;
        if (keyHash == lock.successHash) {
            _must(block.timestamp < lock.deadline, "claimed too late");
            bool paid = abi.decode(answer, (bool));
            _states[at] = paid ? State.Paid : State.Claimed;
            if (paid) _aliceHas -= lock.amount;
        } else {
            _must(keyHash == lock.failureHash, "opened with another key");
            _states[at] = State.Reclaimed;
            _must(!_isHeld(_box.holdOf(lock)), "reclaimed, and still held");
        }
    }

    function paysOut(uint256 which) external {
        (uint256 at, Lock memory lock) = _chosen(which, State.Claimed);
        bytes memory answer = _act(stranger, abi.encodeCall(_box.payOut, (lock)));
        _must(_states[at] == State.Claimed, "paid out what was not claimed");
        if (!abi.decode(answer, (bool))) revert Refused(answer);
        _states[at] = State.Paid;
        _aliceHas -= lock.amount;
    }

    /// @notice What is due comes back to anyone's call, whatever is paused, frozen or over.
    function refunds(uint256 which) external {
        State wanted = State(_dice(which, 3) + 1);
        (uint256 at, Lock memory lock) = _chosen(which, wanted);
        uint256 from = lock.deadline;
        if (_states[at] == State.Claimed) from += 30 days;
        if (_dice(which, 8) == 0 && block.timestamp < from) vm.warp(from);
        bool due = _states[at] <= State.Claimed && block.timestamp >= from;
        bytes memory data = abi.encodeCall(_box.refundTransfer, (lock));
        vm.prank(stranger);
        (bool done, bytes memory reason) = address(_box).call(data);
        if (due != done) _violates(due ? "what is due did not come back" : "it came back early");
        else if (!done) revert Refused(reason);
        if (!done) return;
        _states[at] = State.Refunded;
        _must(!_isHeld(_box.holdOf(lock)), "refunded, and still held");
    }

    // -------------------------------------------------------------------------------- payments

    function pays(uint256 by, uint256 any) external {
        Payment memory payment;
        payment.token = address(token);
        (payment.payer, payment.payee) = (alice, bob);
        payment.amount = _dice(any, 500) + 1;
        (payment.successHash, payment.failureHash) = (_hash(_key(any)), _hash(_key(any >> 8)));
        payment.deadline = uint64(block.timestamp + _dice(any, 2 * HOUR));
        payment.ref = bytes32(++_refs);
        _opens(_box.paymentHoldOf(payment));
        bool held = _isHeld(_box.paymentHoldOf(payment));
        address caller = _mostly(alice, by, 8);
        bytes memory data = abi.encodeCall(_box.transferAndDecrypt, (payment, "S", "F"));
        bool success = abi.decode(_act(caller, data), (bool));
        _must(caller == alice && held, "paid by another, or without a hold");
        _must(block.timestamp < payment.deadline, "paid too late");
        if (success) _aliceHas -= payment.amount;
        _decided[_payments.length] = success ? PaymentState.Paid : PaymentState.Failed;
        _payments.push(abi.encode(payment));
    }

    function cancelsPayment(uint256 by, uint256 which) external {
        if (_payments.length == 0) revert Refused("");
        uint256 at = which % _payments.length;
        Payment memory payment = _payment(at);
        // Half of them are new: cancelled before anything was tried.
        if (_dice(which, 2) == 0) {
            payment.ref = bytes32(++_refs);
            at = _payments.length;
        }
        address caller = _dice(by, 3) == 0 ? stranger : bob;
        _act(caller, abi.encodeCall(_box.cancelAndDecrypt, (payment, "F")));
        _must(_decided[at] == PaymentState.None, "decided twice");
        _must(caller == bob || block.timestamp >= payment.deadline, "ended by a stranger");
        _decided[at] = PaymentState.Failed;
        if (at == _payments.length) _payments.push(abi.encode(payment));
    }

    function releasesKey(uint256 which, uint256 any) external {
        if (_payments.length == 0) revert Refused("");
        Payment memory payment = _payment(which % _payments.length);
        bool paid = _decided[which % _payments.length] == PaymentState.Paid;
        bytes32 wanted = paid ? payment.successHash : payment.failureHash;
        bytes32 key = _dice(any, 3) == 0 ? _key(any) : _keyOf(wanted);
        _act(stranger, abi.encodeCall(_box.releaseKey, (payment, key)));
        _must(_hash(key) == wanted, "the key of another outcome was released");
        _must(!_shown[wanted], "a key was released twice");
        _shown[wanted] = true;
    }

    // ----------------------------------------------------------------------------------- world

    function admitsOrNot(uint256 whose, uint256 bits) external {
        vm.prank(compliance);
        token.setAccountFlags(whose % 2 == 0 ? alice : bob, _dice(bits, 4) != 0 ? ALLOWED : 0);
    }

    function feels(uint256 bits) external {
        if (token.pauseBits() != 0) token.unpause(7);
        uint32 next = uint32(_dice(bits, 24));
        if (next == 0 || next > 7) return;
        vm.prank(guardian);
        token.pause(next);
    }

    function timePasses(uint256 seconds_) external {
        vm.warp(block.timestamp + (_dice(seconds_, 60) == 0 ? 31 days : seconds_ % (HOUR / 2)));
    }

    // ----------------------------------------------------------------------------------- parts

    function _act(address caller, bytes memory data) private returns (bytes memory) {
        return _send(caller, address(_box), data);
    }

    function _chosen(uint256 seed, State wanted) private view returns (uint256, Lock memory) {
        uint256 count = _locks.length;
        if (count == 0) revert Refused("");
        for (uint256 i = count; i > 0 && i + 12 > count && _dice(seed, 6) != 0; --i) {
            if (_states[i - 1] == wanted) return (i - 1, _lock(i - 1));
        }
        return (seed % count, _lock(seed % count));
    }

    function _opens(HoldTerms memory terms) private {
        vm.prank(terms.holder);
        try token.createHold(terms) {} catch {}
    }

    function _isHeld(HoldTerms memory terms) private view returns (bool) {
        return token.holdState(token.holdId(terms)) == HoldState.Open;
    }

    function _rightKey(Lock memory lock, uint256 any) private pure returns (bytes32) {
        if (_dice(any, 4) == 0) return _key(any);
        bool success = lock.failureHash == 0 || _dice(any, 2) == 0;
        return _keyOf(success ? lock.successHash : lock.failureHash);
    }

    function _keyOf(bytes32 keyHash) private pure returns (bytes32) {
        for (uint256 i = 0; i < KEYS; ++i) {
            if (_hash(bytes32(i + 1)) == keyHash) return bytes32(i + 1);
        }
        return 0;
    }

    // Few, so that some are shown before they are needed.
    function _key(uint256 seed) private pure returns (bytes32) {
        return bytes32(_dice(seed, KEYS) + 1);
    }

    function _hash(bytes32 key) private pure returns (bytes32) {
        return sha256(abi.encodePacked(key));
    }

    function _lock(uint256 which) private view returns (Lock memory) {
        return abi.decode(_locks[which], (Lock));
    }

    function _payment(uint256 which) private view returns (Payment memory) {
        return abi.decode(_payments[which], (Payment));
    }
}
