// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";

import {Bank} from "./Bank.sol";
import {vm} from "./Vm.sol";

/// @notice A test that starts from a new bank each time.
abstract contract BankTest is Bank {
    function setUp() public virtual {
        _build();
    }

    /// @notice The call fails with exactly this reason.
    function _refused(address by, address target, bytes memory data, bytes memory reason)
        internal
    {
        vm.prank(by);
        (bool passed, bytes memory answer) = target.call(data);
        vm.assertFalse(passed, "was not refused");
        vm.assertEq(answer, reason);
    }

    function _refused(address by, bytes memory data, bytes memory reason) internal {
        _refused(by, address(token), data, reason);
    }

    /// @notice Who has no role for it is refused by the access manager's own error.
    function _restricted(address target, bytes memory data) internal {
        bytes4 selector = IAccessManaged.AccessManagedUnauthorized.selector;
        _refused(stranger, target, data, abi.encodeWithSelector(selector, stranger));
    }

    function _accepted(address by, address target, bytes memory data) internal {
        vm.prank(by);
        (bool passed, bytes memory answer) = target.call(data);
        vm.assertTrue(passed, string(abi.encodePacked("was refused: ", bytes4(answer))));
    }

    function _position(address account, uint256 balance, uint256 held) internal view {
        vm.assertEq(token.balanceOf(account), balance, "balance");
        vm.assertEq(token.heldOf(account), held, "held");
    }
}
