// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice All that a hold says. Its id is the hash of these terms, so they can never drift.
/// @param holder Whose money is held; the hold is opened by this account alone.
/// @param recipient Who is paid when it is executed; may also release it.
/// @param amount Minor units held.
/// @param notary Who decides: executes it in whole or in part, or releases it.
/// @param expiry Unix second from which it can no longer be executed and anyone may release it.
/// @param ref What the money is held for: of a payment the UETR (16 bytes) and the bank's ledger
/// entry id (16 bytes), of a settlement the id of its content.
struct HoldTerms {
    address holder;
    address recipient;
    uint256 amount;
    address notary;
    uint64 expiry;
    bytes32 ref;
}

/// @notice The life of a hold; Open and Closed are each entered once.
enum HoldState {
    None,
    Open,
    Closed
}

/// @title Holds: money set aside under fixed terms, paid or given back exactly once
interface IDepositHolds {
    /// @notice A hold was opened; its terms are these arguments.
    event HoldOpened(
        bytes32 indexed id,
        address indexed holder,
        address indexed recipient,
        uint256 amount,
        address notary,
        uint64 expiry,
        bytes32 ref
    );

    /// @notice A hold is closed for ever; `executed + released` is the amount it held.
    event HoldClosed(bytes32 indexed id, uint256 executed, uint256 released);

    /// @notice The held amount of the account would leave 96 bits.
    error HeldOverCap(address account, uint256 held, uint256 amount);

    /// @notice A hold is opened by the holder alone.
    error NotHolder(address caller, address holder);

    /// @notice A hold is executed by its notary alone.
    error NotNotary(address caller, address notary);

    /// @notice Only what is held for the caller itself can be burned or shared out.
    error NotRecipient(address caller, address recipient);

    /// @notice The terms name no recipient or no notary.
    error HoldIncomplete(address recipient, address notary);

    /// @notice A hold under these terms was opened before, and may be closed by now.
    error HoldExists(bytes32 id);

    /// @notice No hold under these terms is open.
    error HoldNotOpen(bytes32 id, HoldState state);

    /// @notice More was asked than is held.
    error HoldExceeded(bytes32 id, uint256 held, uint256 asked);

    /// @notice At or after its expiry a hold can be neither opened nor executed.
    error HoldExpired(bytes32 id, uint64 expiry, uint256 time);

    /// @notice Before expiry only notary and recipient release.
    error HoldNotReleasable(bytes32 id, address caller, uint64 expiry);

    /// @notice Every hold needs its amount, and every payee.
    error LengthsDiffer(uint256 accounts, uint256 amounts);

    /// @notice Payouts must use up what the holds yield: `asked` was asked where `left` was left,
    /// and at the end nothing may be.
    error PayoutsUnbalanced(uint256 left, uint256 asked);

    /// @notice Hold the caller's available money. It stays the holder's, and cannot be spent.
    /// @return id Hash of the terms, this token and this chain.
    function createHold(HoldTerms calldata terms) external returns (bytes32 id);

    /// @notice Pay `amount` of the hold to its recipient and release the rest; notary only, before
    /// expiry. Both accounts must be free to send and to receive at that time. An amount frozen
    /// later does not stop it: the hold came first.
    function executeHold(HoldTerms calldata terms, uint256 amount) external;

    /// @notice Execute holds of which the caller is notary and recipient, each for its amount, and
    /// share out all that they yield: all or nothing. The caller keeps no money at any time, so it
    /// needs no admission; each holder must be free to send and each payee to receive.
    /// @param holds Each with the terms of its own; a hold given twice is refused.
    /// @param amounts For each hold how much of it is taken; the rest is released.
    /// @param due For each payee how much it gets; the sum is the sum of `amounts`.
    function executeHolds(
        HoldTerms[] calldata holds,
        uint256[] calldata amounts,
        address[] calldata payees,
        uint256[] calldata due
    ) external;

    /// @notice Release the hold: notary or recipient at any time, anyone from expiry on. Works
    /// under every pause and freeze and after the end of the token, because it only gives back what
    /// is the holder's.
    function releaseHold(HoldTerms calldata terms) external;

    /// @notice The id that these terms have on this token and this chain.
    function holdId(HoldTerms calldata terms) external view returns (bytes32);

    /// @notice Where a hold stands.
    function holdState(bytes32 id) external view returns (HoldState);
}
