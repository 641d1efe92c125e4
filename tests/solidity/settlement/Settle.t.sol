// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDepositAuthorizations} from "../../../contracts/interfaces/IDepositAuthorizations.sol";
import {
    Affirmation,
    Instruction,
    InstructionState,
    ISettlementEngine,
    Leg
} from "../../../contracts/interfaces/ISettlementEngine.sol";
import {vm} from "../base/Vm.sol";
import {TradeTest} from "./TradeTest.sol";

/// @notice Settlement in one shot: every payer's signature, every leg, once.
contract SettleTest is TradeTest {
    function test_AnEngineHasAnAccessManager() external {
        bytes4 selector = ISettlementEngine.NotAContract.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, alice));
        this.deployEngine(alice);
    }

    function deployEngine(address authority) external {
        _deploy("SettlementEngine", abi.encode(authority));
    }

    // -------------------------------------------------------------------------------- contents

    function test_TheIdIsTheHashOfTheContent() external view {
        Instruction memory trade = _exchange();
        bytes32 kind = keccak256("Leg(address token,address from,address to,uint256 amount)");
        bytes32 one = keccak256(abi.encode(kind, trade.legs[0]));
        bytes32 two = keccak256(abi.encode(kind, trade.legs[1]));
        bytes32 content = keccak256(
            abi.encode(
                keccak256(
                    "Instruction(Leg[] legs,uint64 deadline,bytes32 ref,bytes32 salt)"
                    "Leg(address token,address from,address to,uint256 amount)"
                ),
                keccak256(abi.encodePacked(one, two)),
                trade.deadline,
                trade.ref,
                trade.salt
            )
        );
        bytes32 domain = keccak256(
            abi.encode(
                keccak256(
                    "EIP712Domain(string name,string version,uint256 chainId,"
                    "address verifyingContract)"
                ),
                keccak256("Concord SettlementEngine"),
                keccak256("1"),
                block.chainid,
                address(engine)
            )
        );
        bytes32 id = keccak256(abi.encodePacked("\x19\x01", domain, content));
        vm.assertEq(engine.instructionId(trade), id);
    }

    function testFuzz_EveryPartOfTheContentIsInTheId(uint256 part, bytes32 any) external view {
        Instruction memory trade = _exchange();
        bytes32 id = engine.instructionId(trade);
        part = part % 6;
        uint256 number = uint256(any) | 1 << 100;
        if (part == 0) trade.legs[1].token = address(uint160(number));
        if (part == 1) trade.legs[0].from = address(uint160(number));
        if (part == 2) trade.legs[0].amount = number;
        if (part == 3) trade.deadline = uint64(uint256(any)) | 1 << 50;
        if (part == 4) trade.ref = bytes32(number);
        if (part == 5) trade.salt = bytes32(number);
        vm.assertFalse(engine.instructionId(trade) == id);
    }

    function test_AnInstructionHasOneTo64Legs() external {
        Instruction memory trade = _exchange();
        bytes4 selector = ISettlementEngine.LegCount.selector;
        trade.legs = new Leg[](0);
        _malformed(trade, abi.encodeWithSelector(selector, 0));
        trade.legs = new Leg[](65);
        _malformed(trade, abi.encodeWithSelector(selector, 65));
    }

    function test_ALegMovesMoneyBetweenTwo() external {
        bytes4 selector = ISettlementEngine.LegMalformed.selector;
        Instruction memory trade = _exchange();
        trade.legs[1].amount = 0;
        _malformed(trade, abi.encodeWithSelector(selector, 1));
        trade = _exchange();
        trade.legs[1].to = bob;
        _malformed(trade, abi.encodeWithSelector(selector, 1));
        trade = _exchange();
        trade.legs[0].to = address(engine);
        _malformed(trade, abi.encodeWithSelector(selector, 0));
    }

    function test_NoTwoLegsAreAlike() external {
        Instruction memory trade = _exchange();
        trade.legs[1] = trade.legs[0];
        bytes4 selector = ISettlementEngine.LegRepeated.selector;
        _malformed(trade, abi.encodeWithSelector(selector, 0, 1));
    }

    function test_AnInstructionHasAReference() external {
        Instruction memory trade = _exchange();
        trade.ref = 0;
        _malformed(trade, abi.encodeWithSelector(ISettlementEngine.ReferenceMissing.selector));
    }

    // -------------------------------------------------------------------------------- one shot

    function test_BothLegsArePaid() external {
        Instruction memory trade = _exchange();
        bytes32 id = engine.instructionId(trade);
        vm.expectEmit(address(engine));
        emit ISettlementEngine.Settled(id, trade.ref, 2);
        _accepted(stranger, address(engine), _settling(trade));
        _exchanged();
        _state(trade, InstructionState.Settled);
    }

    function test_NothingSettlesTwice() external {
        Instruction memory trade = _exchange();
        bytes memory data = _settling(trade);
        _accepted(stranger, address(engine), data);
        _refusedHere(data, _wrongState(trade, InstructionState.Settled));
    }

    function testFuzz_NoOtherVersionOfTheTradeSettles(uint256 amount, bool neighbour) external {
        amount = amount % 900 + 1;
        Instruction memory trade = _exchange();
        _accepted(stranger, address(engine), _settling(trade));
        trade.legs[1].amount = amount;
        trade.deadline += 1;
        // A trade beside it shares its word, and not its mark.
        if (neighbour) trade.salt = bytes32(uint256(5));
        bytes memory data = _settling(trade);
        if (neighbour) {
            _accepted(stranger, address(engine), data);
            _state(trade, InstructionState.Settled);
            _state(_exchange(), InstructionState.Settled);
        } else {
            bytes4 selector = ISettlementEngine.TradeSettled.selector;
            bytes32 id = engine.instructionId(trade);
            _refusedHere(data, abi.encodeWithSelector(selector, id, trade.salt));
        }
    }

    function test_EveryLegHasItsAffirmation() external {
        Instruction memory trade = _exchange();
        Affirmation[] memory one = new Affirmation[](1);
        one[0] = _affirmed(trade)[0];
        bytes4 selector = ISettlementEngine.AffirmationCount.selector;
        bytes memory reason = abi.encodeWithSelector(selector, 2, 1);
        _refusedHere(abi.encodeCall(engine.settle, (trade, one)), reason);
    }

    function testFuzz_OneLegThatIsNotAffirmedStopsAll(uint256 leg) external {
        leg = leg % 2;
        Instruction memory trade = _exchange();
        Affirmation[] memory list = _affirmed(trade);
        list[leg].nonce += 1;
        vm.prank(stranger);
        (bool passed, bytes memory answer) =
            address(engine).call(abi.encodeCall(engine.settle, (trade, list)));
        vm.assertFalse(passed);
        vm.assertTrue(bytes4(answer) == ISettlementEngine.LegFailed.selector);
        _unmoved();
        _state(trade, InstructionState.None);
    }

    function test_ACancelledConsentStopsAll() external {
        Instruction memory trade = _exchange();
        Affirmation[] memory list = _affirmed(trade);
        vm.prank(bob);
        dollars.cancelSettlementNonce(list[1].nonce);
        bytes memory inner = abi.encodeWithSelector(
            IDepositAuthorizations.SettlementNonceUsedUp.selector, bob, list[1].nonce
        );
        bytes memory reason =
            abi.encodeWithSelector(ISettlementEngine.LegFailed.selector, 1, inner);
        _refusedHere(abi.encodeCall(engine.settle, (trade, list)), reason);
        _unmoved();
    }

    function testFuzz_NothingSettlesAtItsDeadline(uint64 later) external {
        Instruction memory trade = _exchange();
        bytes memory data = _settling(trade);
        vm.warp(uint256(trade.deadline) + later % HOUR);
        _refusedHere(data, _deadlinePassed(trade));
    }

    function test_WhatIsInstructedIsNotSettledInOneShot() external {
        Instruction memory trade = _exchange();
        _accepted(alice, address(engine), abi.encodeCall(engine.instruct, (trade)));
        _refusedHere(_settling(trade), _wrongState(trade, InstructionState.Instructed));
    }

    function _settling(Instruction memory trade) private view returns (bytes memory) {
        return abi.encodeCall(engine.settle, (trade, _affirmed(trade)));
    }

    function _malformed(Instruction memory trade, bytes memory reason) private {
        _refusedHere(abi.encodeCall(engine.settle, (trade, new Affirmation[](2))), reason);
        _refusedHere(abi.encodeCall(engine.instruct, (trade)), reason);
    }

    function _refusedHere(bytes memory data, bytes memory reason) private {
        _refused(alice, address(engine), data, reason);
    }
}
