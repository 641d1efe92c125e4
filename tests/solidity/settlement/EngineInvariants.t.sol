// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {InstructionState} from "../../../contracts/interfaces/ISettlementEngine.sol";
import {Invariants} from "../base/Invariants.sol";
import {vm} from "../base/Vm.sol";
import {EngineHandler} from "./handlers/EngineHandler.sol";

/// @notice Whatever was called, an instruction stands where its actions have put it, and the engine
/// owns nothing.
contract EngineInvariantsTest is Invariants {
    EngineHandler private _handler;

    function setUp() external {
        _handler = new EngineHandler();
        _handle(address(_handler));
    }

    function invariant_EveryInstructionStandsWhereItMust() external view {
        vm.assertEq(_handler.violation(), "");
        vm.assertEq(_handler.owned(), 0);
        for (uint256 i = 0; i < _handler.trades(); ++i) {
            (InstructionState got, InstructionState wanted) = _handler.stateOf(i);
            vm.assertTrue(got == wanted, "another state");
        }
    }
}
