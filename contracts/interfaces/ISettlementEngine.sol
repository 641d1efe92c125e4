// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HoldTerms} from "./IDepositHolds.sol";
import {INetSettlement} from "./INetSettlement.sol";

/// @notice One movement of one token; a settlement is all of its legs or none.
struct Leg {
    address token;
    address from;
    address to;
    uint256 amount;
}

/// @notice The whole content of a settlement. Its id is the hash of this, so nobody can affirm one
/// thing and have another settled.
/// @param legs One to 64, no two alike.
/// @param deadline Unix second from which it can no longer be settled.
/// @param ref Payment reference: UETR (16 bytes), then the bank's ledger entry id (16 bytes).
/// @param salt Tells trades apart. Of all contents with the same tokens and payers, leg by leg, and
/// the same salt, at most one ever settles, so a corrected version never settles beside the first.
/// Two salts that differ in the lowest bit alone share a word of storage: the second is cheaper.
struct Instruction {
    Leg[] legs;
    uint64 deadline;
    bytes32 ref;
    bytes32 salt;
}

/// @notice A payer's consent to one leg: the token's SettlementTransfer, signed for this engine,
/// with the instruction's id and deadline.
struct Affirmation {
    uint256 nonce;
    bytes signature;
}

/// @notice The life of an instruction. Settled, Cancelled and Expired are never left.
enum InstructionState {
    None,
    Instructed,
    Affirmed,
    Settled,
    Cancelled,
    Expired
}

/// @notice Where an instruction stands; a bit per leg, the first leg the lowest.
/// @param affirmed Legs whose payer has affirmed.
/// @param cancelling Legs whose payer has asked to cancel what is held in full.
struct Progress {
    InstructionState state;
    uint64 affirmed;
    uint64 cancelling;
}

/// @title Delivery versus payment and payment versus payment, in any number of legs
/// @notice Two ways lead to Settled. In one shot, `settle` brings every payer's signature. By
/// holds, each payer opens the hold that `holdTerms` gives for each of its legs; an open hold is
/// consent to exactly this content until its deadline, and its holder cannot take it back.
///
///     action   | from                     | by whom, and when                         | to
///     ---------|--------------------------|-------------------------------------------|----------
///     settle   | None                     | anyone with all payers' signatures        | Settled
///     instruct | None                     | a party                                   | Instructed
///     affirm   | Instructed               | a payer whose legs are all held           | the same;
///              |                          | ... the last of them                      | Affirmed
///     execute  | None Instructed Affirmed | anyone; settles if every leg is held      | Settled
///     cancel   | None Instructed Affirmed | a party, while not every leg is held, or  |
///              |                          | ... once another version has settled      | Cancelled
///              |                          | every payer, each asking, once all are    | Cancelled
///     expire   | Instructed Affirmed      | anyone, at or after the deadline          | Expired
///
/// All but `expire` only before the deadline. Parties are payers and payees.
///
/// Why: a party may leave while another still can, so nobody is bound alone beyond the deadline;
/// once all are bound nobody leaves alone, an operator neither, since who may cancel alone picks
/// whether to be bound after the market has moved. Executing is open to all because every payer has
/// agreed by then and it only does what they agreed to. `settle` is not for what was instructed: it
/// would leave the holds of those who have affirmed behind. Where nothing is recorded there is
/// nothing to expire; the holds are released at the token.
///
/// A token is not trusted: no reason it gives is copied beyond 256 bytes, and each payee's balance
/// must rise by exactly its leg. One that lies about balances harms those who accept it as payment;
/// the other legs still move all or not at all.
interface ISettlementEngine is INetSettlement {
    /// @notice The content is on record; whoever knows the id's content may act on it.
    event Instructed(
        bytes32 indexed id, bytes32 indexed ref, address indexed by, Instruction instruction
    );

    /// @notice All legs of this payer are held.
    event Affirmed(bytes32 indexed id, address indexed payer);

    /// @notice All legs were paid; each token has its own event, with the id as reference.
    event Settled(bytes32 indexed id, bytes32 indexed ref, uint256 legs);

