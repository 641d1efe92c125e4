// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HoldTerms} from "../interfaces/IDepositHolds.sol";
import {INetSettlement} from "../interfaces/INetSettlement.sol";
import {Words} from "./Words.sol";

/// @title The arithmetic of netting
/// @notice Adds up the gross list, and strikes off it what the net list has; what is left then must
/// be nothing. No sum leaves its word: each is at most a calldata's length of 112-bit numbers. Net
/// amounts are signed, and kept as words; adding and comparing are the same for both.
library NetList {
    using Words for *;

    uint256 private constant PARTIES_MAX = 256;
    uint256 private constant HALF = 128;
    uint256 private constant HALF_MASK = type(uint128).max;

    function requireAscending(address[] memory parties) internal pure {
        uint256 count = parties.length;
        if (count == 0 || count > PARTIES_MAX) revert INetSettlement.PartiesMalformed(count);
        address last = address(0);
        for (uint256 i = 0; i < count; ++i) {
            address party = parties.get(i);
            // In order, so none is there twice: each party then has one net amount.
            if (party <= last) revert INetSettlement.PartiesMalformed(i);
            last = party;
        }
    }

    /// @notice What each party is owed on balance; negative is what it owes.
    function sum(address token, uint256 parties, uint256[] calldata obligations)
        internal
        pure
        returns (uint256[] memory net)
    {
        net = new uint256[](parties);
        uint256 count = halves(obligations);
        for (uint256 i = 0; i < count; ++i) {
            uint256 half = obligations.halfAt(i);
            uint256 debtor = half >> 120;
            uint256 creditor = (half >> 112) & 0xff;
            uint256 amount = half & type(uint112).max;
            if (amount == 0 || debtor == creditor || debtor >= parties || creditor >= parties) {
                revert INetSettlement.ObligationMalformed(token, i);
            }
            unchecked {
                net.set(debtor, net.get(debtor) - amount);
                net.set(creditor, net.get(creditor) + amount);
            }
        }
    }

    /// @notice The holds that the net debtors pay out of, and how much of each. All are of the
    /// same `terms` but for holder and amount.
    function debits(
        uint256[] memory net,
        address token,
        address[] memory parties,
        uint256[] calldata list,
        HoldTerms memory terms
    ) internal pure returns (HoldTerms[] memory holds, uint256[] memory amounts) {
        holds = new HoldTerms[](list.length);
        amounts = new uint256[](list.length);
        for (uint256 i = 0; i < list.length; ++i) {
            uint256 word = list[i];
            uint256 amount = word & HALF_MASK;
            amounts.set(i, amount);
            HoldTerms memory hold = holds[i];
            hold.holder = _strike(net, token, parties, word >> 248, uint256(-int256(amount)));
            hold.amount = (word >> HALF) & type(uint120).max;
            hold.recipient = terms.recipient;
            hold.notary = terms.notary;
            hold.expiry = terms.expiry;
            hold.ref = terms.ref;
        }
    }

    /// @notice The net creditors, and what each gets.
    function credits(
        uint256[] memory net,
        address token,
        address[] memory parties,
        uint256[] calldata list
    ) internal pure returns (address[] memory payees, uint256[] memory due) {
        uint256 count = halves(list);
        payees = new address[](count);
        due = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            uint256 half = list.halfAt(i);
            uint256 amount = half & type(uint120).max;
            payees.set(i, _strike(net, token, parties, half >> 120, amount));
            due.set(i, amount);
        }
    }

    /// @notice Every party's net amount was in the net list.
    function requireStruck(uint256[] memory net, address token, address[] memory parties)
        internal
        pure
    {
        for (uint256 i = 0; i < net.length; ++i) {
            int256 left = int256(net.get(i));
            if (left != 0) revert INetSettlement.NetMismatch(parties.get(i), token, left, 0);
        }
    }

    /// @notice How many half words a list has; the last may be empty.
    function halves(uint256[] calldata list) internal pure returns (uint256 count) {
        count = list.length;
        if (count == 0) return 0;
        count = list[count - 1] & HALF_MASK == 0 ? 2 * count - 1 : 2 * count;
    }

    function _strike(
        uint256[] memory net,
        address token,
        address[] memory parties,
        uint256 place,
        uint256 given
    ) private pure returns (address party) {
        if (place >= net.length) revert INetSettlement.PartyUnknown(token, place);
        party = parties.get(place);
        uint256 expected = net.get(place);
        if (expected != given) {
            revert INetSettlement.NetMismatch(party, token, int256(expected), int256(given));
        }
        net.set(place, 0);
    }
}
