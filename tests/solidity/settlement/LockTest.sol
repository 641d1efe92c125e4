// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HoldTerms} from "../../../contracts/interfaces/IDepositHolds.sol";
import {
    ILockBox,
    Lock,
    LockState,
    Payment,
    PaymentState
} from "../../../contracts/interfaces/ILockBox.sol";
import {BankTest} from "../base/BankTest.sol";
import {vm} from "../base/Vm.sol";

interface IHostileHolds {
    function behave(uint8 manner, bytes calldata call) external;
    function reentered() external view returns (bool);
}

/// @notice A bank with a lock box; alice sells to bob, or pays him.
abstract contract LockTest is BankTest {
    bytes32 internal constant KEY = "success";
    bytes32 internal constant OTHER_KEY = "failure";
    uint64 internal constant DEADLINE = uint64(NOW) + 4 * HOUR;
    uint64 internal constant PAYOUT_TIME = 30 days;

    ILockBox internal box;

    function setUp() public override {
        super.setUp();
        box = ILockBox(_deploy("LockBox", ""));
        _mint(alice, 1000);
        _mint(bob, 1000);
    }

    function _hash(bytes32 key) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(key));
    }

    /// @notice Two keys; the other leg is decided two hours before this one ends.
    function _lock() internal view returns (Lock memory lock) {
        lock.token = address(token);
        (lock.seller, lock.buyer) = (alice, bob);
        lock.amount = 100;
        (lock.successHash, lock.failureHash) = (_hash(KEY), _hash(OTHER_KEY));
        (lock.deadline, lock.counterDeadline) = (DEADLINE, DEADLINE - 2 * HOUR);
        lock.counterpart = "payment elsewhere";
        lock.ref = _ref(1, 1);
    }

    function _payment() internal view returns (Payment memory payment) {
        payment.token = address(token);
        (payment.payer, payment.payee) = (alice, bob);
        payment.amount = 100;
        (payment.successHash, payment.failureHash) = (_hash(KEY), _hash(OTHER_KEY));
        payment.deadline = DEADLINE;
        payment.ref = _ref(1, 1);
    }

    function _incepted(Lock memory lock) internal returns (bytes32) {
        vm.prank(lock.buyer);
        return box.inceptTransfer(lock);
    }

    function _confirmed(Lock memory lock) internal returns (bytes32 id) {
        id = _incepted(lock);
        _opensHold(lock);
        vm.prank(lock.seller);
        box.confirmTransfer(lock);
    }

    function _opensHold(Lock memory lock) internal {
        HoldTerms memory terms = box.holdOf(lock);
        vm.prank(lock.seller);
        token.createHold(terms);
    }

    function _opensPayment(Payment memory payment) internal {
        HoldTerms memory terms = box.paymentHoldOf(payment);
        vm.prank(payment.payer);
        token.createHold(terms);
    }

    function _fails(address by, bytes memory data, bytes memory reason) internal {
        _refused(by, address(box), data, reason);
    }

    function _does(address by, bytes memory data) internal {
        _accepted(by, address(box), data);
    }

    function _wrongState(Lock memory lock, LockState state) internal view returns (bytes memory) {
        return abi.encodeWithSelector(ILockBox.WrongLockState.selector, box.lockId(lock), state);
    }

    function _state(Lock memory lock, LockState state) internal view {
        vm.assertTrue(box.lockState(box.lockId(lock)) == state, "another state");
    }

    function _state(Payment memory payment, PaymentState state) internal view {
        vm.assertTrue(box.paymentState(box.paymentId(payment)) == state, "another state");
    }
}
