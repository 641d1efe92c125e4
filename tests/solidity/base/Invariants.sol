// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice A test of invariants names the handlers whose functions are called in any order.
abstract contract Invariants {

    address[] private _handlers;

    // The runner asks this after setUp; every other contract is left alone.
    function targetContracts() external view returns (address[] memory) {
        return _handlers;
    }

    function _handle(address handler) internal {
        _handlers.push(handler);
    }
}
