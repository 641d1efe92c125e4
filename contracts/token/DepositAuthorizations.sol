// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {EIP712Upgradeable} from
    "@openzeppelin/contracts-upgradeable/utils/cryptography/EIP712Upgradeable.sol";

import {DepositAccounts} from "./DepositAccounts.sol";

/// @title What a holder does by signature; see IDepositAuthorizations
abstract contract DepositAuthorizations is DepositAccounts, EIP712Upgradeable {
    // A consent ends at a second of the chain's time; who makes a block can shift it by seconds.
    // slither-disable-start timestamp

    string internal constant DOMAIN_VERSION = "1";

    bytes32 private constant PERMIT_TYPEHASH = keccak256(
        "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
    );
    bytes32 private constant TRANSFER_TYPEHASH = keccak256(
        "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,"
        "uint256 validBefore,bytes32 nonce)"
    );
    bytes32 private constant RECEIVE_TYPEHASH = keccak256(
        "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,"
        "uint256 validBefore,bytes32 nonce)"
    );
    bytes32 private constant CANCEL_TYPEHASH =
        keccak256("CancelAuthorization(address authorizer,bytes32 nonce)");
    bytes32 private constant SETTLEMENT_TYPEHASH = keccak256(
        "SettlementTransfer(address engine,address from,address to,uint256 amount,"
        "bytes32 instruction,uint256 nonce,uint256 deadline)"
    );

    // -------------------------------------------------------------------------------- ERC-2612

    function permit(
        address owner,
        address spender,
        uint256 value,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external {
        _permit(owner, spender, value, deadline, abi.encodePacked(r, s, v));
    }

    function permit(
        address owner,
        address spender,
        uint256 value,
        uint256 deadline,
        bytes calldata signature
    ) external {
        _permit(owner, spender, value, deadline, signature);
    }

    // -------------------------------------------------------------------------------- ERC-3009

    function transferWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external {
        bytes memory signature = abi.encodePacked(r, s, v);
        _pay(TRANSFER_TYPEHASH, from, to, value, validAfter, validBefore, nonce, signature);
    }

    function transferWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external {
        _pay(TRANSFER_TYPEHASH, from, to, value, validAfter, validBefore, nonce, signature);
    }

    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external {
        if (msg.sender != to) revert NotPayee(msg.sender, to);
        bytes memory signature = abi.encodePacked(r, s, v);
        _pay(RECEIVE_TYPEHASH, from, to, value, validAfter, validBefore, nonce, signature);
    }

    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external {
        if (msg.sender != to) revert NotPayee(msg.sender, to);
        _pay(RECEIVE_TYPEHASH, from, to, value, validAfter, validBefore, nonce, signature);
    }

    function cancelAuthorization(address authorizer, bytes32 nonce, uint8 v, bytes32 r, bytes32 s)
        external
    {
        _cancel(authorizer, nonce, abi.encodePacked(r, s, v));
    }

    function cancelAuthorization(address authorizer, bytes32 nonce, bytes calldata signature)
        external
    {
        _cancel(authorizer, nonce, signature);
    }

    // ------------------------------------------------------------------------------ settlement

    function settleTransfer(
        address from,
        address to,
        uint256 amount,
        bytes32 instruction,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external {
        _requireRunning(PAUSE_SETTLE);
        _requireAmount(amount);
        _requireReference(instruction);
        if (block.timestamp > deadline) revert SettlementExpired(deadline, block.timestamp);
        _useSettlementNonce(from, nonce);
        bytes32 content = keccak256(
            abi.encode(
                SETTLEMENT_TYPEHASH, msg.sender, from, to, amount, instruction, nonce, deadline
            )
        );
        _requireSigned(from, content, signature);
        _move(from, to, amount);
        emit TransferRef(from, to, amount, instruction);
    }

    function cancelSettlementNonce(uint256 nonce) external {
        _useSettlementNonce(msg.sender, nonce);
        emit SettlementNonceCancelled(msg.sender, nonce);
    }

    // ----------------------------------------------------------------------------------- views

    function authorizationState(address authorizer, bytes32 nonce) external view returns (bool) {
        return _token().authorizations[authorizer][nonce];
    }

    function isSettlementNonceUsed(address payer, uint256 nonce) external view returns (bool) {
        return _token().settlementNonces[payer][nonce >> 8] & _nonceBit(nonce) != 0;
    }

    // ERC-2612 gives it this name.
    // slither-disable-next-line naming-convention
    function DOMAIN_SEPARATOR() external view returns (bytes32) {
        return _domainSeparatorV4();
    }

    // ----------------------------------------------------------------------------------- parts

    function _permit(
        address owner,
        address spender,
        uint256 value,
        uint256 deadline,
        bytes memory signature
    ) private {
        if (block.timestamp > deadline) revert PermitExpired(deadline, block.timestamp);
        uint256 nonce = _useNonce(owner);
        bytes32 content =
            keccak256(abi.encode(PERMIT_TYPEHASH, owner, spender, value, nonce, deadline));
        _requireSigned(owner, content, signature);
        _approve(owner, spender, value);
    }

    function _pay(
        bytes32 typehash,
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes memory signature
    ) private {
        _requireRunning(PAUSE_TRANSFER);
        // Both ends are outside, as the standard has it.
        if (block.timestamp <= validAfter) {
            revert AuthorizationTooEarly(validAfter, block.timestamp);
        }
        if (block.timestamp >= validBefore) {
            revert AuthorizationExpired(validBefore, block.timestamp);
        }
        _useAuthorization(from, nonce);
        bytes32 content =
            keccak256(abi.encode(typehash, from, to, value, validAfter, validBefore, nonce));
        _requireSigned(from, content, signature);
        emit AuthorizationUsed(from, nonce);
        _move(from, to, value);
    }

    function _cancel(address authorizer, bytes32 nonce, bytes memory signature) private {
        _useAuthorization(authorizer, nonce);
        bytes32 content = keccak256(abi.encode(CANCEL_TYPEHASH, authorizer, nonce));
        _requireSigned(authorizer, content, signature);
        emit AuthorizationCanceled(authorizer, nonce);
    }

    function _useAuthorization(address authorizer, bytes32 nonce) private {
        mapping(bytes32 => bool) storage used = _token().authorizations[authorizer];
        if (used[nonce]) revert AuthorizationUsedUp(authorizer, nonce);
        used[nonce] = true;
    }

    function _useSettlementNonce(address payer, uint256 nonce) private {
        mapping(uint256 => uint256) storage words = _token().settlementNonces[payer];
        uint256 word = words[nonce >> 8];
        uint256 bit = _nonceBit(nonce);
        if (word & bit != 0) revert SettlementNonceUsedUp(payer, nonce);
        words[nonce >> 8] = word | bit;
    }

    function _requireSigned(address account, bytes32 content, bytes memory signature)
        private
        view
    {
        bytes32 digest = _hashTypedDataV4(content);
        // The third only tells more of a problem.
        // slither-disable-next-line unused-return
        (address signer, ECDSA.RecoverError problem,) = ECDSA.tryRecover(digest, signature);
        // Without the first question the zero address would have signed all that nobody signed.
        if (problem == ECDSA.RecoverError.NoError && signer == account) return;
        if (SignatureChecker.isValidERC1271SignatureNow(account, digest, signature)) return;
        revert SignatureRefused(account, signer);
    }

    function _nonceBit(uint256 nonce) private pure returns (uint256) {
        return 1 << (nonce & 0xff);
    }

    // Every signature asks for it, and it never changes: a constant spares a read of storage. The
    // name is the library's.
    // slither-disable-next-line naming-convention
    function _EIP712Version() internal pure override returns (string memory) {
        return DOMAIN_VERSION;
    }

    // slither-disable-end timestamp
}
