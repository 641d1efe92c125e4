// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDepositAuthorizations} from "../../../contracts/interfaces/IDepositAuthorizations.sol";
import {IDepositCompliance} from "../../../contracts/interfaces/IDepositCompliance.sol";
import {IDepositToken} from "../../../contracts/interfaces/IDepositToken.sol";
import {BankTest} from "../base/BankTest.sol";
import {Signing} from "../base/Signing.sol";
import {Wallet} from "../base/Wallet.sol";
import {vm} from "../base/Vm.sol";

/// @notice Payments by signature (ERC-3009): once, in their time, for what was signed.
contract AuthorizationsTest is BankTest, Signing {
    string private constant VALUES = "(address,address,uint256,uint256,uint256,bytes32,bytes)";
    string private constant PARTS =
        "(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32)";
    string private constant SEND = "transferWithAuthorization";
    string private constant TAKE = "receiveWithAuthorization";

    function setUp() public override {
        super.setUp();
        _mint(alice, 1000);
    }

    function testFuzz_APaymentIsMadeOnce(uint256 value, bytes32 nonce, uint256 after_) external {
        Payment memory payment = _payment(value % 1001);
        (payment.nonce, payment.validAfter) = (nonce, after_ % NOW);
        bytes memory data = _sent(payment, _signed(ALICE_KEY, _transferDigest(token, payment)));
        _accepted(stranger, address(token), data);
        _position(bob, payment.value, 0);
        vm.assertTrue(token.authorizationState(alice, nonce));
        bytes4 selector = IDepositAuthorizations.AuthorizationUsedUp.selector;
        _refused(stranger, data, abi.encodeWithSelector(selector, alice, nonce));
    }

    function test_InThreePartsItIsTheSame() external {
        Payment memory payment = _payment(10);
        bytes32 digest = _transferDigest(token, payment);
        _accepted(stranger, address(token), _inParts(SEND, payment, digest));
        payment.nonce = bytes32(uint256(2));
        digest = _receiveDigest(token, payment);
        _accepted(bob, address(token), _inParts(TAKE, payment, digest));
        _position(bob, 20, 0);
    }

    function testFuzz_OnlyThePayeeReceives(address caller) external {
        vm.assume(caller != bob);
        Payment memory payment = _payment(10);
        bytes32 digest = _receiveDigest(token, payment);
        bytes4 selector = IDepositAuthorizations.NotPayee.selector;
        bytes memory reason = abi.encodeWithSelector(selector, caller, bob);
        _refused(caller, _taken(payment, _signed(ALICE_KEY, digest)), reason);
        _refused(caller, _inParts(TAKE, payment, digest), reason);
        _accepted(bob, address(token), _taken(payment, _signed(ALICE_KEY, digest)));
    }

    function test_WhatIsSignedForOneWayIsNotForTheOther() external {
        Payment memory payment = _payment(10);
        bytes memory signature = _signed(ALICE_KEY, _transferDigest(token, payment));
        _refusedSignature(bob, _taken(payment, signature));
        signature = _signed(ALICE_KEY, _receiveDigest(token, payment));
        _refusedSignature(bob, _sent(payment, signature));
    }

    function testFuzz_ItCountsBetweenItsTimes(uint64 after_, uint64 before) external {
        Payment memory payment = _payment(10);
        (payment.validAfter, payment.validBefore) = (after_, before);
        bytes memory data = _sent(payment, _signed(ALICE_KEY, _transferDigest(token, payment)));
        if (NOW <= after_) {
            bytes4 selector = IDepositAuthorizations.AuthorizationTooEarly.selector;
            _refused(stranger, data, abi.encodeWithSelector(selector, after_, NOW));
        } else if (NOW >= before) {
            bytes4 selector = IDepositAuthorizations.AuthorizationExpired.selector;
            _refused(stranger, data, abi.encodeWithSelector(selector, before, NOW));
        } else {
            _accepted(stranger, address(token), data);
        }
    }

    function testFuzz_NothingElseThanWhatWasSigned(Payment memory payment, uint256 which)
        external
    {
        Payment memory other = _payment(10);
        bytes memory signature = _signed(ALICE_KEY, _transferDigest(token, other));
        which = which % 4;
        if (which == 0) other.to = payment.to;
        if (which == 1) other.value = payment.value;
        if (which == 2) other.nonce = payment.nonce;
        if (which == 3) other.validBefore = NOW + 1 + payment.validBefore % NOW;
        bytes32 was = _transferDigest(token, _payment(10));
        vm.assume(_transferDigest(token, other) != was);
        _refusedSignature(stranger, _sent(other, signature));
    }

    function test_AWalletPaysByItsOwnRule() external {
        address wallet = address(new Wallet(bob));
        _admit(wallet);
        _mint(wallet, 10);
        Payment memory payment = _payment(10);
        (payment.from, payment.to) = (wallet, alice);
        bytes32 digest = _transferDigest(token, payment);
        _refusedSignature(stranger, _sent(payment, _signedForWallet(ALICE_KEY, digest)));
        _accepted(stranger, address(token), _sent(payment, _signedForWallet(BOB_KEY, digest)));
        _position(alice, 1010, 0);
    }

    function test_TheRulesOfPaymentsHold() external {
        Payment memory payment = _payment(1001);
        bytes memory data = _sent(payment, _signed(ALICE_KEY, _transferDigest(token, payment)));
        bytes4 selector = IDepositToken.InsufficientAvailable.selector;
        _refused(stranger, data, abi.encodeWithSelector(selector, alice, 1000, 1001));
        _pause(1);
        selector = IDepositCompliance.OperationPaused.selector;
        _refused(stranger, data, abi.encodeWithSelector(selector, 1, 1));
    }

    function testFuzz_WhatIsCancelledIsNeverPaid(bytes32 nonce) external {
        bytes32 digest = _cancelDigest(token, alice, nonce);
        bytes memory kind = "cancelAuthorization(address,bytes32,bytes)";
        bytes memory data = abi.encodeWithSignature(
            string(kind), alice, nonce, _signed(BOB_KEY, digest)
        );
        _refusedSignature(stranger, data);
        data = abi.encodeWithSignature(string(kind), alice, nonce, _signed(ALICE_KEY, digest));
        _accepted(stranger, address(token), data);
        Payment memory payment = _payment(10);
        payment.nonce = nonce;
        bytes4 selector = IDepositAuthorizations.AuthorizationUsedUp.selector;
        bytes memory reason = abi.encodeWithSelector(selector, alice, nonce);
        _refused(stranger, data, reason);
        data = _sent(payment, _signed(ALICE_KEY, _transferDigest(token, payment)));
        _refused(stranger, data, reason);
    }

    function test_CancellingInThreePartsIsTheSame() external {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(ALICE_KEY, _cancelDigest(token, alice, 0));
        bytes memory data = abi.encodeWithSignature(
            "cancelAuthorization(address,bytes32,uint8,bytes32,bytes32)", alice, 0, v, r, s
        );
        _accepted(stranger, address(token), data);
        vm.assertTrue(token.authorizationState(alice, 0));
    }

    function _payment(uint256 value) private view returns (Payment memory) {
        return Payment(alice, bob, value, NOW - 1, NOW + 1, bytes32(uint256(1)));
    }

    function _sent(Payment memory payment, bytes memory signature)
        private
        pure
        returns (bytes memory)
    {
        return _whole(SEND, payment, signature);
    }

    function _taken(Payment memory payment, bytes memory signature)
        private
        pure
        returns (bytes memory)
    {
        return _whole(TAKE, payment, signature);
    }

    function _whole(string memory function_, Payment memory payment, bytes memory signature)
        private
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSignature(
            string.concat(function_, VALUES),
            payment.from,
            payment.to,
            payment.value,
            payment.validAfter,
            payment.validBefore,
            payment.nonce,
            signature
        );
    }

    function _inParts(string memory function_, Payment memory payment, bytes32 digest)
        private
        pure
        returns (bytes memory)
    {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(ALICE_KEY, digest);
        bytes4 selector = bytes4(keccak256(bytes(string.concat(function_, PARTS))));
        return abi.encodePacked(selector, abi.encode(payment), abi.encode(v, r, s));
    }

    function _refusedSignature(address by, bytes memory data) private {
        vm.prank(by);
        (bool passed, bytes memory answer) = address(token).call(data);
        vm.assertFalse(passed, "was not refused");
        vm.assertTrue(bytes4(answer) == IDepositAuthorizations.SignatureRefused.selector);
    }
}
