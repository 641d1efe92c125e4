// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDepositCompliance} from "../../../contracts/interfaces/IDepositCompliance.sol";
import {HoldTerms} from "../../../contracts/interfaces/IDepositHolds.sol";
import {IDepositToken} from "../../../contracts/interfaces/IDepositToken.sol";
import {IERC7943Fungible} from "../../../contracts/interfaces/IERC7943Fungible.sol";
import {HAS_FROZEN} from "../../../contracts/libraries/AccountWord.sol";
import {BankTest} from "../base/BankTest.sol";
import {vm} from "../base/Vm.sol";

/// @notice What bank and law do with an account and with the token.
contract ComplianceTest is BankTest {
    bytes32 private constant BASIS = keccak256("court order 12/2027");

    function setUp() public override {
        super.setUp();
        _mint(alice, 1000);
    }

    // ----------------------------------------------------------------------------------- flags

    function test_EachRightIsRestricted() external {
        address at = address(token);
        _restricted(at, abi.encodeCall(token.setAccountFlags, (alice, 1)));
        _restricted(at, abi.encodeCall(token.freeze, (alice, 2)));
        _restricted(at, abi.encodeCall(token.setFrozenTokens, (alice, 2)));
        _restricted(at, _force(alice, bob, 1));
        _restricted(at, abi.encodeCall(token.pause, (1)));
        _restricted(at, abi.encodeCall(token.unpause, (1)));
        _restricted(at, abi.encodeCall(token.deactivate, ()));
    }

    function testFuzz_OnlyKnownFlagsAreSet(uint32 flags) external {
        bytes memory data = abi.encodeCall(token.setAccountFlags, (carol, flags));
        if (flags > 7) {
            _refused(compliance, data, _unknown(flags));
        } else {
            vm.expectEmit(address(token));
            emit IDepositCompliance.AccountFlags(carol, flags);
            _accepted(compliance, address(token), data);
            vm.assertEq(token.flagsOf(carol), flags);
        }
    }

    function testFuzz_AFreezeAddsItsBitsAlone(uint32 flags, uint32 bits) external {
        flags = flags % 8;
        _setFlags(alice, flags);
        bytes memory data = abi.encodeCall(token.freeze, (alice, bits));
        if (bits == 0 || bits & ~uint32(6) != 0) {
            _refused(compliance, data, _unknown(bits));
        } else {
            _accepted(compliance, address(token), data);
            vm.assertEq(token.flagsOf(alice), flags | bits);
        }
    }

    function test_TheZeroAddressHasNothing() external {
        bytes memory reason = abi.encodeWithSelector(IDepositCompliance.ZeroAccount.selector);
        _refused(compliance, abi.encodeCall(token.setAccountFlags, (address(0), 1)), reason);
        _refused(compliance, abi.encodeCall(token.freeze, (address(0), 2)), reason);
        _refused(compliance, abi.encodeCall(token.setFrozenTokens, (address(0), 1)), reason);
    }

    // ---------------------------------------------------------------------------------- frozen

    function testFuzz_WhatIsFrozenIsNotAvailable(uint256 frozen, uint256 held) external {
        held = held % 1000;
        if (held != 0) _open(_terms(held));
        vm.expectEmit(address(token));
        emit IERC7943Fungible.Frozen(alice, frozen);
        _freezeAmount(alice, frozen);
        vm.assertEq(token.getFrozenTokens(alice), frozen);
        uint256 unheld = 1000 - held;
        vm.assertEq(token.availableOf(alice), frozen < unheld ? unheld - frozen : 0);
        vm.assertEq(token.flagsOf(alice) & HAS_FROZEN != 0, frozen != 0);
    }

    function testFuzz_FlagsAndFrozenAmountDoNotTouch(uint32 flags, uint256 frozen) external {
        flags = flags % 8;
        _freezeAmount(alice, frozen);
        _setFlags(alice, flags);
        vm.assertEq(token.flagsOf(alice), frozen == 0 ? flags : flags | HAS_FROZEN);
        vm.prank(compliance);
        token.freeze(alice, 2);
        vm.assertEq(token.getFrozenTokens(alice), frozen);
        _freezeAmount(alice, 0);
        vm.assertEq(token.flagsOf(alice), flags | 2);
    }

    // ----------------------------------------------------------------------------------- force

    function testFuzz_ForceTakesWhatIsNotHeld(uint256 held, uint256 frozen, uint256 taken)
        external
    {
        held = held % 1000;
        frozen = frozen % 1500;
        taken = taken % (1000 - held) + 1;
        if (held != 0) _open(_terms(held));
        _freezeAmount(alice, frozen);
        uint256 available = token.availableOf(alice);
        _accepted(enforcer, address(token), _force(alice, bob, taken));
        _position(alice, 1000 - taken, held);
        _position(bob, taken, 0);
        uint256 eaten = taken > available ? taken - available : 0;
        vm.assertEq(token.getFrozenTokens(alice), frozen - eaten, "frozen");
        vm.assertEq(token.flagsOf(alice) & HAS_FROZEN != 0, frozen != eaten, "flag");
    }

    function testFuzz_ForceNeverTakesWhatIsHeld(uint256 held, uint256 amount) external {
        held = held % 1000 + 1;
        vm.assume(amount > 1000 - held);
        _open(_terms(held));
        bytes4 selector = IDepositToken.InsufficientAvailable.selector;
        bytes memory reason = abi.encodeWithSelector(selector, alice, 1000 - held, amount);
        _refused(enforcer, _force(alice, bob, amount), reason);
    }

    function test_ForceHasAmountReferenceAndBasis() external {
        bytes memory reason = abi.encodeWithSelector(IDepositToken.ZeroAmount.selector);
        _refused(enforcer, _force(alice, bob, 0), reason);
        bytes memory nameless = abi.encodeWithSelector(FORCE, alice, bob, 1, bytes32(0), BASIS);
        reason = abi.encodeWithSelector(IDepositToken.MissingReference.selector);
        _refused(enforcer, nameless, reason);
        bytes memory baseless =
            abi.encodeWithSelector(FORCE, alice, bob, 1, _ref(1, 1), bytes32(0));
        reason = abi.encodeWithSelector(IDepositCompliance.LegalBasisMissing.selector);
        _refused(enforcer, baseless, reason);
        bytes memory standard =
            abi.encodeWithSignature("forcedTransfer(address,address,uint256)", alice, bob, 1);
        _refused(enforcer, standard, reason);
    }

    function test_ForceGivesOnlyToOneWhoMayReceive() external {
        bytes4 selector = IDepositCompliance.RecipientRefused.selector;
        bytes memory reason = abi.encodeWithSelector(selector, carol, 0);
        _refused(enforcer, _force(alice, carol, 1), reason);
    }

    function test_ForceWorksUnderPauseAndFreeze() external {
        _setFlags(alice, 2);
        _pause(7);
        vm.expectEmit(address(token));
        emit IERC7943Fungible.ForcedTransfer(alice, bob, 10);
        vm.prank(enforcer);
        token.forcedTransfer(alice, bob, 10, _ref(1, 1), BASIS);
        _position(bob, 10, 0);
    }

    // ----------------------------------------------------------------------------------- pause

    function testFuzz_PausesAddUpAndAreTakenBack(uint32 first, uint32 second) external {
        _changesPause(guardian, abi.encodeCall(token.pause, (first)), first, first);
        uint32 before = token.pauseBits();
        bytes memory data = abi.encodeCall(token.unpause, (second));
        _changesPause(address(this), data, second, before & ~second);
    }

    function test_EachPauseStopsItsPart() external {
        HoldTerms memory terms = _terms(10);
        _open(terms);
        _pause(1);
        _stopped(alice, abi.encodeCall(token.transfer, (bob, 1)), 1, 1);
        _stopped(alice, abi.encodeCall(token.transferWithRef, (bob, 1, _ref(1, 1))), 1, 1);
        _stopped(bob, abi.encodeCall(token.transferFrom, (alice, bob, 1)), 1, 1);
        _pause(2);
        _stopped(minter, abi.encodeCall(token.mint, (alice, 1)), 3, 2);
        _stopped(minter, abi.encodeCall(token.burn, (alice, 1)), 3, 2);
        _stopped(minter, abi.encodeCall(token.burnHeld, (terms, 1)), 3, 2);
        _pause(4);
        _stopped(alice, abi.encodeCall(token.createHold, (_terms(1))), 7, 4);
        _stopped(notary, abi.encodeCall(token.executeHold, (terms, 1)), 7, 4);
        token.unpause(3);
        _stopped(minter, abi.encodeCall(token.burnHeld, (terms, 1)), 4, 4);
    }

    // ------------------------------------------------------------------------------------- end

    function testFuzz_OnlyWhatIsAllPausedEnds(uint32 bits) external {
        bits = bits % 7;
        if (bits != 0) _pause(bits);
        bytes4 selector = IDepositCompliance.NotAllPaused.selector;
        bytes memory reason = abi.encodeWithSelector(selector, bits, 7);
        _refused(address(this), abi.encodeCall(token.deactivate, ()), reason);
    }

    function test_TheEndIsFinal() external {
        _pause(7);
        vm.expectEmit(address(token));
        emit IDepositCompliance.Deactivated();
        token.deactivate();
        vm.assertEq(token.pauseBits(), 15);
        bytes memory reason = abi.encodeWithSelector(IDepositCompliance.TokenDeactivated.selector);
        _refused(address(this), abi.encodeCall(token.unpause, (7)), reason);
        _refused(address(this), abi.encodeCall(token.deactivate, ()), reason);
        _refused(enforcer, _force(alice, bob, 1), reason);
        address next = address(token);
        _refused(installer, abi.encodeWithSelector(UPGRADE, next, ""), reason);
        // Pausing again does not forget the end.
        _pause(7);
        vm.assertEq(token.pauseBits(), 15);
    }

    function test_ItSaysWhichStandardsItKeeps() external view {
        vm.assertTrue(token.supportsInterface(0x01ffc9a7), "ERC-165");
        vm.assertTrue(token.supportsInterface(0x3edbb4c4), "ERC-7943");
        vm.assertTrue(token.supportsInterface(0x36372b07), "ERC-20");
        vm.assertFalse(token.supportsInterface(0xffffffff), "none");
    }

    function _changesPause(address by, bytes memory data, uint32 bits, uint32 next) private {
        if (bits == 0 || bits > 7) {
            _refused(by, data, _unknown(bits));
        } else {
            vm.expectEmit(address(token));
            emit IDepositCompliance.PauseBits(next);
            _accepted(by, address(token), data);
            vm.assertEq(token.pauseBits(), next);
        }
    }

    function _stopped(address by, bytes memory data, uint32 paused, uint32 needed) private {
        bytes4 selector = IDepositCompliance.OperationPaused.selector;
        _refused(by, data, abi.encodeWithSelector(selector, paused, needed));
    }

    function _force(address from, address to, uint256 amount) private pure returns (bytes memory) {
        return abi.encodeWithSelector(FORCE, from, to, amount, _ref(1, 1), BASIS);
    }

    function _unknown(uint32 bits) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IDepositCompliance.UnknownBits.selector, bits);
    }
}
