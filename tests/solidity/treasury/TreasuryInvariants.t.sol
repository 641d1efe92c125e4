// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Invariants} from "../base/Invariants.sol";
import {vm} from "../base/Vm.sol";
import {TreasuryHandler} from "./TreasuryHandler.sol";

/// @notice The treasury's money is in the treasury or in a venue, and nowhere else.
contract TreasuryInvariantsTest is Invariants {
    TreasuryHandler private _handler;

    function setUp() external {
        _handler = new TreasuryHandler();
        _handle(address(_handler));
    }

    function invariant_MoneyIsInTheTreasuryOrInAVenue() external view {
        vm.assertEq(_handler.violation(), "");
        (uint256 lies, uint256 approved, uint256 elsewhere) = _handler.stray();
        vm.assertEq(lies, 0, "something lies in the adapter");
        vm.assertEq(approved, 0, "something is still approved");
        vm.assertEq(elsewhere, 0, "something went elsewhere");
    }
}
