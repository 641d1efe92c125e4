// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";

import {ITokenUpgrader, Samples} from "../../../contracts/interfaces/ITokenUpgrader.sol";
import {BankTest} from "../base/BankTest.sol";
import {vm} from "../base/Vm.sol";
import {LooseToken} from "./LooseToken.sol";

/// @notice New code comes in through the upgrader alone, and only when it proves to be the same.
contract UpgradeTest is BankTest {
    uint256 private constant OPEN = type(uint256).max;
    // The last byte of a one-word answer.
    uint256 private constant LAST = 31;

    ITokenUpgrader private _upgrader;
    address private _next;
    Samples private _samples;

    function setUp() public override {
        super.setUp();
        _upgrader = ITokenUpgrader(_deploy("TokenUpgrader", abi.encode(access)));
        _right(address(_upgrader), ITokenUpgrader.upgrade.selector, UPGRADER);
        _grant(INSTALLER, address(_upgrader));
        _next = _deploy("DepositTokenNext", "");
        _mint(alice, 100);
        _freezeAmount(alice, 10);
        _samples.holds.push(_open(_terms(40)));
        _samples.accounts.push(alice);
        _samples.accounts.push(carol);
    }

    function test_OnlyTheUpgraderUpgrades() external {
        bytes memory data = abi.encodeCall(_upgrader.upgrade, (token, _next, "", _samples));
        _restricted(address(_upgrader), data);
    }

    function test_TheSameTokenRunsOnNewCode() external {
        vm.expectEmit(address(_upgrader));
        emit ITokenUpgrader.TokenUpgraded(address(token), _next, false);
        _accepted(upgrader, address(_upgrader), _upgrade(_next));
        vm.assertEq(_terms32(), 0);
        _position(alice, 100, 40);
    }

    function test_MoneyOfItsOwnGoesRound() external {
        _givesMoney();
        vm.expectEmit(address(_upgrader));
        emit ITokenUpgrader.TokenUpgraded(address(token), _next, true);
        _accepted(upgrader, address(_upgrader), _upgrade(_next));
        _position(address(_upgrader), 2, 0);
    }

    function test_UnderAPauseNoMoneyMoves() external {
        _givesMoney();
        _pause(4);
        vm.expectEmit(address(_upgrader));
        emit ITokenUpgrader.TokenUpgraded(address(token), _next, false);
        _accepted(upgrader, address(_upgrader), _upgrade(_next));
    }

    function test_AMigrationIsMadeWithIt() external {
        bytes memory migration = abi.encodeWithSignature("setTerms(bytes32)", bytes32("new"));
        // It asks for a right as everything does, which the upgrader has not.
        bytes memory data = abi.encodeCall(_upgrader.upgrade, (token, _next, migration, _samples));
        bytes4 selector = IAccessManaged.AccessManagedUnauthorized.selector;
        bytes memory reason = abi.encodeWithSelector(selector, address(_upgrader));
        _refused(upgrader, address(_upgrader), data, reason);
        _right(address(token), bytes4(migration), INSTALLER);
        _accepted(upgrader, address(_upgrader), data);
        vm.assertEq(_terms32(), "new");
    }

    function test_ARehearsalLeavesNoTrace() external {
        bytes memory creation = vm.getCode("DepositTokenNext");
        bytes memory data = abi.encodeCall(_upgrader.rehearse, (token, creation, "", _samples));
        bytes memory reason = abi.encodeWithSelector(ITokenUpgrader.Rehearsed.selector, false);
        _refused(stranger, address(_upgrader), data, reason);
        (bool answered,) = address(token).call(abi.encodeWithSignature("terms()"));
        vm.assertFalse(answered);
    }

    function test_ATrialAloneLeavesNoTrace() external {
        bytes memory data = abi.encodeCall(_upgrader.tryOut, (token, false));
        bytes memory reason = abi.encodeWithSelector(ITokenUpgrader.Passed.selector);
        _refused(stranger, address(_upgrader), data, reason);
    }

    // --------------------------------------------------------------------------- other answers

    function test_EveryAnswerOfTheTokenStays() external {
        string[8] memory questions = [
            "name()",
            "symbol()",
            "decimals()",
            "currency()",
            "totalSupply()",
            "pauseBits()",
            "authority()",
            "DOMAIN_SEPARATOR()"
        ];
        for (uint256 i = 0; i < questions.length; ++i) {
            _changedAnswer(abi.encodeWithSignature(questions[i]));
        }
    }

    function test_EveryAnswerOnAnAccountOrAHoldStays() external {
        string[6] memory questions = [
            "balanceOf(address)",
            "heldOf(address)",
            "availableOf(address)",
            "flagsOf(address)",
            "getFrozenTokens(address)",
            "nonces(address)"
        ];
        for (uint256 i = 0; i < questions.length; ++i) {
            _changedAnswer(abi.encodeWithSignature(questions[i], alice));
        }
        _changedAnswer(abi.encodeWithSignature("holdState(bytes32)", _samples.holds[0]));
    }

    function test_WhatAnswersNothingIsNoToken() external {
        bytes memory question = abi.encodeWithSignature("name()");
        bytes memory reason = abi.encodeWithSelector(ITokenUpgrader.Unanswered.selector, question);
        bytes memory data =
            abi.encodeWithSelector(ITokenUpgrader.upgrade.selector, access, _next, "", _samples);
        _refused(upgrader, address(_upgrader), data, reason);
        // Nor is an account without code, which answers everything with nothing.
        data = abi.encodeWithSelector(ITokenUpgrader.upgrade.selector, carol, _next, "", _samples);
        _refused(upgrader, address(_upgrader), data, reason);
    }

    // ----------------------------------------------------------------------------- open doors

    function test_NoRestrictedFunctionLetsAnybodyIn() external {
        bytes4[11] memory doors = [
            token.mint.selector,
            token.burn.selector,
            token.burnHeld.selector,
            token.setAccountFlags.selector,
            token.freeze.selector,
            token.setFrozenTokens.selector,
            FORCE,
            token.pause.selector,
            token.unpause.selector,
            token.deactivate.selector,
            token.initialize.selector
        ];
        for (uint256 i = 0; i < doors.length; ++i) {
            bytes memory inner = _inner(_trial(_impostor(doors[i], OPEN)));
            vm.assertTrue(bytes4(inner) == ITokenUpgrader.LetIn.selector);
        }
    }

    function test_CodeThatCannotBeReplacedIsNotInstalled() external {
        // An opened proxiableUUID is none that the trial accepts.
        bytes memory reason = _trial(_impostor(UPGRADE, LAST));
        vm.assertTrue(bytes4(reason) == ITokenUpgrader.TrialReverted.selector);
    }

    function test_CodeThatInstallsNothingIsNotInstalled() external {
        _fails(_impostor(UPGRADE, OPEN), "upgradeToAndCall");
    }

    function test_NoTokenIsLeftOnTheUpgradersCode() external {
        bytes memory question = abi.encodeWithSignature("name()");
        bytes memory reason = abi.encodeWithSelector(ITokenUpgrader.Unanswered.selector, question);
        _refused(upgrader, address(_upgrader), _upgrade(address(_upgrader)), reason);
    }

    // ----------------------------------------------------------------------- money that is lost

    function test_EveryStepOfTheTrialIsChecked() external {
        _givesMoney();
        _fails(_impostor(token.transfer.selector, LAST), "transfer");
        _fails(_impostor(token.approve.selector, LAST), "approve");
        _fails(_impostor(token.transferFrom.selector, LAST), "transferFrom");
        _fails(_impostor(token.allowance.selector, LAST), "allowance");
        _fails(_impostor(token.heldOf.selector, LAST), "createHold");
        _fails(address(new LooseToken(_code(), true)), "held money was spent");
        _fails(address(new LooseToken(_code(), false)), "holds");
    }

    function _fails(address code, string memory step) private {
        bytes memory inner = _inner(_trial(code));
        bytes4 selector = ITokenUpgrader.TrialFailed.selector;
        vm.assertEq(inner, abi.encodeWithSelector(selector, step));
    }

    function _changedAnswer(bytes memory question) private {
        (, bytes memory was) = address(token).staticcall(question);
        address code = _impostor(bytes4(question), LAST);
        bytes memory became = abi.encodePacked(was);
        became[LAST] ^= 0x01;
        bytes4 selector = ITokenUpgrader.AnswerChanged.selector;
        bytes memory reason = abi.encodeWithSelector(selector, question, was, became);
        _refused(upgrader, address(_upgrader), _upgrade(code), reason);
    }

    /// @dev What the upgrade to this code is refused with.
    function _trial(address code) private returns (bytes memory reason) {
        bool passed;
        delete _samples;
        bytes memory data = _upgrade(code);
        vm.prank(upgrader);
        (passed, reason) = address(_upgrader).call(data);
        vm.assertFalse(passed, "was installed");
    }

    /// @dev What the trial itself ended with.
    function _inner(bytes memory reason) private pure returns (bytes memory) {
        vm.assertTrue(bytes4(reason) == ITokenUpgrader.TrialReverted.selector);
        bytes memory rest = new bytes(reason.length - 4);
        for (uint256 i = 0; i < rest.length; ++i) rest[i] = reason[i + 4];
        return abi.decode(rest, (bytes));
    }

    function _givesMoney() private {
        _admit(address(_upgrader));
        _mint(address(_upgrader), 2);
    }

    function _impostor(bytes4 changed, uint256 place) private returns (address) {
        return _deploy("TokenImpostor", abi.encode(_code(), changed, place));
    }

    function _code() private returns (address) {
        return _deploy("DepositToken", "");
    }

    function _upgrade(address code) private view returns (bytes memory) {
        return abi.encodeCall(_upgrader.upgrade, (token, code, "", _samples));
    }

    function _terms32() private returns (bytes32) {
        (, bytes memory answer) = address(token).call(abi.encodeWithSignature("terms()"));
        return abi.decode(answer, (bytes32));
    }
}
