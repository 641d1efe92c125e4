// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HoldTerms} from "./IDepositHolds.sol";

/// @notice A delivery on this chain against something elsewhere. Its id is the hash of these terms,
/// this chain and this contract; the money lies in a hold on the token, which `holdOf` gives.
/// A key has 32 bytes and is told by its SHA-256, which every chain knows.
/// @param token The deposit token; each party decides whether it trusts it.
/// @param seller Who delivers; whose money is held.
/// @param buyer Who is paid when the success key is shown.
/// @param amount Minor units.
/// @param successHash Of the key that pays the buyer.
/// @param failureHash Of the key that gives the money back; zero makes it a hash-lock, which has
/// one secret and comes back by time alone.
/// @param deadline Unix second from which the success key counts no more and anyone may refund.
/// @param counterDeadline Unix second by which the other leg is decided.
/// @param leads Whether the success key becomes known by this leg: its buyer has the secret of the
/// hash-lock. Otherwise the buyer learns it from the other leg.
/// @param counterpart What is exchanged for it: the `paymentId` of the payment, the `legOf` of the
/// other hash-lock, or on a foreign chain whatever the parties agree on.
/// @param ref Payment reference: UETR (16 bytes), then the bank's ledger entry id (16 bytes).
struct Lock {
    address token;
    address seller;
    address buyer;
    uint256 amount;
    bytes32 successHash;
    bytes32 failureHash;
    uint64 deadline;
    uint64 counterDeadline;
    bool leads;
    bytes32 counterpart;
    bytes32 ref;
}

/// @notice A payment on this chain, on which the keys of a delivery elsewhere depend. Its id is the
/// hash of these terms, this chain and this contract; the money lies in a hold on the token.
/// @param token The deposit token; the payee decides whether it trusts it.
/// @param payer Who pays; whose money is held.
/// @param payee Who is paid.
/// @param amount Minor units.
/// @param successHash Of the key that is asked for when it was paid.
/// @param failureHash Of the key that is asked for when it was not.
/// @param deadline Unix second from which it can no longer be paid.
/// @param ref Payment reference: UETR (16 bytes), then the bank's ledger entry id (16 bytes).
struct Payment {
    address token;
    address payer;
    address payee;
    uint256 amount;
    bytes32 successHash;
    bytes32 failureHash;
    uint64 deadline;
    bytes32 ref;
}

/// @notice The life of a lock. Paid, Reclaimed, Refunded and Cancelled are never left.
enum LockState {
    None,
    Incepted,
    Confirmed,
    Claimed,
    Paid,
    Reclaimed,
    Refunded,
    Cancelled
}

/// @notice The life of a payment; decided once, for ever.
enum PaymentState {
    None,
    Paid,
    Failed
}

