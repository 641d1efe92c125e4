// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {IDepositToken} from "../interfaces/IDepositToken.sol";
import {INetSettlement} from "../interfaces/INetSettlement.sol";
import {BoundedCall} from "./BoundedCall.sol";
import {Words} from "./Words.sol";

/// @title A call to a token after which payees have exactly what they are due
/// @notice A token may return, and yet have moved nothing, or have kept a fee; so balances count.
/// `reason` says why it did not deliver; the caller then reverts.
library Delivery {
    using Words for uint256[];

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

    /// @notice Make a call that pays many; none of them is there twice.
    function toAll(address token, address[] memory payees, uint256[] memory due, bytes memory call)
        internal
        returns (bool ok, bytes memory reason)
    {
        bytes memory question = abi.encodeCall(IDepositToken.balancesOf, (payees));
        (bool knows, uint256[] memory was) =
            BoundedCall.tryReadList(token, question, payees.length);
        if (!knows) return (false, _notAToken(token));
        (ok, reason) = BoundedCall.tryCall(token, BoundedCall.ALL_GAS, call);
        if (!ok) return (false, reason);
        uint256[] memory became;
        (knows, became) = BoundedCall.tryReadList(token, question, payees.length);
        if (!knows) return (false, _notAToken(token));
        for (uint256 i = 0; i < payees.length; ++i) {
            if (!_rose(was.get(i), became.get(i), due.get(i))) {
                return (false, _paidOtherwise(token, payees[i], due[i], was[i], became[i]));
            }
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
        if (_rose(was, became, amount)) return (true, reason);
        return (false, _paidOtherwise(token, payee, amount, was, became));
    }

    function _rose(uint256 was, uint256 became, uint256 amount) private pure returns (bool) {
        unchecked {
            return became >= was && became - was == amount;
        }
    }

    function _paidOtherwise(
        address token,
        address payee,
        uint256 amount,
        uint256 was,
        uint256 became
    ) private pure returns (bytes memory) {
        return abi.encodeWithSelector(
            INetSettlement.PaidOtherwise.selector, token, payee, amount, was, became
        );
    }

    function _notAToken(address token) private pure returns (bytes memory) {
        return abi.encodeWithSelector(INetSettlement.NotAToken.selector, token);
    }
}
