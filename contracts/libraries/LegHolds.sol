// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HoldState, HoldTerms, IDepositHolds} from "../interfaces/IDepositHolds.sol";
import {Instruction, Leg} from "../interfaces/ISettlementEngine.sol";
import {BoundedCall} from "./BoundedCall.sol";

/// @title The holds that an instruction is settled out of
/// @notice Here a call that fails is an answer: a hold that does not show itself is not open, and
/// one that is not released stays. So each call gets an amount of gas that no caller can lessen and
/// no token can burn more of.
library LegHolds {
    // Several times what a deposit token needs, cold and behind its proxy.
    uint256 private constant READ_GAS_MAX = 50_000;
    uint256 private constant RELEASE_GAS_MAX = 100_000;

    /// @notice The hold of one leg: it can be executed by the engine alone, for this content alone.
    function terms(bytes32 id, Leg calldata leg, uint64 deadline)
        internal
        view
        returns (HoldTerms memory)
    {
        return HoldTerms({
            holder: leg.from,
            recipient: leg.to,
            amount: leg.amount,
            notary: address(this),
            expiry: deadline,
            ref: id
        });
    }

    /// @notice The call that pays the whole leg out of its hold.
    function executing(bytes32 id, Leg calldata leg, uint64 deadline)
        internal
        view
        returns (bytes memory)
    {
        uint256 amount = leg.amount;
        // The terms are of fixed size, so their members stand in their place; spares a copy.
        return abi.encodeWithSelector(
            IDepositHolds.executeHold.selector,
            leg.from,
            leg.to,
            amount,
            address(this),
            deadline,
            id,
            amount
        );
    }

    /// @notice Whether the legs of `bits` are held; if not, the first that is not.
    function areOpen(bytes32 id, Instruction calldata instruction, uint64 bits)
        internal
        view
        returns (bool, uint256)
    {
        for (uint256 i = 0; i < instruction.legs.length; ++i) {
            if (bits & (1 << i) == 0) continue;
            Leg calldata leg = instruction.legs[i];
            if (!_isOpen(leg.token, terms(id, leg, instruction.deadline))) return (false, i);
        }
        return (true, 0);
    }

    /// @notice Release what can be. Nobody's money waits for another's token; and from the deadline
    /// on anyone may release at the token.
    function release(bytes32 id, Instruction calldata instruction) internal {
        for (uint256 i = 0; i < instruction.legs.length; ++i) {
            Leg calldata leg = instruction.legs[i];
            HoldTerms memory hold = terms(id, leg, instruction.deadline);
            BoundedCall.requireGas(RELEASE_GAS_MAX);
            // A hold that cannot be released now is released at its token, from the deadline on.
            // slither-disable-next-line unused-return
            BoundedCall.tryCall(
                leg.token, RELEASE_GAS_MAX, abi.encodeCall(IDepositHolds.releaseHold, (hold))
            );
        }
    }

    function _isOpen(address token, HoldTerms memory hold) private view returns (bool) {
        (bool known, uint256 holdId) = _ask(token, abi.encodeCall(IDepositHolds.holdId, (hold)));
        if (!known) return false;
        (bool told, uint256 state) =
            _ask(token, abi.encodeCall(IDepositHolds.holdState, (bytes32(holdId))));
        return told && state == uint256(HoldState.Open);
    }

    function _ask(address token, bytes memory question) private view returns (bool, uint256) {
        BoundedCall.requireGas(READ_GAS_MAX);
        return BoundedCall.tryRead(token, READ_GAS_MAX, question);
    }
}
