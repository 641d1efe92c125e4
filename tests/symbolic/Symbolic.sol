// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What halmos gives a proof: values that stand for every value.
interface Svm {
    function createUint256(string memory name) external pure returns (uint256);
    function createBytes32(string memory name) external pure returns (bytes32);
    function createBytes(uint256 size, string memory name) external pure returns (bytes memory);
    function createAddress(string memory name) external pure returns (address);
    function createBool(string memory name) external pure returns (bool);
    function enableSymbolicStorage(address account) external;
}

/// @notice The part of the test machine's own functions that proofs use.
interface Vm {
    function assume(bool condition) external pure;
    function prank(address caller) external;
    function warp(uint256 time) external;
    function store(address account, bytes32 slot, bytes32 value) external;
}

Svm constant svm = Svm(0xF3993A62377BCd56AE39D773740A5390411E8BC9);
Vm constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);
