// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Bytes} from "@openzeppelin/contracts/utils/Bytes.sol";
import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {IDepositAuthorizations} from "../interfaces/IDepositAuthorizations.sol";
import {HoldTerms} from "../interfaces/IDepositHolds.sol";
import {
    Affirmation,
    Instruction,
    InstructionState,
    ISettlementEngine,
    Leg,
    Progress
} from "../interfaces/ISettlementEngine.sol";
import {BoundedCall} from "../libraries/BoundedCall.sol";
import {Delivery} from "../libraries/Delivery.sol";
import {Instructions} from "../libraries/Instructions.sol";
import {LegHolds} from "../libraries/LegHolds.sol";
import {NetSettlement} from "./NetSettlement.sol";

/// @title Settles instructions, all legs or none; see ISettlementEngine
contract SettlementEngine is ISettlementEngine, NetSettlement, EIP712 {
    using Instructions for Instruction;
    using Instructions for Leg[];

    // A deadline is a second of the chain's time; who makes a block can shift it by seconds.
    // slither-disable-start timestamp

    // What was put on record, in a word of its own.
    mapping(bytes32 id => Progress) private _progress;
    // What has settled, two trades to a word: half of an id each. 128 bits are enough for nobody to
    // find a content that reads as settled because another was.
    mapping(bytes32 pair => uint256 marks) private _marks;

    // What `execute` tells `settleHeld`.
    bytes32 private transient _executed;

    constructor(address access)
        AccessManaged(access)
        EIP712("Concord SettlementEngine", "1")
    {
        if (access.code.length == 0) revert NotAContract(access);
    }

    // -------------------------------------------------------------------------------- one shot

    function settle(Instruction calldata instruction, Affirmation[] calldata affirmations)
        external
        singleEntry
        returns (bytes32 id)
    {
        bytes32 pair;
        InstructionState state;
        (id, pair, state) = _settleable(instruction);
        if (state != InstructionState.None) revert WrongState(id, state);
        Leg[] calldata legs = instruction.legs;
        if (affirmations.length != legs.length) {
            revert AffirmationCount(legs.length, affirmations.length);
        }
        for (uint256 i = 0; i < legs.length; ++i) {
            Leg calldata leg = legs[i];
            _pay(i, leg, _signedTransfer(id, instruction.deadline, leg, affirmations[i]));
        }
        _markSettled(id, pair, instruction);
    }

    // -------------------------------------------------------------------------------- by holds

    function instruct(Instruction calldata instruction)
        external
        singleEntry
        returns (bytes32 id)
    {
        InstructionState state;
        (id,, state) = _settleable(instruction);
        if (state != InstructionState.None) revert WrongState(id, state);
        _requireParty(id, instruction);
        _progress[id].state = InstructionState.Instructed;
        emit Instructed(id, instruction.ref, msg.sender, instruction);
    }

    function affirm(Instruction calldata instruction) external singleEntry {
        (bytes32 id,, InstructionState state) = _settleable(instruction);
        if (state != InstructionState.Instructed) revert WrongState(id, state);
        uint64 own = _requirePayer(id, instruction);
        uint64 affirmed = _progress[id].affirmed;
        if (affirmed & own != 0) revert AlreadyDone(id, msg.sender);
        (bool held, uint256 leg) = LegHolds.areOpen(id, instruction, own);
        if (!held) revert LegNotHeld(id, leg);
        affirmed |= own;
        _progress[id].affirmed = affirmed;
        if (affirmed == instruction.legs.allOf()) _progress[id].state = InstructionState.Affirmed;
        emit Affirmed(id, msg.sender);
    }

    function execute(Instruction calldata instruction)
        external
        singleEntry
        returns (bool settled)
    {
        (bytes32 id, bytes32 pair, InstructionState state) = _settleable(instruction);
        _executed = id;
        // The content goes on as it came, for both functions take the same; decoded and encoded
        // again it would cost as much as a read of storage.
        settled = LowLevelCall.callNoReturn(
            address(this), bytes.concat(this.settleHeld.selector, msg.data[4:])
        );
        if (!settled) return _tellFailure(id, LowLevelCall.returnData());
        if (state != InstructionState.None) _progress[id].state = InstructionState.Settled;
        _markSettled(id, pair, instruction);
    }

    function settleHeld(Instruction calldata instruction) external {
        if (msg.sender != address(this)) revert NotEngine(msg.sender);
        (bytes32 id, uint64 deadline) = (_executed, instruction.deadline);
        Leg[] calldata legs = instruction.legs;
        for (uint256 i = 0; i < legs.length; ++i) {
            Leg calldata leg = legs[i];
            _pay(i, leg, LegHolds.executing(id, leg, deadline));
        }
    }

    function cancel(Instruction calldata instruction) external singleEntry {
        (bytes32 id,,, uint256 settled) = _live(instruction);
        _requireParty(id, instruction);
        uint64 all = instruction.legs.allOf();
        // Which leg is not held makes no difference here.
        // slither-disable-next-line unused-return
        (bool held,) = LegHolds.areOpen(id, instruction, all);
        // Where another version has settled, this one cannot: nobody is bound by it any more.
        if (held && settled == 0 && !_allAskToCancel(id, instruction, all)) return;
        _progress[id].state = InstructionState.Cancelled;
        LegHolds.release(id, instruction);
        emit Cancelled(id, instruction.ref, msg.sender);
    }

    function expire(Instruction calldata instruction) external singleEntry {
        (bytes32 id,, InstructionState state,) = _stateOf(instruction);
        if (state != InstructionState.Instructed && state != InstructionState.Affirmed) {
            revert WrongState(id, state);
        }
        if (block.timestamp < instruction.deadline) {
            revert DeadlineAhead(id, instruction.deadline, block.timestamp);
        }
        _progress[id].state = InstructionState.Expired;
        LegHolds.release(id, instruction);
        emit Expired(id, instruction.ref);
    }

    // ----------------------------------------------------------------------------------- views

    function instructionId(Instruction calldata instruction) public view returns (bytes32 id) {
        (id,,,) = _stateOf(instruction);
    }

    function holdTerms(Instruction calldata instruction)
        external
        view
        returns (HoldTerms[] memory terms)
    {
        bytes32 id = instructionId(instruction);
        terms = new HoldTerms[](instruction.legs.length);
        for (uint256 i = 0; i < terms.length; ++i) {
            terms[i] = LegHolds.terms(id, instruction.legs[i], instruction.deadline);
        }
    }

    function progressOf(Instruction calldata instruction)
        external
        view
        returns (Progress memory progress)
    {
        bytes32 id;
        InstructionState state;
        (id,, state,) = _stateOf(instruction);
        progress = _progress[id];
        progress.state = state;
    }

    // ----------------------------------------------------------------------------------- parts

    function _pay(uint256 i, Leg calldata leg, bytes memory call) private {
        (bool ok, bytes memory reason) = Delivery.toOne(leg.token, leg.to, leg.amount, call);
        if (!ok) revert LegFailed(i, reason);
    }

    function _tellFailure(bytes32 id, bytes memory failure) private returns (bool) {
        // What reverts in there says which leg, in bounded words; unless its gas ran out.
        if (bytes4(failure) != LegFailed.selector) revert GasRanOut(id);
        (uint256 leg, bytes memory reason) = abi.decode(Bytes.slice(failure, 4), (uint256, bytes));
        emit SettlementFailed(id, leg, reason);
        return false;
    }

    function _allAskToCancel(bytes32 id, Instruction calldata instruction, uint64 all)
        private
        returns (bool)
    {
        uint64 own = _requirePayer(id, instruction);
        uint64 asked = _progress[id].cancelling;
        if (asked & own != 0) revert AlreadyDone(id, msg.sender);
        _progress[id].cancelling = asked | own;
        emit CancelAsked(id, msg.sender);
        return asked | own == all;
    }

    /// @dev After the legs, for nobody comes in between: see SingleEntry.
    function _markSettled(bytes32 id, bytes32 pair, Instruction calldata instruction) private {
        _marks[pair] |= _mark(id) << _shift(instruction.salt);
        emit Settled(id, instruction.ref, instruction.legs.length);
    }

    /// @dev What can still settle: it is live, and no other version of it has settled.
    function _settleable(Instruction calldata instruction)
        private
        view
        returns (bytes32 id, bytes32 pair, InstructionState state)
    {
        uint256 settled;
        (id, pair, state, settled) = _live(instruction);
        if (settled != 0) revert TradeSettled(id, instruction.salt);
    }

    /// @dev What has not ended; `settled` is the mark of the version that has.
    function _live(Instruction calldata instruction)
        private
        view
        returns (bytes32 id, bytes32 pair, InstructionState state, uint256 settled)
    {
        (id, pair, state, settled) = _stateOf(instruction);
        if (state > InstructionState.Affirmed) revert WrongState(id, state);
        if (block.timestamp >= instruction.deadline) {
            revert DeadlinePassed(id, instruction.deadline, block.timestamp);
        }
    }

    function _stateOf(Instruction calldata instruction)
        private
        view
        returns (bytes32 id, bytes32 pair, InstructionState state, uint256 settled)
    {
        bytes32 content;
        (content, pair) = instruction.identify();
        id = _hashTypedDataV4(content);
        state = _progress[id].state;
        settled = uint128(_marks[pair] >> _shift(instruction.salt));
        if (settled == _mark(id)) state = InstructionState.Settled;
    }

    function _requireParty(bytes32 id, Instruction calldata instruction) private view {
        if (!instruction.legs.hasParty(msg.sender)) revert NotParty(id, msg.sender);
    }

    function _requirePayer(bytes32 id, Instruction calldata instruction)
        private
        view
        returns (uint64 bits)
    {
        bits = instruction.legs.paidBy(msg.sender);
        if (bits == 0) revert NotPayer(id, msg.sender);
    }

    function _signedTransfer(
        bytes32 id,
        uint64 deadline,
        Leg calldata leg,
        Affirmation calldata consent
    ) private pure returns (bytes memory) {
        return abi.encodeCall(
            IDepositAuthorizations.settleTransfer,
            (leg.from, leg.to, leg.amount, id, consent.nonce, deadline, consent.signature)
        );
    }

    function _mark(bytes32 id) private pure returns (uint256) {
        // Never zero, which is the mark of nothing.
        return uint128(uint256(id)) | 1;
    }

    function _shift(bytes32 salt) private pure returns (uint256) {
        return (uint256(salt) & 1) << 7;
    }

    // slither-disable-end timestamp
}
