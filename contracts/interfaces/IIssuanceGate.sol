// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HoldTerms, IDepositToken} from "./IDepositToken.sol";

/// @notice What a gate may issue. Zero always means zero, never "without limit".
/// Amounts have the 64 bits that the bank's books count in.
/// @param capacity Most that may be issued at once, in minor units.
/// @param refillPerSecond How fast what was issued becomes issuable again, in minor units.
/// @param attestationMaxAge Seconds for which an attestation of liabilities counts.
struct Limits {
    uint64 capacity;
    uint64 refillPerSecond;
    uint24 attestationMaxAge;
}

/// @title The only way into and out of a deposit token's supply
/// @notice Every issue and redemption has a sequence number, used once for ever, and a reference
/// that ends with it: a repeated order cannot act twice, no reference occurs twice, and a missing
/// order shows as a gap. The supply never grows beyond liabilities that somebody other than the
/// issuer has attested a short time ago.
interface IIssuanceGate {
    /// @notice Money was issued on the bank's booking `ref`.
    event Issued(
        uint256 indexed sequence, bytes32 indexed ref, address indexed to, uint256 amount
    );

    /// @notice Held money was redeemed on the bank's booking `ref`.
    event Redeemed(
        uint256 indexed sequence, bytes32 indexed ref, address indexed from, uint256 amount
    );

    /// @notice The bank owes `liabilities` as of a time; the ceiling of supply from now on.
    event Attested(uint256 liabilities, uint64 asOf);

    /// @notice The limits are now these.
    event LimitsChanged(uint64 capacity, uint64 refillPerSecond, uint24 attestationMaxAge);

    /// @notice The sequence number was used by an issue or redemption before.
    error SequenceUsed(uint256 sequence);

    /// @notice The reference does not end with the sequence number (6 bytes).
    error OtherSequence(uint256 sequence, bytes32 ref);

    /// @notice The reference names no payment: its UETR (first 16 bytes) is zero.
    error ReferenceMissing();

    /// @notice More than the rate limit leaves at this second.
    error RateLimited(uint256 asked, uint256 available);

    /// @notice The last attestation is older than it may be, or there is none.
    error AttestationStale(uint64 asOf, uint64 maxAge, uint256 time);

    /// @notice The supply would exceed what is attested.
    error LiabilitiesExceeded(uint256 supply, uint256 amount, uint256 liabilities);

    /// @notice An attestation may not be older than the one before.
    error AttestationOutOfOrder(uint64 asOf, uint64 last);

    /// @notice Who may issue may not attest, whatever roles it was given.
    error AttestorIssues(address account);

    /// @notice An attestation may not be ahead of the chain's time by more than clocks differ.
    error AttestationAhead(uint64 asOf, uint256 time);

    /// @notice A redemption is a hold whose notary and recipient is this gate.
    error NotForRedemption(address recipient, address notary);

    /// @notice The hold and the redemption belong to different payments (UETRs).
    error OtherPayment(bytes32 holdRef, bytes32 ref);

    /// @notice To raise, no limit may fall and one must rise.
    error NotRaised(Limits current, Limits asked);

    /// @notice To lower, no limit may rise and one must fall.
    error NotLowered(Limits current, Limits asked);

    /// @notice A gate keeps its access manager; for another one, deploy another gate.
    error AuthorityFixed(address authority, address asked);

    /// @notice The address has no code, so it cannot be the token or the access manager.
    error NotAContract(address account);

    /// @notice Issue to an admitted account. Restricted (ISSUER).
    /// @param sequence Number of the order, in any order, each once; below 2^48.
    /// @param ref UETR (16 bytes), then ledger entry id (16 bytes), of which the last 6 are the
    /// sequence; so it too is used once.
    function issue(uint256 sequence, bytes32 ref, address to, uint256 amount) external;

    /// @notice Burn what a holder put on hold for the gate. Restricted (ISSUER).
    /// @param sequence Number of the order, from the same row of numbers as issues.
    /// @param ref As for `issue`; its UETR is that of the hold.
    function redeem(uint256 sequence, bytes32 ref, HoldTerms calldata hold) external;

    /// @notice Give a hold back that will not be redeemed. Restricted (ISSUER).
    function cancelRedemption(HoldTerms calldata hold) external;

    /// @notice State what the bank owes. Restricted (ATTESTOR, never one who may issue).
    /// @param liabilities Deposits owed in minor units, at most 64 bits.
    /// @param asOf Unix second of the statement; never before the last one.
    function attest(uint256 liabilities, uint64 asOf) external;

    /// @notice Allow more. Restricted (LIMITS, delayed).
    function raiseLimits(Limits calldata next) external;

    /// @notice Allow less, at once. Restricted (GUARDIAN).
    function lowerLimits(Limits calldata next) external;

    /// @notice The token this gate serves.
    function token() external view returns (IDepositToken);

    /// @notice The limits in force.
    function limits() external view returns (Limits memory);

    /// @notice The last attestation.
    function attestation() external view returns (uint256 liabilities, uint64 asOf);

    /// @notice What the rate limit leaves at this second.
    function available() external view returns (uint256);

    /// @notice The most that `issue` accepts at this second, by rate, attestation and supply.
    function issuable() external view returns (uint256);

    /// @notice Whether an issue or redemption used this number.
    function isSequenceUsed(uint256 sequence) external view returns (bool);

    /// @notice Which of the 64 numbers of a row are used: bit i stands for number 64 * row + i, and
    /// a zero below a one is a gap.
    function sequencesUsed(uint256 row) external view returns (uint64 bits);
}