/// @title Delivery versus payment across two chains
/// @notice The functional scheme of ERC-7573: the delivery is locked under two keys, and which of
/// them becomes known depends on the payment on the other chain. Both sides are here. Against a
/// chain that has no such contract, a hash-lock serves: two locks under one secret.
///
/// A delivery:
///
///     action           | from               | by whom, and when                     | to
///     -----------------|--------------------|---------------------------------------|----------
///     inceptTransfer   | None               | buyer                                 | Incepted
///     confirmTransfer  | Incepted           | seller, whose hold is open, in time   | Confirmed
///     cancelTransfer   | None Incepted      | seller or buyer                       | Cancelled
///     transferWithKey  | Confirmed          | anyone, success key, before deadline  | Claimed,
///                      |                    | ... and at once, if the token pays    | Paid
///                      | Confirmed          | anyone, failure key                   | Reclaimed
///     payOut           | Claimed            | anyone, until the hold expires        | Paid
///     refundTransfer   | None Incepted      | anyone, from the deadline             | Refunded
///                      | Confirmed          | anyone, from the deadline             | Refunded
///                      | Claimed            | anyone, once the hold has expired     | Refunded
///
/// A payment:
///
///     action             | from        | by whom, and when                          | to
///     -------------------|-------------|--------------------------------------------|--------
///     transferAndDecrypt | None        | payer, whose hold is open, before deadline | Paid
///                        |             | ... where the token refuses                | Failed
///     cancelAndDecrypt   | None        | payer or payee; from the deadline anyone   | Failed
///     requestKey         | Paid Failed | anyone                                     | the same
///     releaseKey         | Paid Failed | anyone who has the key                     | the same
///
/// Why: a party may leave while nothing is bound, and nobody else can make it fail; what decides is
/// a key or the clock, so what follows from it is open to all. At every second a confirmed lock can
/// be claimed or refunded, never both. Showing a key cannot fail because of the token: the claim
/// stands although the token is paused or the buyer frozen, and is paid out for `PAYOUT_TIME` after
/// the deadline. Whatever gives money back works under every pause.
///
/// Order of times, refused otherwise: who learns the key from the other leg has `CLAIM_MARGIN` once
/// that leg is decided; when a lock is confirmed, `LOCK_TIME_MIN` is left on either leg.
///
/// Who has the secret of a hash-lock may choose until its deadline whether to use it; that is worth
/// money; so a hash-lock lasts `HASH_LOCK_TIME_MAX` at the most. Between banks use two keys: there
/// the seller can end the buyer's choice by `cancelAndDecrypt` until it is paid.
///
/// What a party must see to itself: that the token is one it trusts; that the other leg is final on
/// its chain, with exactly these terms, before it binds itself; that it shows a key well before the
/// deadline, since one shown too late is public and pays nobody. A buyer can give up a hold at the
/// token, as its recipient, and has then nothing to claim.
///
/// The oracle that has the keys of two-key locks decrypts only a document that names the id and the
/// outcome of the payment that asks, and only once the block that asks is final. It is trusted to
/// do so, and to have made documents and hashes of the same keys.
interface ILockBox {
    /// @notice The buyer agrees to these terms.
    event TransferIncepted(
        bytes32 indexed id, address indexed seller, address indexed buyer, Lock lock
    );

    /// @notice The seller's money is held under this id.
    event TransferConfirmed(bytes32 indexed id, bytes32 indexed holdId);

    /// @notice The success key was shown in time: the money is the buyer's.
    event TransferClaimed(bytes32 indexed id, bytes32 key);

    /// @notice The buyer was paid; the token has its own event, with the id as reference.
    event TransferPaid(bytes32 indexed id);

    /// @notice The failure key was shown: the money is the seller's again.
    event TransferReclaimed(bytes32 indexed id, bytes32 key);

    /// @notice Time ran out: the money is the seller's again.
    event TransferRefunded(bytes32 indexed id);

    /// @notice A party left before anything was bound.
    event TransferCancelled(bytes32 indexed id, address indexed by);

    /// @notice The token did not pay what was claimed or was to be paid.
    /// @param reason What it reverted with, at most 256 bytes of it.
    event PayoutFailed(bytes32 indexed id, bytes reason);

    /// @notice The payment is decided, and the key of that outcome is wanted.
    /// @param keyEncrypted A document for the oracle; anyone may have written it.
    event TransferKeyRequested(bytes32 indexed id, bool success, bytes keyEncrypted);

    /// @notice The key of the payment's outcome is this.
    event TransferKeyReleased(bytes32 indexed id, bool success, bytes32 key);

    /// @notice From this state the action is not possible.
    error WrongLockState(bytes32 id, LockState state);

    /// @notice From this state the action is not possible.
    error WrongPaymentState(bytes32 id, PaymentState state);

    /// @notice Only this account may do it.
    error NotTheParty(address caller, address party);

    /// @notice Only one of these accounts may do it.
    error NotAParty(address caller, address one, address other);

    /// @notice An amount of zero, one party on both sides, or no counterpart.
    error TermsMalformed();

