// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDepositCompliance} from "../../../contracts/interfaces/IDepositCompliance.sol";
import {HoldState, HoldTerms, IDepositHolds} from "../../../contracts/interfaces/IDepositHolds.sol";
import {IDepositToken} from "../../../contracts/interfaces/IDepositToken.sol";
import {BankTest} from "../base/BankTest.sol";
import {vm} from "../base/Vm.sol";

/// @notice Several holds shared out at once: all that they yield, and not a unit more.
contract SharedHoldsTest is BankTest {
    HoldTerms[] private _holds;
    uint256[] private _amounts;
    address[] private _payees;
    uint256[] private _due;

    function setUp() public override {
        super.setUp();
        _mint(alice, 1000);
        _mint(bob, 1000);
        _admit(carol);
    }

    function testFuzz_AllThatHoldsYieldIsSharedOut(uint256 one, uint256 two, uint256 cut)
        external
    {
        (one, two) = (one % 500 + 1, two % 500 + 1);
        cut = cut % (one + two - 1) + 1;
        _held(alice, 500, one);
        _held(bob, 500, two);
        _pays(carol, cut);
        _pays(alice, one + two - cut);
        _accepted(notary, address(token), _call());
        _position(alice, 1000 - one + (one + two - cut), 0);
        _position(bob, 1000 - two, 0);
        _position(carol, cut, 0);
        _position(notary, 0, 0);
        vm.assertEq(token.totalSupply(), 2000);
        vm.assertTrue(token.holdState(token.holdId(_holds[1])) == HoldState.Closed);
    }

    function testFuzz_MoreThanTheyYieldIsRefused(uint256 amount) external {
        vm.assume(amount > 10);
        _held(alice, 10, 10);
        _pays(carol, amount);
        _fails(abi.encodeWithSelector(IDepositHolds.PayoutsUnbalanced.selector, 10, amount));
    }

    function testFuzz_LessThanTheyYieldIsRefused(uint256 amount) external {
        _held(alice, 10, 10);
        amount = amount % 9 + 1;
        _pays(carol, amount);
        _fails(abi.encodeWithSelector(IDepositHolds.PayoutsUnbalanced.selector, 10 - amount, 0));
    }

    function test_NothingIsSharedOutOfNothing() external {
        bytes memory reason = abi.encodeWithSelector(IDepositToken.ZeroAmount.selector);
        _fails(reason);
        _held(alice, 10, 10);
        _pays(carol, 10);
        _pays(bob, 0);
        _fails(reason);
    }

    function test_EveryHoldHasItsAmount() external {
        _held(alice, 10, 10);
        _amounts.push(1);
        _pays(carol, 10);
        _fails(abi.encodeWithSelector(IDepositHolds.LengthsDiffer.selector, 1, 2));
    }

    function test_EveryPayeeHasItsAmount() external {
        _held(alice, 10, 10);
        _pays(carol, 10);
        _payees.push(bob);
        _fails(abi.encodeWithSelector(IDepositHolds.LengthsDiffer.selector, 2, 1));
        _payees.pop();
        _due.push(1);
        _fails(abi.encodeWithSelector(IDepositHolds.LengthsDiffer.selector, 1, 2));
    }

    function test_AHoldIsNotTakenTwice() external {
        _held(alice, 10, 10);
        _holds.push(_holds[0]);
        _amounts.push(10);
        _pays(carol, 20);
        bytes4 selector = IDepositHolds.HoldNotOpen.selector;
        _fails(abi.encodeWithSelector(selector, token.holdId(_holds[0]), HoldState.Closed));
    }

    function test_OnlyWhatIsHeldForTheCallerIsSharedOut() external {
        _held(alice, 10, 10);
        _pays(carol, 10);
        _refused(
            stranger,
            _call(),
            abi.encodeWithSelector(IDepositHolds.NotRecipient.selector, stranger, notary)
        );
        _holds[0].notary = stranger;
        _open(_holds[0]);
        _fails(abi.encodeWithSelector(IDepositHolds.NotNotary.selector, notary, stranger));
    }

    function test_OneRefusedPayeeStopsAll() external {
        _held(alice, 10, 10);
        _pays(carol, 5);
        _pays(stranger, 5);
        bytes4 selector = IDepositCompliance.RecipientRefused.selector;
        _fails(abi.encodeWithSelector(selector, stranger, 0));
        _position(alice, 1000, 10);
        _position(carol, 0, 0);
    }

    function test_APauseStopsIt() external {
        _held(alice, 10, 10);
        _pays(carol, 10);
        _pause(4);
        _fails(abi.encodeWithSelector(IDepositCompliance.OperationPaused.selector, 4, 4));
    }

    function _held(address holder, uint256 amount, uint256 taken) private {
        HoldTerms memory terms = _terms(amount);
        (terms.holder, terms.recipient) = (holder, notary);
        _open(terms);
        _holds.push(terms);
        _amounts.push(taken);
    }

    function _pays(address payee, uint256 amount) private {
        _payees.push(payee);
        _due.push(amount);
    }

    function _call() private view returns (bytes memory) {
        return abi.encodeCall(token.executeHolds, (_holds, _amounts, _payees, _due));
    }

    function _fails(bytes memory reason) private {
        _refused(notary, _call(), reason);
    }
}
