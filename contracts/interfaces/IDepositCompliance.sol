// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC7943Fungible} from "./IERC7943Fungible.sol";

/// @title What the bank and the law may do: admit, freeze, take, pause, end
/// @notice ERC-7943, with the freeze of a whole account beside the freeze of an amount, and with a
/// legal basis for every forced transfer.
interface IDepositCompliance is IERC7943Fungible {
    /// @notice The flags that the bank sets of an account are now these (see `setAccountFlags`).
    event AccountFlags(address indexed account, uint32 flags);

    /// @notice The pause bits of the token are now these.
    event PauseBits(uint32 bits);

    /// @notice The token has ended; it moves no money any more, for ever.
    event Deactivated();

    /// @notice The forced transfer of this receipt was made on this legal basis.
    event Enforced(bytes32 indexed ref, bytes32 legalBasis);

    /// @notice The account is not admitted, or is frozen for sending; `flags` tell which.
    error SenderRefused(address account, uint32 flags);

    /// @notice The account is not admitted, or is frozen for receiving; `flags` tell which.
    error RecipientRefused(address account, uint32 flags);

    /// @notice What was asked is paused: `paused` contains `needed`.
    error OperationPaused(uint32 paused, uint32 needed);

    /// @notice The token ends only while all is paused; `paused` lacks a bit of `needed`.
    error NotAllPaused(uint32 paused, uint32 needed);

    /// @notice The token has ended, and this with it.
    error TokenDeactivated();

    /// @notice The zero address has no flags and nothing to freeze.
    error ZeroAccount();

    /// @notice Bits that mean nothing here, or no bit at all.
    error UnknownBits(uint32 bits);

    /// @notice Nothing is taken by force without saying on which basis.
    error LegalBasisMissing();

    /// @notice Set the flags of an account: admit it, freeze it, lift a freeze. Restricted.
    /// @param flags Sum of ALLOWED (1), NO_SEND (2), NO_RECEIVE (4).
    function setAccountFlags(address account, uint32 flags) external;

    /// @notice Add freeze bits to an account, at once. Restricted.
    /// @param bits NO_SEND (2), NO_RECEIVE (4) or both.
    function freeze(address account, uint32 bits) external;

    /// @notice Take money that is not held, frozen or not, and give it to an account that may
    /// receive. Works under every pause. Restricted, by the role that waits.
    /// @param ref Reference of the bank's booking.
    /// @param legalBasis Hash of the document that orders it.
    function forcedTransfer(
        address from,
        address to,
        uint256 amount,
        bytes32 ref,
        bytes32 legalBasis
    ) external;

    /// @notice Add pause bits, at once. Restricted.
    /// @param bits Sum of PAUSE_TRANSFER (1: transfers by the holder, an allowance or an
    /// authorization), PAUSE_SUPPLY (2: mint and both burns), PAUSE_SETTLE (4: opening, executing
    /// and burning holds, and settlement transfers).
    function pause(uint32 bits) external;

    /// @notice Take pause bits away. Restricted, by another role than `pause`.
    function unpause(uint32 bits) external;

    /// @notice End the token, while all is paused: nothing unpauses, forces or upgrades it any
    /// more. What was held can still be released. Restricted.
    function deactivate() external;

    /// @notice Flags of an account: those set, and HAS_FROZEN (8) while an amount is frozen.
    function flagsOf(address account) external view returns (uint32);

    /// @notice The pause bits in force, and DEACTIVATED (8) once the token has ended.
    function pauseBits() external view returns (uint32);
}
