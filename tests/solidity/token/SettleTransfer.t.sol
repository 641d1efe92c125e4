// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDepositAuthorizations} from "../../../contracts/interfaces/IDepositAuthorizations.sol";
import {IDepositCompliance} from "../../../contracts/interfaces/IDepositCompliance.sol";
import {IDepositToken} from "../../../contracts/interfaces/IDepositToken.sol";
import {BankTest} from "../base/BankTest.sol";
import {Signing} from "../base/Signing.sol";
import {Wallet} from "../base/Wallet.sol";
import {vm} from "../base/Vm.sol";

/// @notice Settlement by the payer's signature: for one engine, one content, once.
contract SettleTransferTest is BankTest, Signing {
    bytes32 private constant CONTENT = keccak256("instruction");
    address private _engine = _person("engine");

    function setUp() public override {
        super.setUp();
        _mint(alice, 1000);
    }

    function testFuzz_ALegIsPaidOnce(uint256 amount, bytes32 content, uint256 nonce) external {
        vm.assume(content != 0);
        Settlement memory leg = _leg(amount % 1000 + 1);
        (leg.instruction, leg.nonce) = (content, nonce);
        bytes memory data = _signedCall(leg);
        vm.expectEmit(address(token));
        emit IDepositToken.TransferRef(alice, bob, leg.amount, content);
        _accepted(_engine, address(token), data);
        _position(bob, leg.amount, 0);
        vm.assertTrue(token.isSettlementNonceUsed(alice, nonce));
        bytes4 selector = IDepositAuthorizations.SettlementNonceUsedUp.selector;
        _refused(_engine, data, abi.encodeWithSelector(selector, alice, nonce));
    }

    function testFuzz_NoncesDoNotTouchEachOther(uint256 one, uint256 other) external {
        vm.assume(one != other);
        vm.prank(alice);
        token.cancelSettlementNonce(one);
        vm.assertFalse(token.isSettlementNonceUsed(alice, other));
        vm.assertFalse(token.isSettlementNonceUsed(bob, one));
    }

    function testFuzz_OnlyTheEngineThatWasNamed(address caller) external {
        vm.assume(caller != _engine);
        _refusedSignature(caller, _signedCall(_leg(10)));
    }

    function testFuzz_NothingElseThanWhatWasSigned(Settlement memory any, uint256 which) external {
        Settlement memory leg = _leg(10);
        bytes memory signature = _signed(ALICE_KEY, _settlementDigest(token, leg));
        which = which % 5;
        if (which == 0) leg.to = any.to;
        if (which == 1) leg.amount = any.amount % 1000 + 1;
        if (which == 2) leg.instruction = any.instruction;
        if (which == 3) leg.nonce = any.nonce;
        if (which == 4) leg.deadline = NOW + any.deadline % NOW;
        bytes32 was = _settlementDigest(token, _leg(10));
        vm.assume(_settlementDigest(token, leg) != was && leg.instruction != 0);
        _refusedSignature(_engine, _call(leg, signature));
    }

    function testFuzz_ALegEnds(uint256 deadline) external {
        Settlement memory leg = _leg(10);
        leg.deadline = deadline % NOW;
        bytes4 selector = IDepositAuthorizations.SettlementExpired.selector;
        bytes memory reason = abi.encodeWithSelector(selector, leg.deadline, NOW);
        _refused(_engine, _signedCall(leg), reason);
    }

    function test_ALegHasAnAmountAndAContent() external {
        Settlement memory leg = _leg(0);
        bytes memory reason = abi.encodeWithSelector(IDepositToken.ZeroAmount.selector);
        _refused(_engine, _signedCall(leg), reason);
        leg = _leg(10);
        leg.instruction = 0;
        reason = abi.encodeWithSelector(IDepositToken.MissingReference.selector);
        _refused(_engine, _signedCall(leg), reason);
    }

    function test_WhatIsCancelledIsNeverPaid() external {
        vm.expectEmit(address(token));
        emit IDepositAuthorizations.SettlementNonceCancelled(alice, 7);
        vm.prank(alice);
        token.cancelSettlementNonce(7);
        bytes4 selector = IDepositAuthorizations.SettlementNonceUsedUp.selector;
        bytes memory reason = abi.encodeWithSelector(selector, alice, 7);
        _refused(_engine, _signedCall(_leg(10)), reason);
        _refused(alice, abi.encodeCall(token.cancelSettlementNonce, (7)), reason);
    }

    function test_AWalletPaysByItsOwnRule() external {
        address wallet = address(new Wallet(bob));
        _admit(wallet);
        _mint(wallet, 10);
        Settlement memory leg = _leg(10);
        (leg.from, leg.to) = (wallet, alice);
        bytes32 digest = _settlementDigest(token, leg);
        _refusedSignature(_engine, _call(leg, _signedForWallet(ALICE_KEY, digest)));
        _accepted(_engine, address(token), _call(leg, _signedForWallet(BOB_KEY, digest)));
        _position(alice, 1010, 0);
    }

    function test_TheRulesOfPaymentsHold() external {
        bytes4 selector = IDepositToken.InsufficientAvailable.selector;
        bytes memory reason = abi.encodeWithSelector(selector, alice, 1000, 1001);
        _refused(_engine, _signedCall(_leg(1001)), reason);
        _setFlags(bob, 0);
        selector = IDepositCompliance.RecipientRefused.selector;
        _refused(_engine, _signedCall(_leg(10)), abi.encodeWithSelector(selector, bob, 0));
        _pause(4);
        selector = IDepositCompliance.OperationPaused.selector;
        _refused(_engine, _signedCall(_leg(10)), abi.encodeWithSelector(selector, 4, 4));
    }

    function _leg(uint256 amount) private view returns (Settlement memory) {
        return Settlement(_engine, alice, bob, amount, CONTENT, 7, NOW);
    }

    function _signedCall(Settlement memory leg) private view returns (bytes memory) {
        return _call(leg, _signed(ALICE_KEY, _settlementDigest(token, leg)));
    }

    function _call(Settlement memory leg, bytes memory signature)
        private
        view
        returns (bytes memory)
    {
        return abi.encodeCall(
            token.settleTransfer,
            (leg.from, leg.to, leg.amount, leg.instruction, leg.nonce, leg.deadline, signature)
        );
    }

    function _refusedSignature(address by, bytes memory data) private {
        vm.prank(by);
        (bool passed, bytes memory answer) = address(token).call(data);
        vm.assertFalse(passed, "was not refused");
        vm.assertTrue(bytes4(answer) == IDepositAuthorizations.SignatureRefused.selector);
    }
}
