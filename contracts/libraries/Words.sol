// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Lists in memory and calldata, without asking again whether a place is in them
/// @notice For loops over long lists: each caller has compared `place` with the length before. A
/// list begins with its length in a word of its own, and each element has a word.
library Words {
    // Solidity has no access that does not compare; each block says why it is sound.
    // slither-disable-start assembly

    function get(uint256[] memory list, uint256 place) internal pure returns (uint256 word) {
        // Reads one word: element `place`, which is below the length.
        assembly ("memory-safe") {
            word := mload(add(list, shl(5, add(place, 1))))
        }
    }

    function get(address[] memory list, uint256 place) internal pure returns (address word) {
        // As above; what Solidity keeps in an address[] has no bits above an address.
        assembly ("memory-safe") {
            word := mload(add(list, shl(5, add(place, 1))))
        }
    }

    function set(uint256[] memory list, uint256 place, uint256 word) internal pure {
        // Writes one word: element `place`, which is below the length, so it is the list's own.
        assembly ("memory-safe") {
            mstore(add(list, shl(5, add(place, 1))), word)
        }
    }

    function set(address[] memory list, uint256 place, address word) internal pure {
        // As above; cleaned, though Solidity cleans what it reads.
        assembly ("memory-safe") {
            mstore(add(list, shl(5, add(place, 1))), shr(96, shl(96, word)))
        }
    }

    /// @notice Half word `place` of a list of two to a word, counted from the highest bits.
    function halfAt(uint256[] calldata list, uint256 place) internal pure returns (uint256 half) {
        // A half is 16 bytes, so this one begins at byte 16 * `place`; the 16 bytes behind it,
        // which may be outside of the list, are shifted away.
        assembly ("memory-safe") {
            half := shr(128, calldataload(add(list.offset, shl(4, place))))
        }
    }

    // slither-disable-end assembly
}
