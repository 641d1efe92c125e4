// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Calls to contracts that are not trusted
/// @notice What is called may answer with megabytes, with nothing, or burn the gas it is given;
/// none of it reaches the caller beyond the bounds below.
library BoundedCall {
    // Solidity copies all that is returned, however long; each block says why it is sound.
    // slither-disable-start assembly

    /// @dev Enough for any error of ours, and for the part of a text that tells what it is about.
    uint256 internal constant REASON_BYTES_MAX = 256;

    /// @dev All the gas there is; the EVM itself keeps back one part in 64.
    uint256 internal constant ALL_GAS = type(uint256).max;

    // What stands between the question for gas and the call: opcodes and a cold address.
    uint256 private constant GAS_BEFORE_CALL = 5_000;

    /// @notice Too little gas to give the call all that it may have.
    error TooLittleGas(uint256 needed);

    /// @notice Call; where it reverts, `reason` is the beginning of what it said.
    function tryCall(address target, uint256 gasLimit, bytes memory data)
        internal
        returns (bool ok, bytes memory reason)
    {
        // Memory is read from `data` alone and not written: the answer has no place (0, 0).
        assembly ("memory-safe") {
            ok := call(gasLimit, target, 0, add(data, 0x20), mload(data), 0, 0)
        }
        if (!ok) reason = _reason();
    }

    /// @notice Ask for one word; not `ok` where it reverts or answers with less.
    function tryRead(address target, uint256 gasLimit, bytes memory data)
        internal
        view
        returns (bool ok, uint256 word)
    {
        // The answer goes to the scratch space [0, 0x20), which Solidity keeps nothing in. It is
        // read only if all 32 bytes were written: an address without code answers with none.
        assembly ("memory-safe") {
            ok := staticcall(gasLimit, target, add(data, 0x20), mload(data), 0, 0x20)
            ok := and(ok, gt(returndatasize(), 0x1f))
            if ok { word := mload(0) }
        }
    }

    /// @notice Ask for a list of `count` words; not `ok` where it reverts or answers with another.
    function tryReadList(address target, bytes memory data, uint256 count)
        internal
        view
        returns (bool ok, uint256[] memory list)
    {
        uint256 size = (count + 2) * 0x20;
        // The answer, as long as it must be, goes behind what is allocated and is allocated with
        // its head. It is used only if all of it was written and it is a list of that length:
        // offset 0x20, then the length, which is where `list` begins.
        assembly ("memory-safe") {
            let answer := mload(0x40)
            mstore(0x40, add(answer, size))
            ok := staticcall(gas(), target, add(data, 0x20), mload(data), answer, size)
            list := add(answer, 0x20)
            ok := and(ok, eq(returndatasize(), size))
            ok := and(ok, eq(mload(answer), 0x20))
            ok := and(ok, eq(mload(list), count))
            if iszero(ok) { list := 0x60 }
        }
    }

    /// @notice Where a call that fails is taken as an answer, whoever pays for the gas must not be
    /// able to make it fail.
    function requireGas(uint256 gasLimit) internal view {
        uint256 left = gasleft();
        if (left - left / 64 < gasLimit + GAS_BEFORE_CALL) revert TooLittleGas(gasLimit);
    }

    function _reason() private pure returns (bytes memory reason) {
        uint256 size;
        // Still the answer of the call before: no call came between.
        assembly ("memory-safe") {
            size := returndatasize()
        }
        if (size > REASON_BYTES_MAX) size = REASON_BYTES_MAX;
        reason = new bytes(size);
        // `reason` has room for `size` bytes behind its length, and as many were returned.
        assembly ("memory-safe") {
            returndatacopy(add(reason, 0x20), 0, size)
        }
    }

    // slither-disable-end assembly
}
