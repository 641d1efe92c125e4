// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {Payout} from "../interfaces/IDepositHolds.sol";
import {INetSettlement} from "../interfaces/INetSettlement.sol";
import {BoundedCall} from "./BoundedCall.sol";

/// @title A call to a token after which payees have exactly what they are due
/// @notice A token may return, and yet have moved nothing, or have kept a fee; so balances count.
/// `reason` says why it did not deliver; the caller then reverts.
library Delivery {
    /// @notice Make a call that pays one.
    function toOne(address token, address payee, uint256 amount, bytes memory call)
        internal
        returns (bool ok, bytes memory reason)
    {
        bytes memory question = abi.encodeCall(IERC20.balanceOf, (payee));
        uint256 was;
        (ok, was) = BoundedCall.tryRead(token, BoundedCall.ALL_GAS, question);
        if (!ok) return (false, _notAToken(token));
        (ok, reason) = BoundedCall.tryCall(token, BoundedCall.ALL_GAS, call);
        if (ok) return _hasRisen(token, payee, amount, was, question);
    }

    /// @notice Make a call that pays many.
    function toAll(address token, Payout[] memory payouts, bytes memory call)
        internal
        returns (bool ok, bytes memory reason)
    {
        uint256[] memory was = new uint256[](payouts.length);
        for (uint256 i = 0; i < payouts.length; ++i) {
            bytes memory question = abi.encodeCall(IERC20.balanceOf, (payouts[i].to));
            (ok, was[i]) = BoundedCall.tryRead(token, BoundedCall.ALL_GAS, question);
            if (!ok) return (false, _notAToken(token));
        }
        (ok, reason) = BoundedCall.tryCall(token, BoundedCall.ALL_GAS, call);
        for (uint256 i = 0; ok && i < payouts.length; ++i) {
            (address payee, uint256 amount) = (payouts[i].to, payouts[i].amount);
            bytes memory question = abi.encodeCall(IERC20.balanceOf, (payee));
            (ok, reason) = _hasRisen(token, payee, amount, was[i], question);
        }
    }

    function _hasRisen(
        address token,
        address payee,
        uint256 amount,
        uint256 was,
        bytes memory question
    ) private view returns (bool, bytes memory reason) {
        (bool ok, uint256 became) = BoundedCall.tryRead(token, BoundedCall.ALL_GAS, question);
        if (!ok) return (false, _notAToken(token));
        if (became >= was && became - was == amount) return (true, reason);
        reason = abi.encodeWithSelector(
            INetSettlement.PaidOtherwise.selector, token, payee, amount, was, became
        );
        return (false, reason);
    }

    function _notAToken(address token) private pure returns (bytes memory) {
        return abi.encodeWithSelector(INetSettlement.NotAToken.selector, token);
    }
}
