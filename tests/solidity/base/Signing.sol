// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDepositToken} from "../../../contracts/interfaces/IDepositToken.sol";
import {vm} from "./Vm.sol";

/// @notice What an account signs for a token, built from the words of the standards and not from
/// the contracts, so that a slip in either shows.
abstract contract Signing {
    struct Payment {
        address from;
        address to;
        uint256 value;
        uint256 validAfter;
        uint256 validBefore;
        bytes32 nonce;
    }

    struct Settlement {
        address engine;
        address from;
        address to;
        uint256 amount;
        bytes32 instruction;
        uint256 nonce;
        uint256 deadline;
    }

    function _signed(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    /// @notice The form that the test's contract wallet reads.
    function _signedForWallet(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encode(r, s, v);
    }

    function _permitDigest(
        IDepositToken token,
        address owner,
        address spender,
        uint256 value,
        uint256 nonce,
        uint256 deadline
    ) internal view returns (bytes32) {
        bytes32 kind = keccak256(
            "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
        );
        return _digest(token, abi.encode(kind, owner, spender, value, nonce, deadline));
    }

    function _transferDigest(IDepositToken token, Payment memory payment)
        internal
        view
        returns (bytes32)
    {
        bytes32 kind = keccak256(
            "TransferWithAuthorization(address from,address to,uint256 value,"
            "uint256 validAfter,uint256 validBefore,bytes32 nonce)"
        );
        return _digest(token, abi.encode(kind, payment));
    }

    function _receiveDigest(IDepositToken token, Payment memory payment)
        internal
        view
        returns (bytes32)
    {
        bytes32 kind = keccak256(
            "ReceiveWithAuthorization(address from,address to,uint256 value,"
            "uint256 validAfter,uint256 validBefore,bytes32 nonce)"
        );
        return _digest(token, abi.encode(kind, payment));
    }

    function _cancelDigest(IDepositToken token, address authorizer, bytes32 nonce)
        internal
        view
        returns (bytes32)
    {
        bytes32 kind = keccak256("CancelAuthorization(address authorizer,bytes32 nonce)");
        return _digest(token, abi.encode(kind, authorizer, nonce));
    }

    function _settlementDigest(IDepositToken token, Settlement memory settlement)
        internal
        view
        returns (bytes32)
    {
        bytes32 kind = keccak256(
            "SettlementTransfer(address engine,address from,address to,uint256 amount,"
            "bytes32 instruction,uint256 nonce,uint256 deadline)"
        );
        return _digest(token, abi.encode(kind, settlement));
    }

    function _domain(IDepositToken token) internal view returns (bytes32) {
        bytes32 kind = keccak256(
            "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
        );
        bytes32 name = keccak256(bytes(token.name()));
        return keccak256(
            abi.encode(kind, name, keccak256(bytes("1")), block.chainid, address(token))
        );
    }

    function _digest(IDepositToken token, bytes memory content) private view returns (bytes32) {
        return keccak256(abi.encodePacked("\x19\x01", _domain(token), keccak256(content)));
    }
}
