// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HoldState, HoldTerms, IDepositHolds} from "../../../contracts/interfaces/IDepositHolds.sol";
import {IDepositToken} from "../../../contracts/interfaces/IDepositToken.sol";
import {
    Instruction,
    InstructionState,
    ISettlementEngine,
    Progress
} from "../../../contracts/interfaces/ISettlementEngine.sol";
import {vm} from "../base/Vm.sol";
import {TradeTest} from "./TradeTest.sol";

/// @notice Settlement by holds: who may do what from which state, and what becomes of the holds.
contract HeldTradesTest is TradeTest {
    // -------------------------------------------------------------------------------- instruct

    function test_OnlyAPartyInstructs() external {
        bytes4 selector = ISettlementEngine.NotParty.selector;
        Instruction memory trade = _exchange();
        bytes memory reason =
            abi.encodeWithSelector(selector, engine.instructionId(trade), stranger);
        _refused(stranger, address(engine), abi.encodeCall(engine.instruct, (trade)), reason);
    }

    function test_AnInstructionIsPutOnRecordOnce() external {
        Instruction memory trade = _instructed();
        _state(trade, InstructionState.Instructed);
        bytes memory reason = _wrongState(trade, InstructionState.Instructed);
        _refused(bob, address(engine), abi.encodeCall(engine.instruct, (trade)), reason);
    }

    function test_ADeadInstructionIsNotPutOnRecord() external {
        Instruction memory trade = _exchange();
        vm.warp(trade.deadline);
        bytes memory data = abi.encodeCall(engine.instruct, (trade));
        _refused(alice, address(engine), data, _deadlinePassed(trade));
    }

    // ---------------------------------------------------------------------------------- affirm

    function test_WhatIsNotInstructedIsNotAffirmed() external {
        Instruction memory trade = _exchange();
        bytes memory data = abi.encodeCall(engine.affirm, (trade));
        _refused(alice, address(engine), data, _wrongState(trade, InstructionState.None));
    }

    function test_OnlyAPayerWhoseLegsAreHeldAffirms() external {
        Instruction memory trade = _instructed();
        bytes32 id = engine.instructionId(trade);
        bytes memory data = abi.encodeCall(engine.affirm, (trade));
        bytes4 selector = ISettlementEngine.NotPayer.selector;
        _refused(stranger, address(engine), data, abi.encodeWithSelector(selector, id, stranger));
        selector = ISettlementEngine.LegNotHeld.selector;
        _refused(bob, address(engine), data, abi.encodeWithSelector(selector, id, 1));
    }

    function test_TheLastPayerMakesItAffirmed() external {
        Instruction memory trade = _instructed();
        _affirms(alice, trade, 0);
        _state(trade, InstructionState.Instructed);
        vm.assertEq(engine.progressOf(trade).affirmed, 1);
        bytes4 selector = ISettlementEngine.AlreadyDone.selector;
        bytes memory reason = abi.encodeWithSelector(selector, engine.instructionId(trade), alice);
        _refused(alice, address(engine), abi.encodeCall(engine.affirm, (trade)), reason);
        _affirms(bob, trade, 1);
        _state(trade, InstructionState.Affirmed);
        vm.assertEq(engine.progressOf(trade).affirmed, 3);
    }

    // --------------------------------------------------------------------------------- execute

    function test_HeldLegsArePaidWithoutAnyRecord() external {
        Instruction memory trade = _exchange();
        _holds(trade, 0);
        _holds(trade, 1);
        vm.prank(stranger);
        vm.assertTrue(engine.execute(trade));
        _exchanged();
        _state(trade, InstructionState.Settled);
    }

    function test_AffirmedLegsArePaid() external {
        Instruction memory trade = _instructed();
        _affirms(alice, trade, 0);
        _affirms(bob, trade, 1);
        vm.prank(stranger);
        vm.assertTrue(engine.execute(trade));
        _exchanged();
        bytes memory reason = _wrongState(trade, InstructionState.Settled);
        _refused(alice, address(engine), abi.encodeCall(engine.execute, (trade)), reason);
    }

    function test_OneLegThatIsNotHeldStopsAllAndIsTold() external {
        Instruction memory trade = _exchange();
        HoldTerms memory terms = _holds(trade, 0);
        bytes32 id = engine.instructionId(trade);
        bytes32 missing = dollars.holdId(engine.holdTerms(trade)[1]);
        bytes memory reason = abi.encodeWithSelector(
            IDepositHolds.HoldNotOpen.selector, missing, HoldState.None
        );
        vm.expectEmit(address(engine));
        emit ISettlementEngine.SettlementFailed(id, 1, reason);
        vm.assertFalse(engine.execute(trade));
        _unmoved();
        _state(trade, InstructionState.None);
        vm.assertTrue(token.holdState(token.holdId(terms)) == HoldState.Open);
        // It can be tried again.
        _holds(trade, 1);
        vm.assertTrue(engine.execute(trade));
        _exchanged();
    }

    function test_AnotherVersionOfASettledTradeIsNotExecuted() external {
        Instruction memory trade = _exchange();
        _holds(trade, 0);
        _holds(trade, 1);
        engine.execute(trade);
        trade.ref = _ref(2, 2);
        _holds(trade, 0);
        _holds(trade, 1);
        (bool passed, bytes memory answer) =
            address(engine).call(abi.encodeCall(engine.execute, (trade)));
        vm.assertFalse(passed && abi.decode(answer, (bool)));
        _exchanged();
    }

    function test_NothingIsExecutedAtItsDeadline() external {
        Instruction memory trade = _exchange();
        _holds(trade, 0);
        _holds(trade, 1);
        vm.warp(trade.deadline);
        bytes memory data = abi.encodeCall(engine.execute, (trade));
        _refused(alice, address(engine), data, _deadlinePassed(trade));
    }

    function test_TheInnerPartIsForTheEngineAlone() external {
        Instruction memory trade = _exchange();
        bytes memory data = abi.encodeCall(engine.settleHeld, (trade));
        bytes4 selector = ISettlementEngine.NotEngine.selector;
        _refused(alice, address(engine), data, abi.encodeWithSelector(selector, alice));
    }

    // ---------------------------------------------------------------------------------- cancel

    function test_APartyLeavesWhileNotAllIsHeld() external {
        Instruction memory trade = _instructed();
        HoldTerms memory terms = _holds(trade, 0);
        bytes memory data = abi.encodeCall(engine.cancel, (trade));
        bytes4 selector = ISettlementEngine.NotParty.selector;
        bytes memory reason =
            abi.encodeWithSelector(selector, engine.instructionId(trade), stranger);
        _refused(stranger, address(engine), data, reason);
        vm.expectEmit(address(engine));
        emit ISettlementEngine.Cancelled(engine.instructionId(trade), trade.ref, bob);
        _accepted(bob, address(engine), data);
        _state(trade, InstructionState.Cancelled);
        vm.assertTrue(token.holdState(token.holdId(terms)) == HoldState.Closed);
        vm.assertEq(token.heldOf(alice), 0);
    }

    function test_OnceAllIsHeldNobodyLeavesAlone() external {
        Instruction memory trade = _exchange();
        bytes32 id = engine.instructionId(trade);
        _holds(trade, 0);
        _holds(trade, 1);
        bytes memory data = abi.encodeCall(engine.cancel, (trade));
        bytes4 selector = ISettlementEngine.NotParty.selector;
        _refused(stranger, address(engine), data, abi.encodeWithSelector(selector, id, stranger));
        vm.expectEmit(address(engine));
        emit ISettlementEngine.CancelAsked(id, alice);
        _accepted(alice, address(engine), data);
        _state(trade, InstructionState.None);
        vm.assertEq(engine.progressOf(trade).cancelling, 1);
        selector = ISettlementEngine.AlreadyDone.selector;
        _refused(alice, address(engine), data, abi.encodeWithSelector(selector, id, alice));
        _accepted(bob, address(engine), data);
        _state(trade, InstructionState.Cancelled);
        vm.assertEq(token.heldOf(alice) + dollars.heldOf(bob), 0);
        _refused(
            alice,
            address(engine),
            abi.encodeCall(engine.execute, (trade)),
            _wrongState(trade, InstructionState.Cancelled)
        );
    }

    // ---------------------------------------------------------------------------------- expire

    function testFuzz_WhatIsOnRecordExpires(uint64 later, address by) external {
        Instruction memory trade = _instructed();
        _affirms(alice, trade, 0);
        bytes memory data = abi.encodeCall(engine.expire, (trade));
        bytes4 selector = ISettlementEngine.DeadlineAhead.selector;
        bytes32 id = engine.instructionId(trade);
        bytes memory reason = abi.encodeWithSelector(selector, id, trade.deadline, NOW);
        _refused(by, address(engine), data, reason);
        vm.warp(uint256(trade.deadline) + later % HOUR);
        _accepted(by, address(engine), data);
        _state(trade, InstructionState.Expired);
        vm.assertEq(token.heldOf(alice), 0);
        _refused(by, address(engine), data, _wrongState(trade, InstructionState.Expired));
    }

    function test_WhatIsNotOnRecordDoesNotExpire() external {
        Instruction memory trade = _exchange();
        vm.warp(trade.deadline);
        bytes memory data = abi.encodeCall(engine.expire, (trade));
        _refused(alice, address(engine), data, _wrongState(trade, InstructionState.None));
    }

    function test_TheHoldsOfAnInstructionAreItsOwn() external view {
        Instruction memory trade = _exchange();
        HoldTerms[] memory terms = engine.holdTerms(trade);
        for (uint256 i = 0; i < 2; ++i) {
            vm.assertEq(terms[i].holder, trade.legs[i].from);
            vm.assertEq(terms[i].recipient, trade.legs[i].to);
            vm.assertEq(terms[i].amount, trade.legs[i].amount);
            vm.assertEq(terms[i].notary, address(engine));
            vm.assertEq(terms[i].expiry, trade.deadline);
            vm.assertEq(terms[i].ref, engine.instructionId(trade));
        }
    }

    function _instructed() private returns (Instruction memory trade) {
        trade = _exchange();
        vm.prank(alice);
        engine.instruct(trade);
    }

    function _affirms(address payer, Instruction memory trade, uint256 leg) private {
        _holds(trade, leg);
        vm.expectEmit(address(engine));
        emit ISettlementEngine.Affirmed(engine.instructionId(trade), payer);
        _accepted(payer, address(engine), abi.encodeCall(engine.affirm, (trade)));
    }
}
