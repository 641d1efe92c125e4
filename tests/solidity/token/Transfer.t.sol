// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

import {IDepositCompliance} from "../../../contracts/interfaces/IDepositCompliance.sol";
import {IDepositToken} from "../../../contracts/interfaces/IDepositToken.sol";
import {IERC7943Fungible} from "../../../contracts/interfaces/IERC7943Fungible.sol";
import {ALLOWED, NO_RECEIVE, NO_SEND} from "../../../contracts/libraries/AccountWord.sol";
import {BankTest} from "../base/BankTest.sol";
import {vm} from "../base/Vm.sol";

/// @notice Payments by the holder and by an allowance.
contract TransferTest is BankTest {
    function setUp() public override {
        super.setUp();
        _mint(alice, 1000);
    }

    function test_BalancesOfManyAreThoseOfEach() external {
        _mint(bob, 7);
        address[] memory accounts = new address[](4);
        (accounts[0], accounts[1], accounts[2], accounts[3]) = (bob, carol, alice, bob);
        uint256[] memory balances = token.balancesOf(accounts);
        vm.assertEq(balances.length, 4);
        for (uint256 i = 0; i < 4; ++i) vm.assertEq(balances[i], token.balanceOf(accounts[i]));
        vm.assertEq(balances[0] + balances[2], 1007);
        vm.assertEq(token.balancesOf(new address[](0)).length, 0);
    }

    function test_OnlyTheAdmittedReceive() external {
        bytes4 selector = IDepositCompliance.RecipientRefused.selector;
        bytes memory reason = abi.encodeWithSelector(selector, carol, 0);
        _refused(alice, abi.encodeCall(token.transfer, (carol, 1)), reason);
        reason = abi.encodeWithSelector(selector, address(0), 0);
        _refused(alice, abi.encodeCall(token.transfer, (address(0), 1)), reason);
    }

    function test_OnlyTheAdmittedSend() external {
        _setFlags(alice, 0);
        bytes memory reason =
            abi.encodeWithSelector(IDepositCompliance.SenderRefused.selector, alice, 0);
        _refused(alice, abi.encodeCall(token.transfer, (bob, 1)), reason);
    }

    function testFuzz_NobodyPaysMoreThanIsThere(uint256 amount) external {
        vm.assume(amount > 1000);
        bytes4 selector = IDepositToken.InsufficientAvailable.selector;
        bytes memory reason = abi.encodeWithSelector(selector, alice, 1000, amount);
        _refused(alice, abi.encodeCall(token.transfer, (bob, amount)), reason);
    }

    function test_HeldMoneyIsNotPaid() external {
        _open(_terms(400));
        bytes4 selector = IDepositToken.InsufficientAvailable.selector;
        bytes memory reason = abi.encodeWithSelector(selector, alice, 600, 601);
        _refused(alice, abi.encodeCall(token.transfer, (bob, 601)), reason);
        _accepted(alice, address(token), abi.encodeCall(token.transfer, (bob, 600)));
        _position(alice, 400, 400);
    }

    function test_FrozenMoneyIsNotPaid() external {
        _open(_terms(400));
        _freezeAmount(alice, 500);
        bytes4 selector = IERC7943Fungible.ERC7943InsufficientUnfrozenBalance.selector;
        bytes memory reason = abi.encodeWithSelector(selector, alice, 101, 100);
        _refused(alice, abi.encodeCall(token.transfer, (bob, 101)), reason);
        // What is held is in the way, whatever is frozen.
        reason = abi.encodeWithSelector(
            IDepositToken.InsufficientAvailable.selector, alice, 100, 601
        );
        _refused(alice, abi.encodeCall(token.transfer, (bob, 601)), reason);
    }

    function testFuzz_CanTransferIsWhetherItIsDone(
        uint32 fromFlags,
        uint32 toFlags,
        uint256 amount,
        uint256 frozen,
        uint8 paused
    ) external {
        _setFlags(alice, fromFlags % 8);
        _setFlags(bob, toFlags % 8);
        if (frozen % 2 == 0) _freezeAmount(alice, frozen % 1500);
        if (paused % 4 == 0) _pause(uint32(paused % 7) + 1);
        amount = amount % 1200;
        bool told = token.canTransfer(alice, bob, amount);
        vm.prank(alice);
        (bool done,) = address(token).call(abi.encodeCall(token.transfer, (bob, amount)));
        vm.assertEq(done, told);
        _position(alice, done ? 1000 - amount : 1000, 0);
        _position(bob, done ? amount : 0, 0);
    }

    function testFuzz_WhoMaySendOrReceiveIsTold(uint32 flags) external {
        flags = flags % 8;
        _setFlags(alice, flags);
        vm.assertEq(token.canSend(alice), flags & (ALLOWED | NO_SEND) == ALLOWED);
        vm.assertEq(token.canReceive(alice), flags & (ALLOWED | NO_RECEIVE) == ALLOWED);
    }

    function testFuzz_APaymentToOneselfChangesNothing(uint256 amount) external {
        amount = amount % 1001;
        _accepted(alice, address(token), abi.encodeCall(token.transfer, (alice, amount)));
        _position(alice, 1000, 0);
    }

    function test_AReferencedPaymentHasAnAmountAndAReference() external {
        bytes memory none = abi.encodeCall(token.transferWithRef, (bob, 0, _ref(1, 1)));
        _refused(alice, none, abi.encodeWithSelector(IDepositToken.ZeroAmount.selector));
        bytes memory nameless = abi.encodeCall(token.transferWithRef, (bob, 1, 0));
        _refused(alice, nameless, abi.encodeWithSelector(IDepositToken.MissingReference.selector));
    }

    function test_AReferencedPaymentIsTold() external {
        vm.expectEmit(address(token));
        emit IDepositToken.TransferRef(alice, bob, 10, _ref(1, 1));
        vm.prank(alice);
        token.transferWithRef(bob, 10, _ref(1, 1));
        _position(bob, 10, 0);
    }

    function testFuzz_AnAllowanceIsUsedUp(uint256 allowed, uint256 amount) external {
        allowed = allowed % 2000;
        amount = amount % 1001;
        vm.prank(alice);
        token.approve(carol, allowed);
        bytes memory data = abi.encodeCall(token.transferFrom, (alice, bob, amount));
        if (amount > allowed) {
            bytes4 selector = IERC20Errors.ERC20InsufficientAllowance.selector;
            _refused(carol, data, abi.encodeWithSelector(selector, carol, allowed, amount));
        } else {
            _accepted(carol, address(token), data);
            vm.assertEq(token.allowance(alice, carol), allowed - amount);
            _position(bob, amount, 0);
        }
    }

    function test_TheGreatestAllowanceStands() external {
        vm.prank(alice);
        token.approve(carol, type(uint256).max);
        _accepted(carol, address(token), abi.encodeCall(token.transferFrom, (alice, bob, 10)));
        vm.assertEq(token.allowance(alice, carol), type(uint256).max);
    }

    function test_NobodyIsAllowedNothing() external {
        bytes memory reason =
            abi.encodeWithSelector(IERC20Errors.ERC20InvalidSpender.selector, address(0));
        _refused(alice, abi.encodeCall(token.approve, (address(0), 1)), reason);
    }
}
