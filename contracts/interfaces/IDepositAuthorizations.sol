// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC3009, IERC3009Cancel} from "@openzeppelin/contracts/interfaces/draft-IERC3009.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";

/// @title What a holder may do by signature: allow, pay, settle
/// @notice Signatures are EIP-712 in the token's own domain, whose name is the token's and whose
/// version is "1". Each is of the account's key (65 bytes, never in its malleable form), or what
/// the account's contract accepts (ERC-1271). The key is tried first, the contract asked only then.
///
/// ERC-2612 nonces count up, ERC-3009 nonces are any 32 bytes, settlement nonces are any number:
/// three rows of their own, and a use of one never touches another. A permit may be sent in by
/// anyone before whoever was to send it; the allowance is then there all the same.
interface IDepositAuthorizations is IERC20Permit, IERC3009, IERC3009Cancel {
    /// @notice The payer took a settlement nonce away before it was used.
    event SettlementNonceCancelled(address indexed payer, uint256 nonce);

    /// @notice The account's key did not sign this, nor does its contract accept it. `signer` is
    /// whose signature it is for this content, or zero if it is none.
    error SignatureRefused(address account, address signer);

    /// @notice The permit was signed for an earlier time.
    error PermitExpired(uint256 deadline, uint256 time);

    /// @notice The authorization counts only after `validAfter`.
    error AuthorizationTooEarly(uint256 validAfter, uint256 time);

    /// @notice The authorization counts only before `validBefore`.
    error AuthorizationExpired(uint256 validBefore, uint256 time);

    /// @notice The nonce was used or cancelled before.
    error AuthorizationUsedUp(address authorizer, bytes32 nonce);

    /// @notice Only the payee itself can receive in this way.
    error NotPayee(address caller, address payee);

    /// @notice The payer signed the settlement for an earlier time.
    error SettlementExpired(uint256 deadline, uint256 time);

    /// @notice The nonce was used or cancelled before.
    error SettlementNonceUsedUp(address payer, uint256 nonce);

    /// @notice As ERC-2612, with a signature of any length.
    function permit(
        address owner,
        address spender,
        uint256 value,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice As ERC-3009, with a signature of any length.
    function transferWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external;

    /// @notice As ERC-3009, with a signature of any length.
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external;

    /// @notice As ERC-3009, with a signature of any length.
    function cancelAuthorization(address authorizer, bytes32 nonce, bytes calldata signature)
        external;

    /// @notice Pay one leg of a settlement on the payer's signature, which counts in the hands of
    /// one engine only: the caller. The signed type is
    /// `SettlementTransfer(address engine,address from,address to,uint256 amount,
    /// bytes32 instruction,uint256 nonce,uint256 deadline)`, without the line break.
    /// @param instruction Id of the content that the payer agrees to; becomes the reference.
    /// @param nonce Any number that the payer never used here; numbers near each other are cheaper.
    /// @param deadline Last second at which it counts.
    function settleTransfer(
        address from,
        address to,
        uint256 amount,
        bytes32 instruction,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice Take one of the caller's own settlement nonces away.
    function cancelSettlementNonce(uint256 nonce) external;

    /// @notice Whether the payer's nonce was used or cancelled.
    function isSettlementNonceUsed(address payer, uint256 nonce) external view returns (bool);
}
