// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDepositToken} from "../../../contracts/interfaces/IDepositToken.sol";
import {IIssuanceGate} from "../../../contracts/interfaces/IIssuanceGate.sol";
import {Invariants} from "../base/Invariants.sol";
import {vm} from "../base/Vm.sol";
import {GateHandler} from "./GateHandler.sol";

/// @notice Whatever was ordered, the supply is what was issued and not redeemed, each order once.
contract GateInvariantsTest is Invariants {
    GateHandler private _handler;

    function setUp() external {
        _handler = new GateHandler();
        _handle(address(_handler));
    }

    function invariant_TheSupplyIsWhatWasOrdered() external view {
        vm.assertEq(_handler.violation(), "");
        (IDepositToken token, IIssuanceGate gate) = _handler.served();
        vm.assertEq(token.totalSupply(), _handler.issued() - _handler.redeemed(), "supply");
        vm.assertLe(_handler.issued(), _handler.issuedAtMost(), "more than the limits ever gave");
        vm.assertEq(token.balanceOf(address(gate)), 0, "the gate owns nothing");
    }

    function invariant_EachOrderIsRemembered() external view {
        (, IIssuanceGate gate) = _handler.served();
        for (uint256 i = 0; i < _handler.orders(); ++i) {
            vm.assertTrue(gate.isSequenceUsed(_handler.sequences(i)));
        }
    }
}
