// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Writes transfers without moving anything
/// @notice What reading events costs is measured on what this writes; only benchmarks use it.
contract Transfers {
    event Transfer(address indexed from, address indexed to, uint256 value);

    /// @notice Transfers `first` to `first + count - 1`, each told apart by its number.
    function write(uint256 first, uint256 count) external {
        for (uint256 number = first; number < first + count; ++number) {
            address from = address(uint160(uint256(keccak256(abi.encode(number)))));
            emit Transfer(from, address(uint160(number + 1)), number * 1e18 + 7);
        }
    }
}
