// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Instruction, ISettlementEngine} from "../../../contracts/interfaces/ISettlementEngine.sol";
import {TradeTest} from "./TradeTest.sol";
import {vm} from "../base/Vm.sol";

/// @notice The very second at which something stops being possible, or begins to be.
contract SettlementEngineNegativeTest is TradeTest {
    function test_NothingExpiresTheSecondBefore() external {
        Instruction memory trade = _exchange();
        vm.prank(alice);
        bytes32 id = engine.instruct(trade);
        vm.warp(trade.deadline - 1);
        bytes memory reason = abi.encodeWithSelector(
            ISettlementEngine.DeadlineAhead.selector, id, trade.deadline, trade.deadline - 1
        );
        _refused(bob, address(engine), abi.encodeCall(engine.expire, (trade)), reason);
        vm.warp(trade.deadline);
        _accepted(bob, address(engine), abi.encodeCall(engine.expire, (trade)));
    }

    function test_NothingIsCancelledAtTheDeadline() external {
        Instruction memory trade = _exchange();
        vm.prank(alice);
        bytes32 id = engine.instruct(trade);
        vm.warp(trade.deadline);
        bytes memory reason = abi.encodeWithSelector(
            ISettlementEngine.DeadlinePassed.selector, id, trade.deadline, trade.deadline
        );
        _refused(alice, address(engine), abi.encodeCall(engine.cancel, (trade)), reason);
    }
}
