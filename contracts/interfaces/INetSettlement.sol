// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HoldTerms} from "./IDepositHolds.sol";

/// @notice What is netted in one token. Numbers are packed from the highest bit on; a party is its
/// place in the cycle's list.
/// @param token The token all of this is owed in.
/// @param obligations Gross list, two to a word, each `debtor (8 bits) | creditor (8) | amount
/// (112)`. The last half word may be empty.
/// @param debits Net debtors, one to a word: `party (8) | held (120) | amount (128)`. `held` is
/// what the party holds for the cycle, its cap.
/// @param credits Net creditors, two to a word, each `party (8) | amount (120)`. The last half word
/// may be empty.
struct NetSection {
    address token;
    uint256[] obligations;
    uint256[] debits;
    uint256[] credits;
}

/// @notice One run of netting.
/// @param id Reference of the holds; each id is settled once.
/// @param expiry Expiry of the holds.
/// @param parties At most 256, in ascending order.
/// @param sections One per token, in ascending order of the tokens.
struct NetCycle {
    bytes32 id;
    uint64 expiry;
    address[] parties;
    NetSection[] sections;
}

/// @title Multilateral netting out of prefunded holds
/// @notice For each token, every party pays or gets the one amount that its obligations add up to;
/// the engine proves that from the gross list, and all of the cycle is settled or none. A party is
/// debited only out of a hold that it has opened for the cycle (`ref` = id, notary and recipient =
/// this engine), so what it holds is the most it can lose to a wrong list.
interface INetSettlement {
    /// @notice The cycle is settled in this token; the token has an event for each movement.
    /// @param grossHash keccak256(abi.encode(parties, obligations)) of what was netted.
    event NetSettled(
        bytes32 indexed cycle,
        address indexed token,
        bytes32 grossHash,
        uint256 debits,
        uint256 credits
    );

    /// @notice A cycle of that id was settled before.
    error CycleSettled(bytes32 cycle);

    /// @notice No party, more than 256, or not in ascending order from this place on.
    error PartiesMalformed(uint256 place);

    /// @notice No section, or the tokens are not in ascending order from this place on.
    error SectionsMalformed(uint256 place);

    /// @notice An obligation of zero, to oneself, or of nobody in the list.
    error ObligationMalformed(address token, uint256 place);

    /// @notice The obligations of the party add up to `expected`, and the net list has `given`;
    /// a debtor's amounts are negative.
    error NetMismatch(address party, address token, int256 expected, int256 given);

    /// @notice The net list names a place that has no party.
    error PartyUnknown(address token, uint256 place);

    /// @notice The token did not pay; `reason` is at most 256 bytes of what it said, or an error of
    /// ours.
    error NetFailed(address token, bytes reason);

    /// @notice The address does not tell the balance of a payee.
    error NotAToken(address token);

    /// @notice The payee's balance did not rise by exactly what it is due.
    error PaidOtherwise(address token, address payee, uint256 amount, uint256 was, uint256 became);

    /// @notice The hold is not one of netting: its recipient is another.
    error NotForNetting(address recipient);

    /// @notice Settle a cycle. Restricted (SETTLER).
    function settleNet(NetCycle calldata cycle) external;

    /// @notice Give back what is held for netting and not needed. Restricted (SETTLER); from expiry
    /// on anyone releases at the token.
    function releaseNetHolds(address token, HoldTerms[] calldata holds) external;

    /// @notice Whether a cycle of that id was settled.
    function isCycleSettled(bytes32 id) external view returns (bool);
}
