// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HoldTerms, Payout} from "../interfaces/IDepositHolds.sol";
import {INetSettlement, NetCycle, NetSection} from "../interfaces/INetSettlement.sol";

/// @title The arithmetic of netting
/// @notice Adds up the gross list, and strikes off it what the net list has; what is left then must
/// be nothing. No sum leaves its word: each is at most a calldata's length of 112-bit numbers.
library NetList {
    uint256 private constant PARTIES_MAX = 256;
    uint256 private constant HALF = 128;
    uint256 private constant HALF_MASK = type(uint128).max;

    function requireAscending(address[] calldata parties) internal pure {
        uint256 count = parties.length;
        if (count == 0 || count > PARTIES_MAX) revert INetSettlement.PartiesMalformed(count);
        address last = address(0);
        for (uint256 i = 0; i < count; ++i) {
            address party = parties[i];
            // In order, so none is there twice: each party then has one net amount.
            if (party <= last) revert INetSettlement.PartiesMalformed(i);
            last = party;
        }
    }

    /// @notice What each party is owed on balance; negative is what it owes.
    function sum(address token, uint256 parties, uint256[] calldata obligations)
        internal
        pure
        returns (int256[] memory net)
    {
        net = new int256[](parties);
        uint256 count = obligations.length;
        for (uint256 i = 0; i < count; ++i) {
            uint256 word = obligations[i];
            if (!_add(net, parties, word >> HALF)) {
                revert INetSettlement.ObligationMalformed(token, 2 * i);
            }
            word &= HALF_MASK;
            if (word == 0 && i == count - 1) break;
            if (!_add(net, parties, word)) {
                revert INetSettlement.ObligationMalformed(token, 2 * i + 1);
            }
        }
    }

    /// @notice The holds that the net debtors pay out of, and how much of each.
    function debits(int256[] memory net, NetCycle calldata cycle, NetSection calldata section)
        internal
        view
        returns (HoldTerms[] memory holds, uint256[] memory amounts)
    {
        uint256[] calldata words = section.debits;
        address[] calldata parties = cycle.parties;
        (address token, uint64 expiry, bytes32 ref) = (section.token, cycle.expiry, cycle.id);
        holds = new HoldTerms[](words.length);
        amounts = new uint256[](words.length);
        for (uint256 i = 0; i < words.length; ++i) {
            uint256 word = words[i];
            uint256 amount = word & HALF_MASK;
            amounts[i] = amount;
            HoldTerms memory hold = holds[i];
            hold.holder = _strike(net, parties, token, word >> 248, -int256(amount));
            hold.recipient = address(this);
            hold.amount = (word >> HALF) & type(uint120).max;
            hold.notary = address(this);
            hold.expiry = expiry;
            hold.ref = ref;
        }
    }

    /// @notice What the net creditors get.
    function credits(int256[] memory net, NetCycle calldata cycle, NetSection calldata section)
        internal
        pure
        returns (Payout[] memory payouts)
    {
        uint256[] calldata words = section.credits;
        if (words.length == 0) return payouts;
        address[] calldata parties = cycle.parties;
        address token = section.token;
        uint256 count = 2 * words.length;
        if (words[words.length - 1] & HALF_MASK == 0) --count;
        payouts = new Payout[](count);
        for (uint256 i = 0; i < count; ++i) {
            uint256 word = words[i >> 1];
            uint256 half = i & 1 == 0 ? word >> HALF : word & HALF_MASK;
            uint256 amount = half & type(uint120).max;
            Payout memory payout = payouts[i];
            payout.to = _strike(net, parties, token, half >> 120, int256(amount));
            payout.amount = amount;
        }
    }

    /// @notice Every party's net amount was in the net list.
    function requireStruck(int256[] memory net, address[] calldata parties, address token)
        internal
        pure
    {
        for (uint256 i = 0; i < net.length; ++i) {
            if (net[i] != 0) revert INetSettlement.NetMismatch(parties[i], token, net[i], 0);
        }
    }

    function _add(int256[] memory net, uint256 parties, uint256 half) private pure returns (bool) {
        uint256 debtor = half >> 120;
        uint256 creditor = (half >> 112) & 0xff;
        uint256 amount = half & type(uint112).max;
        if (amount == 0 || debtor == creditor || debtor >= parties || creditor >= parties) {
            return false;
        }
        // `net` has `parties` words behind its length, and both places are below that: the line
        // above. The compiler would ask again four times, for every obligation of the list.
        assembly ("memory-safe") {
            let owes := add(net, shl(5, add(debtor, 1)))
            let isOwed := add(net, shl(5, add(creditor, 1)))
            mstore(owes, sub(mload(owes), amount))
            mstore(isOwed, add(mload(isOwed), amount))
        }
        return true;
    }

    function _strike(
        int256[] memory net,
        address[] calldata parties,
        address token,
        uint256 place,
        int256 given
    ) private pure returns (address party) {
        if (place >= net.length) revert INetSettlement.PartyUnknown(token, place);
        party = parties[place];
        int256 expected = net[place];
        if (expected != given) {
            revert INetSettlement.NetMismatch(party, token, expected, given);
        }
        net[place] = 0;
    }
}