    /// @notice A hash of zero where a key is needed, or one key for both outcomes.
    error KeysMalformed(bytes32 successHash, bytes32 failureHash);

    /// @notice The key of this hash has been shown here before, so everyone knows it.
    error KeyKnown(bytes32 keyHash);

    /// @notice The key belongs to neither outcome, or not to the one that has come.
    error WrongKey(bytes32 id, bytes32 keyHash);

    /// @notice Who learns the key later has too little time to use it, or learns it here.
    error OrderOfDeadlines(uint64 deadline, uint64 counterDeadline, bool leads);

    /// @notice The nearer deadline must lie from `earliest`, and the farther one until `latest`.
    error TimeOutOfRange(uint256 near, uint256 far, uint256 earliest, uint256 latest);

    /// @notice From its deadline on this can no longer be done.
    error DeadlinePassed(bytes32 id, uint64 deadline, uint256 time);

    /// @notice Too early: money can come back from `from` on.
    error RefundAhead(bytes32 id, uint256 from, uint256 time);

    /// @notice No money is held under these terms.
    error NotHeld(bytes32 id, bytes32 holdId);

    /// @notice The payee got another amount than was paid.
    error OtherAmountPaid(uint256 got, uint256 amount);

    // ---------------------------------------------------------------------------- a delivery

    /// @notice Agree to buy. To sell, open the hold that `holdOf` gives and confirm.
    function inceptTransfer(Lock calldata lock) external returns (bytes32 id);

    /// @notice Bind the hold to the keys.
    function confirmTransfer(Lock calldata lock) external;

    /// @notice Leave before anything is bound; releases what is held.
    function cancelTransfer(Lock calldata lock) external;

    /// @notice Show the key of an outcome.
    /// @return done Whether the money is where the key sends it; if not, see `payOut`.
    function transferWithKey(Lock calldata lock, bytes32 key) external returns (bool done);

    /// @notice Try again to pay what was claimed.
    function payOut(Lock calldata lock) external returns (bool paid);

    /// @notice Give back what was not claimed, or not paid out before the hold expired.
    function refundTransfer(Lock calldata lock) external;

    // ----------------------------------------------------------------------------- a payment

    /// @notice Pay what the caller holds, and ask for the key of what came of it.
    /// @return success Whether the payee was paid.
    function transferAndDecrypt(
        Payment calldata payment,
        bytes calldata keyEncryptedSuccess,
        bytes calldata keyEncryptedFailure
    ) external returns (bool success);

    /// @notice Decide that it will not be paid, release what is held and ask for the failure key.
    function cancelAndDecrypt(Payment calldata payment, bytes calldata keyEncryptedFailure)
        external;

    /// @notice Ask again for the key of a decided payment, with another document if need be.
    function requestKey(Payment calldata payment, bytes calldata keyEncrypted) external;

    /// @notice Publish the key of the outcome, once.
    function releaseKey(Payment calldata payment, bytes32 key) external;

    // --------------------------------------------------------------------------------- views

    /// @notice The id of a lock, and the reference of its hold.
    function lockId(Lock calldata lock) external view returns (bytes32);

    /// @notice What the lock says without its counterpart: two locks can name each other by it.
    function legOf(Lock calldata lock) external view returns (bytes32);

    /// @notice The id of a payment, and the reference of its hold.
    function paymentId(Payment calldata payment) external view returns (bytes32);

    /// @notice The hold that the seller of a lock opens.
    function holdOf(Lock calldata lock) external view returns (HoldTerms memory);

    /// @notice The hold that the payer of a payment opens.
    function paymentHoldOf(Payment calldata payment) external view returns (HoldTerms memory);

    /// @notice Where a lock stands.
    function lockState(bytes32 id) external view returns (LockState);

    /// @notice Where a payment stands.
    function paymentState(bytes32 id) external view returns (PaymentState);

    /// @notice Whether the key of this hash has been shown here.
    function isKeyKnown(bytes32 keyHash) external view returns (bool);
}
