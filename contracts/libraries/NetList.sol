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
            // In order, so none is there twice: each party then has one net amount.
            if (parties[i] <= last) revert INetSettlement.PartiesMalformed(i);
            last = parties[i];
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
            if (!_add(net, word >> HALF)) {
                revert INetSettlement.ObligationMalformed(token, 2 * i);
            }
            word &= HALF_MASK;
            if (word == 0 && i == count - 1) break;
            if (!_add(net, word)) {
                revert INetSettlement.ObligationMalformed(token, 2 * i + 1);
            }
        }
    }

    function _add(int256[] memory net, uint256 half) private pure returns (bool) {
        uint256 debtor = half >> 120;
        uint256 creditor = (half >> 112) & 0xff;
        int256 amount = int256(half & type(uint112).max);
        if (amount == 0 || debtor == creditor) return false;
        if (debtor >= net.length || creditor >= net.length) return false;
        unchecked {
            net[debtor] -= amount;
            net[creditor] += amount;
        }
        return true;
    }

    /// @notice The holds that the net debtors pay out of, and how much of each.
    function debits(int256[] memory net, NetCycle calldata cycle, NetSection calldata section)
        internal
        view
        returns (HoldTerms[] memory holds, uint256[] memory amounts)
    {
        uint256 count = section.debits.length;
        holds = new HoldTerms[](count);
        amounts = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            uint256 word = section.debits[i];
            uint256 amount = word & HALF_MASK;
            address party =
                _strike(net, cycle.parties, section.token, word >> 248, -int256(amount));
            amounts[i] = amount;
            holds[i] = HoldTerms({
                holder: party,
                recipient: address(this),
                amount: (word >> HALF) & type(uint120).max,
                notary: address(this),
                expiry: cycle.expiry,
                ref: cycle.id
            });
        }
    }

    /// @notice What the net creditors get.
    function credits(int256[] memory net, NetCycle calldata cycle, NetSection calldata section)
        internal
        pure
        returns (Payout[] memory payouts)
    {
        uint256 words = section.credits.length;
        if (words == 0) return payouts;
        uint256 count = 2 * words;
        if (section.credits[words - 1] & HALF_MASK == 0) --count;
        payouts = new Payout[](count);
        for (uint256 i = 0; i < count; ++i) {
            uint256 word = section.credits[i / 2];
            uint256 half = i % 2 == 0 ? word >> HALF : word & HALF_MASK;
            uint256 amount = half & type(uint120).max;
            address party = _strike(net, cycle.parties, section.token, half >> 120, int256(amount));
            payouts[i] = Payout(party, amount);
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

    function _strike(
        int256[] memory net,
        address[] calldata parties,
        address token,
        uint256 place,
        int256 given
    ) private pure returns (address party) {
        if (place >= net.length) revert INetSettlement.PartyUnknown(token, place);
        party = parties[place];
        if (net[place] != given) {
            revert INetSettlement.NetMismatch(party, token, net[place], given);
        }
        net[place] = 0;
    }
}
