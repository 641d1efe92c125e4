// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Words} from "../../../contracts/libraries/Words.sol";
import {vm} from "../base/Vm.sol";

/// @notice What reads and writes without asking is what Solidity's own access is, in every place.
contract WordsTest {
    function testFuzz_ReadsAsSolidityDoes(uint256[] memory list, address[] memory people)
        external
        pure
    {
        for (uint256 i = 0; i < list.length; ++i) vm.assertEq(Words.get(list, i), list[i]);
        for (uint256 i = 0; i < people.length; ++i) {
            vm.assertTrue(Words.get(people, i) == people[i], "another address");
        }
    }

    function testFuzz_WritesOnePlaceAndNoOther(uint256[] memory list, uint256 place, uint256 word)
        external
        pure
    {
        vm.assume(list.length != 0);
        place %= list.length;
        uint256[] memory written = new uint256[](list.length);
        uint256[] memory behind = new uint256[](1);
        for (uint256 i = 0; i < list.length; ++i) written[i] = list[i];
        Words.set(written, place, word);
        vm.assertEq(written.length, list.length);
        vm.assertEq(behind.length, 1);
        vm.assertEq(behind[0], 0);
        list[place] = word;
        for (uint256 i = 0; i < list.length; ++i) vm.assertEq(written[i], list[i]);
    }

    function testFuzz_WritesAnAddress(address[] memory people, uint256 place, address whom)
        external
        pure
    {
        vm.assume(people.length != 0);
        place %= people.length;
        bytes32 others = _without(people, place);
        Words.set(people, place, whom);
        vm.assertTrue(people[place] == whom, "another address");
        vm.assertEq(_without(people, place), others);
    }

    function testFuzz_HalvesAreThoseOfTheWords(uint256[] calldata list) external pure {
        for (uint256 i = 0; i < 2 * list.length; ++i) {
            uint256 word = list[i / 2];
            uint256 half = i % 2 == 0 ? word >> 128 : word & type(uint128).max;
            vm.assertEq(Words.halfAt(list, i), half);
        }
    }

    function _without(address[] memory people, uint256 place) private pure returns (bytes32) {
        address kept = people[place];
        people[place] = address(0);
        bytes32 hash = keccak256(abi.encode(people));
        people[place] = kept;
        return hash;
    }
}
