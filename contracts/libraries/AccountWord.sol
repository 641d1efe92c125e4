// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

// What must be known of an account to move its money, in one storage word, so that a compliant
// transfer costs no more reads than a plain one: balance (128 bits) | held (96) | flags (32).
type AccountWord is uint256;

using {balanceOf, heldOf, flagsOf, unheldOf} for AccountWord global;
using {maySend, mayReceive, hasFrozen} for AccountWord global;
using {plus, minus, hold, unhold, withFlags} for AccountWord global;

uint32 constant ALLOWED = 1;
uint32 constant NO_SEND = 2;
uint32 constant NO_RECEIVE = 4;
// Set while an amount is frozen, which is the only thing of an account kept elsewhere: whoever has
// nothing frozen pays no read for it.
uint32 constant HAS_FROZEN = 8;
uint32 constant SETTABLE_FLAGS = ALLOWED | NO_SEND | NO_RECEIVE;

uint256 constant HELD_SHIFT = 128;
uint256 constant FLAGS_SHIFT = 224;
uint256 constant BALANCE_MAX = type(uint128).max;
uint256 constant HELD_MAX = type(uint96).max;

function balanceOf(AccountWord word) pure returns (uint256) {
    return AccountWord.unwrap(word) & BALANCE_MAX;
}

function heldOf(AccountWord word) pure returns (uint256) {
    return (AccountWord.unwrap(word) >> HELD_SHIFT) & HELD_MAX;
}

function flagsOf(AccountWord word) pure returns (uint32) {
    return uint32(AccountWord.unwrap(word) >> FLAGS_SHIFT);
}

function unheldOf(AccountWord word) pure returns (uint256) {
    // What is held is never more than the balance: only what is not held can be held or leave.
    unchecked {
        return balanceOf(word) - heldOf(word);
    }
}

function maySend(AccountWord word) pure returns (bool) {
    return flagsOf(word) & (ALLOWED | NO_SEND) == ALLOWED;
}

function mayReceive(AccountWord word) pure returns (bool) {
    return flagsOf(word) & (ALLOWED | NO_RECEIVE) == ALLOWED;
}

function hasFrozen(AccountWord word) pure returns (bool) {
    return flagsOf(word) & HAS_FROZEN != 0;
}

// The four below trust their caller to have compared the amount with what is there; the checks
// live beside the errors, in the token. No field can then carry into its neighbour.

function plus(AccountWord word, uint256 amount) pure returns (AccountWord) {
    unchecked {
        return AccountWord.wrap(AccountWord.unwrap(word) + amount);
    }
}

function minus(AccountWord word, uint256 amount) pure returns (AccountWord) {
    unchecked {
        return AccountWord.wrap(AccountWord.unwrap(word) - amount);
    }
}

function hold(AccountWord word, uint256 amount) pure returns (AccountWord) {
    unchecked {
        return AccountWord.wrap(AccountWord.unwrap(word) + (amount << HELD_SHIFT));
    }
}

function unhold(AccountWord word, uint256 amount) pure returns (AccountWord) {
    unchecked {
        return AccountWord.wrap(AccountWord.unwrap(word) - (amount << HELD_SHIFT));
    }
}

function withFlags(AccountWord word, uint32 flags) pure returns (AccountWord) {
    uint256 rest = AccountWord.unwrap(word) & ((uint256(1) << FLAGS_SHIFT) - 1);
    return AccountWord.wrap(rest | (uint256(flags) << FLAGS_SHIFT));
}
