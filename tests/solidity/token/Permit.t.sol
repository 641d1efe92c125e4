// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDepositAuthorizations} from "../../../contracts/interfaces/IDepositAuthorizations.sol";
import {BankTest} from "../base/BankTest.sol";
import {Signing} from "../base/Signing.sol";
import {Wallet} from "../base/Wallet.sol";
import {vm} from "../base/Vm.sol";

/// @notice Allowances by signature: each counts once, for what was signed, until its deadline.
contract PermitTest is BankTest, Signing {
    bytes4 private constant SPLIT =
        bytes4(keccak256("permit(address,address,uint256,uint256,uint8,bytes32,bytes32)"));
    bytes4 private constant WHOLE =
        bytes4(keccak256("permit(address,address,uint256,uint256,bytes)"));

    function testFuzz_APermitAllowsOnce(uint256 value, uint256 deadline) external {
        vm.assume(deadline >= NOW);
        bytes32 digest = _permitDigest(token, alice, carol, value, 0, deadline);
        bytes memory data = _whole(alice, value, deadline, _signed(ALICE_KEY, digest));
        _accepted(stranger, address(token), data);
        vm.assertEq(token.allowance(alice, carol), value);
        vm.assertEq(token.nonces(alice), 1);
        _refusedSignature(alice, data);
    }

    function test_APermitInThreePartsIsTheSame() external {
        bytes32 digest = _permitDigest(token, alice, carol, 5, 0, NOW);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(ALICE_KEY, digest);
        bytes memory data = abi.encodeWithSelector(SPLIT, alice, carol, 5, NOW, v, r, s);
        _accepted(stranger, address(token), data);
        vm.assertEq(token.allowance(alice, carol), 5);
    }

    function testFuzz_APermitEnds(uint256 deadline) external {
        deadline = deadline % NOW;
        bytes32 digest = _permitDigest(token, alice, carol, 5, 0, deadline);
        bytes memory data = _whole(alice, 5, deadline, _signed(ALICE_KEY, digest));
        bytes4 selector = IDepositAuthorizations.PermitExpired.selector;
        _refused(stranger, data, abi.encodeWithSelector(selector, deadline, NOW));
    }

    function testFuzz_AnotherValueIsNotAllowed(uint256 signed, uint256 value) external {
        vm.assume(signed != value);
        bytes32 digest = _permitDigest(token, alice, carol, signed, 0, NOW);
        _refusedSignature(alice, _whole(alice, value, NOW, _signed(ALICE_KEY, digest)));
    }

    function test_AnotherKeyAllowsNothing() external {
        bytes32 digest = _permitDigest(token, alice, carol, 5, 0, NOW);
        bytes memory data = _whole(alice, 5, NOW, _signed(BOB_KEY, digest));
        bytes4 selector = IDepositAuthorizations.SignatureRefused.selector;
        _refused(stranger, data, abi.encodeWithSelector(selector, alice, bob));
    }

    function testFuzz_NobodySignsForTheZeroAddress(bytes memory signature) external {
        bytes4 selector = IDepositAuthorizations.SignatureRefused.selector;
        vm.prank(stranger);
        (bool passed, bytes memory answer) =
            address(token).call(_whole(address(0), 5, NOW, signature));
        vm.assertFalse(passed);
        vm.assertTrue(bytes4(answer) == selector);
        vm.assertEq(token.allowance(address(0), carol), 0);
    }

    function test_TheMirroredSignatureIsNone() external {
        bytes32 digest = _permitDigest(token, alice, carol, 5, 0, NOW);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(ALICE_KEY, digest);
        uint256 order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
        bytes memory mirrored = abi.encodePacked(r, bytes32(order - uint256(s)), 55 - v);
        bytes4 selector = IDepositAuthorizations.SignatureRefused.selector;
        bytes memory reason = abi.encodeWithSelector(selector, alice, address(0));
        _refused(stranger, _whole(alice, 5, NOW, mirrored), reason);
    }

    function test_AWalletAllowsByItsOwnRule() external {
        address wallet = address(new Wallet(alice));
        bytes32 digest = _permitDigest(token, wallet, carol, 5, 0, NOW);
        _refusedSignature(wallet, _whole(wallet, 5, NOW, _signedForWallet(BOB_KEY, digest)));
        bytes memory data = _whole(wallet, 5, NOW, _signedForWallet(ALICE_KEY, digest));
        _accepted(stranger, address(token), data);
        vm.assertEq(token.allowance(wallet, carol), 5);
    }

    function _whole(address owner, uint256 value, uint256 deadline, bytes memory signature)
        private
        view
        returns (bytes memory)
    {
        return abi.encodeWithSelector(WHOLE, owner, carol, value, deadline, signature);
    }

    /// @dev Whose signature it would be, for that content, is nobody's to know beforehand.
    function _refusedSignature(address owner, bytes memory data) private {
        uint256 allowed = token.allowance(owner, carol);
        (bool passed, bytes memory answer) = address(token).call(data);
        vm.assertFalse(passed, "was not refused");
        vm.assertTrue(bytes4(answer) == IDepositAuthorizations.SignatureRefused.selector);
        vm.assertEq(token.allowance(owner, carol), allowed);
    }
}
