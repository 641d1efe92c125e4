// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title One call at a time
/// @notice A guard against being called again by what is called, in transient storage: it costs no
/// slot, and it is lowered when the call ends, so one transaction may hold several calls.
abstract contract SingleEntry {
    bool private transient _entered;

    /// @notice The contract is at work, further up in the same call.
    error Reentered();

    modifier singleEntry() {
        if (_entered) revert Reentered();
        _entered = true;
        _;
        _entered = false;
    }
}
