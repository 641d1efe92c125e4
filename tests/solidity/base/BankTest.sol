// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Bank} from "./Bank.sol";

/// @notice A test that starts from a new bank each time.
abstract contract BankTest is Bank {
    function setUp() public virtual {
        _build();
    }
}
