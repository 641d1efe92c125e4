// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {
    CeilingWord,
    ProgressWord,
    placeOf,
    rowOf
} from "../../../contracts/libraries/GateWords.sol";
import {vm} from "../base/Vm.sol";

/// @notice Each field of the gate's two words is changed alone, up to its edges.
contract GateWordsTest {
    function testFuzz_LimitsChangeAlone(uint256 raw, uint64 capacity, uint64 refill, uint24 age)
        external
        pure
    {
        CeilingWord word = CeilingWord.wrap(raw);
        CeilingWord next = word.withLimits(capacity, refill, age);
        vm.assertEq(next.capacity(), capacity);
        vm.assertEq(next.refillPerSecond(), refill);
        vm.assertEq(next.maxAge(), age);
        vm.assertEq(next.attested(), word.attested());
        vm.assertEq(next.attestedAsOf(), word.attestedAsOf());
    }

    function testFuzz_AnAttestationChangesAlone(uint256 raw, uint64 liabilities, uint40 asOf)
        external
        pure
    {
        CeilingWord word = CeilingWord.wrap(raw);
        CeilingWord next = word.withAttestation(liabilities, asOf);
        vm.assertEq(next.attested(), liabilities);
        vm.assertEq(next.attestedAsOf(), asOf);
        vm.assertEq(next.capacity(), word.capacity());
        vm.assertEq(next.refillPerSecond(), word.refillPerSecond());
        vm.assertEq(next.maxAge(), word.maxAge());
    }

    function testFuzz_WhatIsLeftIsNeverNegative(uint256 raw, uint256 used) external pure {
        CeilingWord word = CeilingWord.wrap(raw);
        uint256 most = word.capacity();
        vm.assertEq(word.left(used), used > most ? 0 : most - used);
    }

    function testFuzz_FreshnessEndsWithTheGreatestAge(uint40 asOf, uint24 age) external pure {
        CeilingWord word = CeilingWord.wrap(0).withAttestation(1, asOf).withLimits(0, 0, age);
        vm.assertEq(word.freshUntil(), age == 0 ? 0 : uint256(asOf) + age);
    }

    function testFuzz_ARowChangesAlone(uint256 raw, uint48 row, uint64 numbers) external pure {
        ProgressWord word = ProgressWord.wrap(raw);
        ProgressWord next = word.withRow(row, numbers);
        vm.assertEq(next.row(), row);
        vm.assertEq(next.numbers(), numbers);
        vm.assertEq(ProgressWord.unwrap(next) >> 112, raw >> 112);
    }

    function testFuzz_ANumberIsAddedAlone(uint256 raw, uint256 sequence) external pure {
        ProgressWord word = ProgressWord.wrap(raw);
        uint256 place = placeOf(sequence);
        vm.assertLe(place, 63);
        vm.assertEq(rowOf(sequence) * 64 + place, sequence);
        ProgressWord next = word.withNumber(place);
        vm.assertEq(next.numbers(), word.numbers() | uint64(1) << uint64(place));
        vm.assertEq(ProgressWord.unwrap(next) >> 64, raw >> 64);
        vm.assertEq(next == word, word.numbers() >> place & 1 == 1);
    }

    function testFuzz_WhatIsUsedRefillsWithTime(
        uint112 rest,
        uint64 used,
        uint40 from,
        uint40 to,
        uint64 rate
    ) external pure {
        if (from > to) (from, to) = (to, from);
        ProgressWord word = ProgressWord.wrap(rest).withUsed(used, from);
        vm.assertEq(uint112(ProgressWord.unwrap(word)), rest);
        uint256 refilled = uint256(to - from) * rate;
        vm.assertEq(word.usedAt(to, rate), refilled < used ? used - refilled : 0);
    }
}
