// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Invariants} from "../base/Invariants.sol";
import {vm} from "../base/Vm.sol";
import {TokenHandler} from "./TokenHandler.sol";

/// @notice Whatever was called, the token's accounts add up.
contract TokenInvariantsTest is Invariants {
    TokenHandler private _handler;

    function setUp() external {
        _handler = new TokenHandler();
        _handle(address(_handler));
    }

    function invariant_TheTokenAddsUp() external view {
        vm.assertEq(_handler.violation(), "");
        (uint256 accounts,) = _handler.count();
        uint256 sum = 0;
        for (uint256 i = 0; i < accounts; ++i) sum += _account(_handler.people(i));
        vm.assertEq(_handler.served().totalSupply(), sum, "balances and supply");
        vm.assertEq(_handler.minted() - _handler.burned(), sum, "minted, burned and supply");
    }

    function _account(address account) private view returns (uint256 balance) {
        balance = _handler.served().balanceOf(account);
        uint256 held = _handler.served().heldOf(account);
        vm.assertLe(held, balance, "held and balance");
        vm.assertEq(held, _handler.held(account), "held and open holds");
        vm.assertEq(_handler.served().flagsOf(account), _handler.flags(account), "flags");
    }
}