    /// @notice A payer agrees to cancel what is held in full.
    event CancelAsked(bytes32 indexed id, address indexed payer);

    /// @notice It will never settle; what was held is released.
    event Cancelled(bytes32 indexed id, bytes32 indexed ref, address indexed by);

    /// @notice It will never settle; what was held is released.
    event Expired(bytes32 indexed id, bytes32 indexed ref);

    /// @notice Nothing moved because of this leg; it can be tried again until the deadline.
    /// @param reason What the token reverted with, at most 256 bytes of it, or an error of ours.
    event SettlementFailed(bytes32 indexed id, uint256 leg, bytes reason);

    /// @notice Not one to 64 legs.
    error LegCount(uint256 legs);

    /// @notice A leg of zero, to its own payer, or to the engine.
    error LegMalformed(uint256 leg);

    /// @notice Two legs are alike, so one hold would be both.
    error LegRepeated(uint256 leg, uint256 again);

    /// @notice A reference of zero.
    error ReferenceMissing();

    /// @notice Every leg needs its affirmation.
    error AffirmationCount(uint256 legs, uint256 affirmations);

    /// @notice From this state the action is not possible.
    error WrongState(bytes32 id, InstructionState state);

    /// @notice Another version of the trade, with the same payers, tokens and salt, has settled.
    error TradeSettled(bytes32 id, bytes32 salt);

    /// @notice At or after its deadline an instruction can only expire.
    error DeadlinePassed(bytes32 id, uint64 deadline, uint256 time);

    /// @notice Before its deadline an instruction does not expire.
    error DeadlineAhead(bytes32 id, uint64 deadline, uint256 time);

    /// @notice Only a party of the instruction may do this.
    error NotParty(bytes32 id, address caller);

    /// @notice Only a payer of the instruction may do this.
    error NotPayer(bytes32 id, address caller);

    /// @notice The payer's hold for this leg is not open.
    error LegNotHeld(bytes32 id, uint256 leg);

    /// @notice The payer has done this before.
    error AlreadyDone(bytes32 id, address payer);

    /// @notice A leg could not be paid; nothing has moved. `reason` as in SettlementFailed.
    error LegFailed(uint256 leg, bytes reason);

    /// @notice The address has no code, so it cannot be the access manager.
    error NotAContract(address account);

    /// @notice The legs used up the gas that they were given, so none of them is to blame.
    error GasRanOut(bytes32 id);

    /// @notice Only the engine itself calls this.
    error NotEngine(address caller);

    /// @notice Settle in one shot; reverts unless every leg is paid.
    /// @param affirmations One per leg, in their order; two legs of a payer have two nonces.
    function settle(Instruction calldata instruction, Affirmation[] calldata affirmations)
        external
        returns (bytes32 id);

    /// @notice Put the content on record, for settlement by holds.
    function instruct(Instruction calldata instruction) external returns (bytes32 id);

    /// @notice State that all legs of the caller are held; refused unless they are.
    function affirm(Instruction calldata instruction) external;

    /// @notice Pay every leg out of its hold, or none: then SettlementFailed tells why.
    /// @return settled Whether it settled.
    function execute(Instruction calldata instruction) external returns (bool settled);

    /// @notice Give up, or ask to; see the table. Releases all holds of the instruction.
    function cancel(Instruction calldata instruction) external;

    /// @notice End what did not settle in time. Releases all holds of the instruction.
    function expire(Instruction calldata instruction) external;

    /// @notice The inner part of `execute`, undone as a whole when a leg fails. Not for others.
    function settleHeld(Instruction calldata instruction) external;

    /// @notice The id of a content: its EIP-712 hash in this engine's domain.
    function instructionId(Instruction calldata instruction) external view returns (bytes32);

    /// @notice The hold to open for each leg: notary is the engine, `ref` the id, `expiry` the
    /// deadline.
    function holdTerms(Instruction calldata instruction)
        external
        view
        returns (HoldTerms[] memory);

    /// @notice Where an instruction stands.
    function progressOf(Instruction calldata instruction) external view returns (Progress memory);
}
