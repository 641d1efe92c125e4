// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {
    ALLOWED,
    AccountWord,
    BALANCE_MAX,
    HAS_FROZEN,
    HELD_MAX,
    NO_RECEIVE,
    NO_SEND
} from "../../../contracts/libraries/AccountWord.sol";
import {vm} from "../base/Vm.sol";

/// @notice Each field of the word is changed alone, up to its edges.
contract AccountWordTest {
    function testFuzz_PlusChangesTheBalanceAlone(uint256 raw, uint256 amount) external pure {
        AccountWord word = AccountWord.wrap(raw);
        amount = amount % (BALANCE_MAX - word.balanceOf() + 1);
        _same(word.plus(amount), word.balanceOf() + amount, word.heldOf(), word.flagsOf());
    }

    function testFuzz_MinusChangesTheBalanceAlone(uint256 raw, uint256 amount) external pure {
        AccountWord word = AccountWord.wrap(raw);
        amount = amount % (word.balanceOf() + 1);
        _same(word.minus(amount), word.balanceOf() - amount, word.heldOf(), word.flagsOf());
    }

    function testFuzz_HoldChangesTheHeldAlone(uint256 raw, uint256 amount) external pure {
        AccountWord word = AccountWord.wrap(raw);
        amount = amount % (HELD_MAX - word.heldOf() + 1);
        _same(word.hold(amount), word.balanceOf(), word.heldOf() + amount, word.flagsOf());
    }

    function testFuzz_UnholdChangesTheHeldAlone(uint256 raw, uint256 amount) external pure {
        AccountWord word = AccountWord.wrap(raw);
        amount = amount % (word.heldOf() + 1);
        _same(word.unhold(amount), word.balanceOf(), word.heldOf() - amount, word.flagsOf());
    }

    function testFuzz_WithFlagsChangesTheFlagsAlone(uint256 raw, uint32 flags) external pure {
        AccountWord word = AccountWord.wrap(raw);
        _same(word.withFlags(flags), word.balanceOf(), word.heldOf(), flags);
    }

    function testFuzz_OnlyTheAdmittedAndUnfrozenMay(uint256 raw) external pure {
        AccountWord word = AccountWord.wrap(raw);
        bool admitted = word.flagsOf() & ALLOWED != 0;
        vm.assertEq(word.maySend(), admitted && word.flagsOf() & NO_SEND == 0);
        vm.assertEq(word.mayReceive(), admitted && word.flagsOf() & NO_RECEIVE == 0);
        vm.assertEq(word.hasFrozen(), word.flagsOf() & HAS_FROZEN != 0);
    }

    function testFuzz_WhatIsNotHeldIsTheRest(uint128 balance, uint96 held) external pure {
        if (held > balance) (balance, held) = (held, uint96(balance));
        AccountWord word = AccountWord.wrap(0).plus(balance).hold(held);
        vm.assertEq(word.unheldOf(), balance - held);
    }

    function _same(AccountWord word, uint256 balance, uint256 held, uint32 flags) private pure {
        vm.assertEq(word.balanceOf(), balance, "balance");
        vm.assertEq(word.heldOf(), held, "held");
        vm.assertEq(word.flagsOf(), flags, "flags");
    }
}
