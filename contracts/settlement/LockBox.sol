// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {HoldState, HoldTerms, IDepositHolds} from "../interfaces/IDepositHolds.sol";
import {ILockBox, Lock, LockState, Payment, PaymentState} from "../interfaces/ILockBox.sol";
import {BoundedCall} from "../libraries/BoundedCall.sol";
import {SingleEntry} from "../libraries/SingleEntry.sol";

/// @title Delivery versus payment across two chains, over holds; see ILockBox
contract LockBox is ILockBox, SingleEntry {
    using BoundedCall for address;

    // Deadlines are hours away, and who makes a block can shift its time by seconds only.
    // slither-disable-start timestamp
    // What moves money is entered once at a time; its events tell what the token has done by then.
    // slither-disable-start reentrancy-events

    // Enough for a transaction to be mined, and for a block to become final where that takes long.
    uint256 public constant LOCK_TIME_MIN = 30 minutes;
    uint256 public constant CLAIM_MARGIN = 1 hours;
    uint256 public constant LOCK_TIME_MAX = 30 days;
    uint256 public constant HASH_LOCK_TIME_MAX = 2 days;
    uint64 public constant PAYOUT_TIME = 30 days;

    mapping(bytes32 id => LockState) private _locks;
    mapping(bytes32 id => PaymentState) private _payments;
    mapping(bytes32 keyHash => bool) private _known;

    // ------------------------------------------------------------------------------ a delivery

    function inceptTransfer(Lock calldata lock) external singleEntry returns (bytes32 id) {
        _requireCaller(lock.buyer);
        _requireSound(lock);
        id = lockId(lock);
        _requireState(id, LockState.None);
        _locks[id] = LockState.Incepted;
        emit TransferIncepted(id, lock.seller, lock.buyer, lock);
    }

    function confirmTransfer(Lock calldata lock) external singleEntry {
        bytes32 id = lockId(lock);
        _requireCaller(lock.seller);
        _requireState(id, LockState.Incepted);
        _requireInTime(lock);
        _requireUnknown(lock.successHash);
        _requireUnknown(lock.failureHash);
        _locks[id] = LockState.Confirmed;
        bytes32 hold = _requireHeld(id, lock.token, _holdOf(id, lock));
        emit TransferConfirmed(id, hold);
    }

    function cancelTransfer(Lock calldata lock) external singleEntry {
        bytes32 id = lockId(lock);
        _requireEither(lock.seller, lock.buyer);
        LockState state = _locks[id];
        if (state != LockState.None && state != LockState.Incepted) {
            revert WrongLockState(id, state);
        }
        _locks[id] = LockState.Cancelled;
        _release(lock.token, _holdOf(id, lock));
        emit TransferCancelled(id, msg.sender);
    }

    function transferWithKey(Lock calldata lock, bytes32 key)
        external
        singleEntry
        returns (bool done)
    {
        bytes32 id = lockId(lock);
        _requireState(id, LockState.Confirmed);
        bytes32 keyHash = _hashOf(key);
        bool isSuccess = keyHash == lock.successHash;
        if (!isSuccess && keyHash != lock.failureHash) revert WrongKey(id, keyHash);
        _known[keyHash] = true;
        if (isSuccess) return _claim(id, lock, key);
        _locks[id] = LockState.Reclaimed;
        _release(lock.token, _holdOf(id, lock));
        emit TransferReclaimed(id, key);
        return true;
    }

    function payOut(Lock calldata lock) external singleEntry returns (bool paid) {
        bytes32 id = lockId(lock);
        _requireState(id, LockState.Claimed);
        return _payOut(id, lock);
    }

    function refundTransfer(Lock calldata lock) external singleEntry {
        bytes32 id = lockId(lock);
        LockState state = _locks[id];
        if (state > LockState.Claimed) revert WrongLockState(id, state);
        uint256 from = lock.deadline;
        // What was claimed comes back only when it can no longer be paid.
        if (state == LockState.Claimed) from += PAYOUT_TIME;
        if (block.timestamp < from) revert RefundAhead(id, from, block.timestamp);
        _locks[id] = LockState.Refunded;
        _release(lock.token, _holdOf(id, lock));
        emit TransferRefunded(id);
    }

    // ------------------------------------------------------------------------------- a payment

    // Until the token has answered, nothing is decided, and in that state nothing else can be done.
    // slither-disable-next-line reentrancy-no-eth
    function transferAndDecrypt(
        Payment calldata payment,
        bytes calldata keyEncryptedSuccess,
        bytes calldata keyEncryptedFailure
    ) external singleEntry returns (bool success) {
        bytes32 id = paymentId(payment);
        _requireCaller(payment.payer);
        _requireUndecided(id);
        _requireKeys(payment.successHash, payment.failureHash);
        if (block.timestamp >= payment.deadline) {
            revert DeadlinePassed(id, payment.deadline, block.timestamp);
        }
        HoldTerms memory hold = _paymentHoldOf(id, payment);
        // Without its own hold the payer has not tried to pay; that decides nothing.
        _requireHeld(id, payment.token, hold);
        success = _pay(id, payment, hold);
        _payments[id] = success ? PaymentState.Paid : PaymentState.Failed;
        emit TransferKeyRequested(
            id, success, success ? keyEncryptedSuccess : keyEncryptedFailure
        );
    }

    function cancelAndDecrypt(Payment calldata payment, bytes calldata keyEncryptedFailure)
        external
        singleEntry
    {
        bytes32 id = paymentId(payment);
        _requireUndecided(id);
        if (block.timestamp < payment.deadline) _requireEither(payment.payer, payment.payee);
        _payments[id] = PaymentState.Failed;
        _release(payment.token, _paymentHoldOf(id, payment));
        emit TransferKeyRequested(id, false, keyEncryptedFailure);
    }

    function requestKey(Payment calldata payment, bytes calldata keyEncrypted) external {
        bytes32 id = paymentId(payment);
        emit TransferKeyRequested(id, _isPaid(id), keyEncrypted);
    }

    function releaseKey(Payment calldata payment, bytes32 key) external {
        bytes32 id = paymentId(payment);
        bool success = _isPaid(id);
        bytes32 keyHash = _hashOf(key);
        if (keyHash != (success ? payment.successHash : payment.failureHash)) {
            revert WrongKey(id, keyHash);
        }
        _requireUnknown(keyHash);
        _known[keyHash] = true;
        emit TransferKeyReleased(id, success, key);
    }

    // ----------------------------------------------------------------------------------- views

    function lockId(Lock calldata lock) public view returns (bytes32) {
        return keccak256(abi.encode(legOf(lock), lock.counterpart));
    }

    function legOf(Lock calldata lock) public view returns (bytes32) {
        Lock memory leg = lock;
        leg.counterpart = 0;
        return keccak256(abi.encode(leg, address(this), block.chainid));
    }

    function paymentId(Payment calldata payment) public view returns (bytes32) {
        return keccak256(abi.encode(payment, address(this), block.chainid));
    }

    function holdOf(Lock calldata lock) external view returns (HoldTerms memory) {
        return _holdOf(lockId(lock), lock);
    }

    function paymentHoldOf(Payment calldata payment) external view returns (HoldTerms memory) {
        return _paymentHoldOf(paymentId(payment), payment);
    }

    function lockState(bytes32 id) external view returns (LockState) {
        return _locks[id];
    }

    function paymentState(bytes32 id) external view returns (PaymentState) {
        return _payments[id];
    }

    function isKeyKnown(bytes32 keyHash) external view returns (bool) {
        return _known[keyHash];
    }

    // ----------------------------------------------------------------------------------- parts

    function _claim(bytes32 id, Lock calldata lock, bytes32 key) private returns (bool) {
        if (block.timestamp >= lock.deadline) {
            revert DeadlinePassed(id, lock.deadline, block.timestamp);
        }
        // From here on the claim stands, whatever the token does.
        _locks[id] = LockState.Claimed;
        emit TransferClaimed(id, key);
        return _payOut(id, lock);
    }

    function _payOut(bytes32 id, Lock calldata lock) private returns (bool paid) {
        paid = _execute(id, lock.token, _holdOf(id, lock));
        if (!paid) return false;
        _locks[id] = LockState.Paid;
        emit TransferPaid(id);
    }

    function _pay(bytes32 id, Payment calldata payment, HoldTerms memory hold)
        private
        returns (bool paid)
    {
        IERC20 token = IERC20(payment.token);
        uint256 before = token.balanceOf(payment.payee);
        paid = _execute(id, payment.token, hold);
        if (paid) {
            uint256 got = token.balanceOf(payment.payee) - before;
            if (got != payment.amount) revert OtherAmountPaid(got, payment.amount);
        } else {
            _release(payment.token, hold);
        }
    }

    function _execute(bytes32 id, address token, HoldTerms memory hold) private returns (bool) {
        bytes memory call = abi.encodeCall(IDepositHolds.executeHold, (hold, hold.amount));
        (bool ok, bytes memory reason) = token.tryCall(BoundedCall.ALL_GAS, call);
        if (!ok) emit PayoutFailed(id, reason);
        return ok;
    }

    function _release(address token, HoldTerms memory hold) private {
        IDepositHolds holds = IDepositHolds(token);
        if (holds.holdState(holds.holdId(hold)) == HoldState.Open) holds.releaseHold(hold);
    }

    function _requireHeld(bytes32 id, address token, HoldTerms memory hold)
        private
        view
        returns (bytes32 held)
    {
        held = IDepositHolds(token).holdId(hold);
        if (IDepositHolds(token).holdState(held) != HoldState.Open) revert NotHeld(id, held);
    }

    function _holdOf(bytes32 id, Lock calldata lock) private view returns (HoldTerms memory) {
        return HoldTerms({
            holder: lock.seller,
            recipient: lock.buyer,
            amount: lock.amount,
            notary: address(this),
            expiry: lock.deadline + PAYOUT_TIME,
            ref: id
        });
    }

    function _paymentHoldOf(bytes32 id, Payment calldata payment)
        private
        view
        returns (HoldTerms memory)
    {
        return HoldTerms({
            holder: payment.payer,
            recipient: payment.payee,
            amount: payment.amount,
            notary: address(this),
            expiry: payment.deadline,
            ref: id
        });
    }

    function _isPaid(bytes32 id) private view returns (bool) {
        PaymentState state = _payments[id];
        if (state == PaymentState.None) revert WrongPaymentState(id, state);
        return state == PaymentState.Paid;
    }

    function _requireUndecided(bytes32 id) private view {
        PaymentState state = _payments[id];
        if (state != PaymentState.None) revert WrongPaymentState(id, state);
    }

    function _requireState(bytes32 id, LockState needed) private view {
        LockState state = _locks[id];
        if (state != needed) revert WrongLockState(id, state);
    }

    function _requireUnknown(bytes32 keyHash) private view {
        if (_known[keyHash]) revert KeyKnown(keyHash);
    }

    function _requireInTime(Lock calldata lock) private view {
        (uint256 near, uint256 far) = lock.leads
            ? (lock.deadline, lock.counterDeadline)
            : (lock.counterDeadline, lock.deadline);
        uint256 earliest = block.timestamp + LOCK_TIME_MIN;
        uint256 latest = block.timestamp + _lockTimeMax(lock);
        if (near < earliest || far > latest) revert TimeOutOfRange(near, far, earliest, latest);
    }

    function _requireCaller(address party) private view {
        if (msg.sender != party) revert NotTheParty(msg.sender, party);
    }

    function _requireEither(address one, address other) private view {
        if (msg.sender != one && msg.sender != other) revert NotAParty(msg.sender, one, other);
    }

    function _requireSound(Lock calldata lock) private pure {
        if (lock.amount == 0 || lock.seller == lock.buyer || lock.counterpart == 0) {
            revert TermsMalformed();
        }
        bytes32 failureHash = lock.failureHash;
        if (failureHash != 0 || lock.successHash == 0) _requireKeys(lock.successHash, failureHash);
        (uint256 near, uint256 far) = lock.leads
            ? (lock.deadline, lock.counterDeadline)
            : (lock.counterDeadline, lock.deadline);
        // The keys of two outcomes are never known before the other leg is decided.
        if (far < near + CLAIM_MARGIN || (lock.leads && failureHash != 0)) {
            revert OrderOfDeadlines(lock.deadline, lock.counterDeadline, lock.leads);
        }
    }

    function _requireKeys(bytes32 successHash, bytes32 failureHash) private pure {
        if (successHash == 0 || failureHash == 0 || successHash == failureHash) {
            revert KeysMalformed(successHash, failureHash);
        }
    }

    function _lockTimeMax(Lock calldata lock) private pure returns (uint256) {
        return lock.failureHash == 0 ? HASH_LOCK_TIME_MAX : LOCK_TIME_MAX;
    }

    function _hashOf(bytes32 key) private pure returns (bytes32) {
        return sha256(abi.encodePacked(key));
    }

    // slither-disable-end timestamp,reentrancy-events
}
