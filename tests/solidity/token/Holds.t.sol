// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDepositCompliance} from "../../../contracts/interfaces/IDepositCompliance.sol";
import {
    HoldState,
    HoldTerms,
    IDepositHolds
} from "../../../contracts/interfaces/IDepositHolds.sol";
import {IDepositToken} from "../../../contracts/interfaces/IDepositToken.sol";
import {ALLOWED, NO_SEND} from "../../../contracts/libraries/AccountWord.sol";
import {BankTest} from "../base/BankTest.sol";
import {vm} from "../base/Vm.sol";

/// @notice A hold is opened by its holder, and paid or given back once.
contract HoldsTest is BankTest {
    function setUp() public override {
        super.setUp();
        _mint(alice, 1000);
    }

    function test_OnlyTheHolderOpens() external {
        bytes4 selector = IDepositHolds.NotHolder.selector;
        bytes memory reason = abi.encodeWithSelector(selector, bob, alice);
        _refused(bob, abi.encodeCall(token.createHold, (_terms(10))), reason);
    }

    function test_AHoldIsComplete() external {
        HoldTerms memory terms = _terms(0);
        _cannotOpen(terms, abi.encodeWithSelector(IDepositToken.ZeroAmount.selector));
        terms = _terms(10);
        terms.ref = 0;
        _cannotOpen(terms, abi.encodeWithSelector(IDepositToken.MissingReference.selector));
        bytes4 selector = IDepositHolds.HoldIncomplete.selector;
        terms = _terms(10);
        terms.recipient = address(0);
        _cannotOpen(terms, abi.encodeWithSelector(selector, address(0), notary));
        terms = _terms(10);
        terms.notary = address(0);
        _cannotOpen(terms, abi.encodeWithSelector(selector, bob, address(0)));
    }

    function testFuzz_AHoldEndsInTheFuture(uint64 expiry) external {
        HoldTerms memory terms = _terms(10);
        terms.expiry = uint64(expiry % (NOW + 1));
        bytes4 selector = IDepositHolds.HoldExpired.selector;
        _cannotOpen(
            terms, abi.encodeWithSelector(selector, token.holdId(terms), terms.expiry, NOW)
        );
    }

    function test_TheSameTermsAreOpenedOnce() external {
        HoldTerms memory terms = _terms(10);
        bytes32 id = _open(terms);
        bytes memory reason = abi.encodeWithSelector(IDepositHolds.HoldExists.selector, id);
        _cannotOpen(terms, reason);
        vm.prank(notary);
        token.releaseHold(terms);
        _cannotOpen(terms, reason);
    }

    function testFuzz_OnlyAvailableMoneyIsHeld(uint256 amount) external {
        vm.assume(amount > 1000);
        bytes4 selector = IDepositToken.InsufficientAvailable.selector;
        _cannotOpen(_terms(amount), abi.encodeWithSelector(selector, alice, 1000, amount));
    }

    function test_WhatIsHeldFitsItsField() external {
        uint256 most = type(uint96).max;
        _mint(alice, most);
        _open(_terms(most));
        bytes4 selector = IDepositHolds.HeldOverCap.selector;
        _cannotOpen(_terms(1), abi.encodeWithSelector(selector, alice, most, 1));
    }

    function test_OnlyOneWhoMaySendHolds() external {
        _setFlags(alice, ALLOWED | NO_SEND);
        bytes4 selector = IDepositCompliance.SenderRefused.selector;
        _cannotOpen(_terms(10), abi.encodeWithSelector(selector, alice, 3));
    }

    function testFuzz_EveryTermIsInTheId(HoldTerms memory one, HoldTerms memory other)
        external
        view
    {
        bool same = keccak256(abi.encode(one)) == keccak256(abi.encode(other));
        vm.assertEq(token.holdId(one) == token.holdId(other), same);
    }

    function test_AnotherTokenOrChainHasOtherIds() external {
        bytes32 id = token.holdId(_terms(10));
        vm.assertFalse(id == _newToken("US dollars", "dUSD", "USD").holdId(_terms(10)));
        vm.chainId(block.chainid + 1);
        vm.assertFalse(id == token.holdId(_terms(10)));
    }

    function testFuzz_AHoldIsPaidInPart(uint256 amount, uint256 paid) external {
        amount = amount % 1000 + 1;
        paid = paid % amount + 1;
        HoldTerms memory terms = _terms(amount);
        bytes32 id = _open(terms);
        _position(alice, 1000, amount);
        vm.expectEmit(address(token));
        emit IDepositHolds.HoldClosed(id, paid, amount - paid);
        vm.prank(notary);
        token.executeHold(terms, paid);
        _position(alice, 1000 - paid, 0);
        _position(bob, paid, 0);
        vm.assertTrue(token.holdState(id) == HoldState.Closed);
    }

    function test_OnlyTheNotaryPays() external {
        HoldTerms memory terms = _terms(10);
        _open(terms);
        bytes memory data = abi.encodeCall(token.executeHold, (terms, 10));
        bytes4 selector = IDepositHolds.NotNotary.selector;
        _refused(alice, data, abi.encodeWithSelector(selector, alice, notary));
        _refused(bob, data, abi.encodeWithSelector(selector, bob, notary));
    }

    function testFuzz_NoMoreThanIsHeldIsPaid(uint256 amount) external {
        vm.assume(amount > 10);
        HoldTerms memory terms = _terms(10);
        bytes32 id = _open(terms);
        bytes4 selector = IDepositHolds.HoldExceeded.selector;
        _cannotPay(terms, amount, abi.encodeWithSelector(selector, id, 10, amount));
        _cannotPay(terms, 0, abi.encodeWithSelector(IDepositToken.ZeroAmount.selector));
    }

    function testFuzz_AnExpiredHoldIsNotPaid(uint64 time) external {
        HoldTerms memory terms = _terms(10);
        bytes32 id = _open(terms);
        vm.assume(time >= terms.expiry);
        vm.warp(time);
        bytes4 selector = IDepositHolds.HoldExpired.selector;
        _cannotPay(terms, 10, abi.encodeWithSelector(selector, id, terms.expiry, time));
    }

    function test_AHoldIsPaidUntilTheSecondBefore() external {
        HoldTerms memory terms = _terms(10);
        _open(terms);
        vm.warp(terms.expiry - 1);
        _accepted(notary, address(token), abi.encodeCall(token.executeHold, (terms, 10)));
    }

    function test_WhatIsNotOpenIsNeitherPaidNorReleased() external {
        HoldTerms memory terms = _terms(10);
        bytes32 id = token.holdId(terms);
        bytes4 selector = IDepositHolds.HoldNotOpen.selector;
        bytes memory never = abi.encodeWithSelector(selector, id, HoldState.None);
        _cannotPay(terms, 10, never);
        _refused(notary, abi.encodeCall(token.releaseHold, (terms)), never);
        _open(terms);
        vm.prank(notary);
        token.executeHold(terms, 10);
        bytes memory before = abi.encodeWithSelector(selector, id, HoldState.Closed);
        _cannotPay(terms, 10, before);
        _refused(notary, abi.encodeCall(token.releaseHold, (terms)), before);
    }

    function test_BothSidesMustBeFreeWhenItIsPaid() external {
        HoldTerms memory terms = _terms(10);
        _open(terms);
        _setFlags(bob, 0);
        bytes4 selector = IDepositCompliance.RecipientRefused.selector;
        _cannotPay(terms, 10, abi.encodeWithSelector(selector, bob, 0));
        _setFlags(bob, ALLOWED);
        _setFlags(alice, ALLOWED | NO_SEND);
        selector = IDepositCompliance.SenderRefused.selector;
        _cannotPay(terms, 10, abi.encodeWithSelector(selector, alice, 3));
    }

    function test_AnAmountFrozenLaterDoesNotStopAHold() external {
        HoldTerms memory terms = _terms(10);
        _open(terms);
        _freezeAmount(alice, type(uint256).max);
        vm.assertEq(token.availableOf(alice), 0);
        _accepted(notary, address(token), abi.encodeCall(token.executeHold, (terms, 10)));
        _position(alice, 990, 0);
    }

    function test_NotaryAndRecipientReleaseAtAnyTime() external {
        HoldTerms memory terms = _terms(10);
        _open(terms);
        _accepted(bob, address(token), abi.encodeCall(token.releaseHold, (terms)));
        terms.ref = _ref(2, 2);
        _open(terms);
        _accepted(notary, address(token), abi.encodeCall(token.releaseHold, (terms)));
        _position(alice, 1000, 0);
    }

    function testFuzz_OthersReleaseFromExpiryOn(uint64 time) external {
        HoldTerms memory terms = _terms(10);
        bytes32 id = _open(terms);
        vm.assume(time >= NOW);
        vm.warp(time);
        bytes memory data = abi.encodeCall(token.releaseHold, (terms));
        if (time < terms.expiry) {
            bytes4 selector = IDepositHolds.HoldNotReleasable.selector;
            _refused(alice, data, abi.encodeWithSelector(selector, id, alice, terms.expiry));
        } else {
            _accepted(stranger, address(token), data);
            _position(alice, 1000, 0);
        }
    }

    function test_WhatIsDueIsGivenBackWhateverIsStopped() external {
        HoldTerms memory terms = _terms(10);
        _open(terms);
        _setFlags(alice, 0);
        _freezeAmount(alice, 1000);
        _pause(7);
        token.deactivate();
        vm.warp(terms.expiry);
        _accepted(stranger, address(token), abi.encodeCall(token.releaseHold, (terms)));
        _position(alice, 1000, 0);
    }

    function _cannotOpen(HoldTerms memory terms, bytes memory reason) private {
        _refused(alice, abi.encodeCall(token.createHold, (terms)), reason);
    }

    function _cannotPay(HoldTerms memory terms, uint256 amount, bytes memory reason) private {
        _refused(notary, abi.encodeCall(token.executeHold, (terms, amount)), reason);
    }
}
