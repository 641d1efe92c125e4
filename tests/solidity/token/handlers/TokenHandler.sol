// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TokenHolds} from "./TokenHolds.sol";
import {TokenOffices} from "./TokenOffices.sol";
import {TokenPayments} from "./TokenPayments.sol";
import {TokenSupplies} from "./TokenSupplies.sol";

/// @notice Calls of the token in any order, by anyone, with anything; after each that was accepted,
/// exactly the accounts it names have moved, and all that had to hold for it did.
contract TokenHandler is TokenPayments, TokenSupplies, TokenHolds, TokenOffices {}
