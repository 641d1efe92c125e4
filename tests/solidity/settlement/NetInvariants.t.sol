// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Invariants} from "../base/Invariants.sol";
import {vm} from "../base/Vm.sol";
import {NetHandler} from "./handlers/NetHandler.sol";

/// @notice Netting moves money between the parties, and none to the engine.
contract NetInvariantsTest is Invariants {
    NetHandler private _handler;

    function setUp() external {
        _handler = new NetHandler();
        _handle(address(_handler));
    }

    function invariant_NettingMovesWhatIsOwed() external view {
        vm.assertEq(_handler.violation(), "");
        (uint256 money, uint256 owned) = _handler.sums();
        vm.assertEq(money, _handler.supply());
        vm.assertEq(owned, 0);
    }
}
