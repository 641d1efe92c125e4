// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDepositToken} from "../../../contracts/interfaces/IDepositToken.sol";
import {BankTest} from "../base/BankTest.sol";
import {vm} from "../base/Vm.sol";

/// @notice Minting and burning: who may, how much, and when not.
contract SupplyTest is BankTest {
    function testFuzz_MintIsRefusedBeyondTheCap(uint128 first, uint256 second) external {
        vm.assume(first != 0 && second > type(uint128).max - first);
        _mint(alice, first);
        vm.expectRevert(abi.encodeWithSelector(IDepositToken.SupplyOverCap.selector, first, second));
        _mint(bob, second);
    }
}
