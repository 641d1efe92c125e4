// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {LockState, PaymentState} from "../../../contracts/interfaces/ILockBox.sol";
import {Invariants} from "../base/Invariants.sol";
import {vm} from "../base/Vm.sol";
import {LockHandler} from "./handlers/LockHandler.sol";

/// @notice Whatever was called, every lock and payment stands where keys and time have put it.
contract LockInvariantsTest is Invariants {
    LockHandler private _handler;

    function setUp() external {
        _handler = new LockHandler();
        _handle(address(_handler));
    }

    function invariant_KeysAndTimeDecide() external view {
        vm.assertEq(_handler.violation(), "");
        (uint256 locks, uint256 payments) = _handler.counts();
        for (uint256 i = 0; i < locks; ++i) {
            (LockState got, LockState wanted) = _handler.stateOf(i);
            vm.assertTrue(got == wanted, "another state of a lock");
        }
        for (uint256 i = 0; i < payments; ++i) {
            (PaymentState got, PaymentState wanted) = _handler.decisionOf(i);
            vm.assertTrue(got == wanted, "another decision on a payment");
        }
        (uint256 seller, uint256 owned, uint256 expected) = _handler.balances();
        vm.assertEq(seller, expected, "money went where no key said");
        vm.assertEq(owned, 0, "the lock box owns nothing");
    }
}
