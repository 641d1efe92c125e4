// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice An access manager that grants anything to anyone, at once, in any combination: its
/// storage is symbolic.
contract Rights {
    mapping(address caller => mapping(bytes4 selector => bool)) public has;

    function canCall(address caller, address, bytes4 selector)
        external
        view
        returns (bool immediate, uint32 delay)
    {
        return (has[caller][selector], 0);
    }
}
