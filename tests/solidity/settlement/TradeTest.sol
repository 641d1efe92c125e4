// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {
    Instruction,
    InstructionState,
    ISettlementEngine
} from "../../../contracts/interfaces/ISettlementEngine.sol";
import {BankTest} from "../base/BankTest.sol";
import {Trade} from "../base/Trade.sol";
import {vm} from "../base/Vm.sol";

/// @notice A test that starts from a bank with an engine.
abstract contract TradeTest is BankTest, Trade {
    function setUp() public virtual override {
        _buildTrade();
    }

    function _unmoved() internal view {
        vm.assertEq(token.balanceOf(alice), 1000);
        vm.assertEq(token.balanceOf(bob), 1000);
        vm.assertEq(dollars.balanceOf(alice), 1000);
        vm.assertEq(dollars.balanceOf(bob), 1000);
    }

    function _exchanged() internal view {
        vm.assertEq(token.balanceOf(alice), 900);
        vm.assertEq(token.balanceOf(bob), 1100);
        vm.assertEq(dollars.balanceOf(alice), 1070);
        vm.assertEq(dollars.balanceOf(bob), 930);
    }

    function _state(Instruction memory trade, InstructionState state) internal view {
        vm.assertTrue(engine.progressOf(trade).state == state, "another state");
    }

    function _wrongState(Instruction memory trade, InstructionState state)
        internal
        view
        returns (bytes memory)
    {
        bytes4 selector = ISettlementEngine.WrongState.selector;
        return abi.encodeWithSelector(selector, engine.instructionId(trade), state);
    }

    function _deadlinePassed(Instruction memory trade) internal view returns (bytes memory) {
        bytes4 selector = ISettlementEngine.DeadlinePassed.selector;
        bytes32 id = engine.instructionId(trade);
        return abi.encodeWithSelector(selector, id, trade.deadline, block.timestamp);
    }
}
