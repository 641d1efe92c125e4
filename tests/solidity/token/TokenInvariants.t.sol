// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDepositToken} from "../../../contracts/interfaces/IDepositToken.sol";
import {HAS_FROZEN} from "../../../contracts/libraries/AccountWord.sol";
import {Invariants} from "../base/Invariants.sol";
import {vm} from "../base/Vm.sol";
import {TokenHandler} from "./handlers/TokenHandler.sol";

/// @notice Whatever was called, the token's accounts add up.
contract TokenInvariantsTest is Invariants {
    TokenHandler private _handler;

    function setUp() external {
        _handler = new TokenHandler();
        _handle(address(_handler));
    }

    function invariant_TheTokenAddsUp() external view {
        vm.assertEq(_handler.violation(), "");
        IDepositToken token = _handler.served();
        uint256 sum = 0;
        for (uint256 i = 0; i < _handler.accounts(); ++i) sum += _account(_handler.people(i));
        vm.assertEq(token.totalSupply(), sum, "balances and supply");
        vm.assertEq(_handler.minted() - _handler.burned(), sum, "minted, burned and supply");
        vm.assertEq(token.pauseBits(), _handler.paused() | (_handler.ended() ? 8 : 0), "pauses");
    }

    function _account(address account) private view returns (uint256 balance) {
        IDepositToken token = _handler.served();
        balance = token.balanceOf(account);
        uint256 held = token.heldOf(account);
        uint256 frozen = _handler.frozen(account);
        vm.assertLe(held, balance, "held and balance");
        vm.assertEq(held, _handler.held(account), "held and open holds");
        vm.assertEq(token.getFrozenTokens(account), frozen, "frozen");
        uint32 flags = _handler.flags(account) | (frozen == 0 ? 0 : HAS_FROZEN);
        vm.assertEq(token.flagsOf(account), flags, "flags");
    }
}
