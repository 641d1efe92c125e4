// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HoldTerms} from "../../contracts/interfaces/IDepositHolds.sol";
import {NetCycle, NetSection} from "../../contracts/interfaces/INetSettlement.sol";
import {NetList} from "../../contracts/libraries/NetList.sol";
import {svm} from "./Symbolic.sol";

/// @notice The engine's netting up to the moment at which it calls the token.
contract NetStatement {
    function read(NetCycle calldata cycle)
        external
        pure
        returns (
            HoldTerms[] memory holds,
            uint256[] memory debits,
            address[] memory payees,
            uint256[] memory due
        )
    {
        NetSection calldata section = cycle.sections[0];
        address token = section.token;
        address[] memory parties = cycle.parties;
        uint256[] memory net = NetList.sum(token, parties.length, section.obligations);
        HoldTerms memory terms;
        (holds, debits) = NetList.debits(net, token, parties, section.debits, terms);
        (payees, due) = NetList.credits(net, token, parties, section.credits);
        NetList.requireStruck(net, token, parties);
    }
}

/// @notice I10: a net list that is accepted is, for every party, the sum of what the gross list
/// says, and all that is taken is paid out. Three parties who owe each other in any direction any
/// amounts; a net list of any amounts for any of them, of one debtor and two creditors or the
/// reverse.
contract Netting {
    NetStatement internal statement = new NetStatement();

    function check_I10_net_is_sum_of_gross_one_debtor(bool[3] calldata turned, uint8 places)
        public
        view
    {
        _check(turned, places, 1);
    }

    function check_I10_net_is_sum_of_gross_two_debtors(bool[3] calldata turned, uint8 places)
        public
        view
    {
        _check(turned, places, 2);
    }

    function witness_net(bool[3] calldata turned, uint8 places) public view {
        NetCycle memory cycle = _cycle(turned, places, 1);
        statement.read(cycle);
        assert(false);
    }

    function _check(bool[3] calldata turned, uint8 places, uint256 debtors) private view {
        NetCycle memory cycle = _cycle(turned, places, debtors);
        (
            HoldTerms[] memory holds,
            uint256[] memory debits,
            address[] memory payees,
            uint256[] memory due
        ) = statement.read(cycle);
        int256[3] memory given;
        int256 total;
        for (uint256 i = 0; i < debits.length; ++i) {
            total -= int256(debits[i]);
            for (uint256 p = 0; p < 3; ++p) {
                if (holds[i].holder == cycle.parties[p]) given[p] -= int256(debits[i]);
            }
        }
        for (uint256 i = 0; i < payees.length; ++i) {
            total += int256(due[i]);
            for (uint256 p = 0; p < 3; ++p) {
                if (payees[i] == cycle.parties[p]) given[p] += int256(due[i]);
            }
        }
        assert(total == 0);
        for (uint256 p = 0; p < 3; ++p) {
            assert(given[p] == _owed(cycle.sections[0].obligations, p));
        }
    }

    function _owed(uint256[] memory obligations, uint256 party) private pure returns (int256 sum) {
        for (uint256 i = 0; i < obligations.length; ++i) {
            sum += _owedIn(obligations[i] >> 128, party);
            sum += _owedIn(obligations[i] & type(uint128).max, party);
        }
    }

    function _owedIn(uint256 half, uint256 party) private pure returns (int256) {
        int256 amount = int256(half & type(uint112).max);
        if (half >> 120 == party) return -amount;
        if ((half >> 112) & 0xff == party) return amount;
        return 0;
    }

    function _cycle(bool[3] calldata turned, uint8 places, uint256 debtors)
        private
        pure
        returns (NetCycle memory cycle)
    {
        address[] memory parties = new address[](3);
        (parties[0], parties[1], parties[2]) = (address(0xa), address(0xb), address(0xc));
        (uint256 x, uint256 y, uint256 z) = _order(places);
        uint256[] memory obligations = new uint256[](2);
        obligations[0] =
            (_obligation(turned[0], 0, 1) << 128) | _obligation(turned[1], 1, 2);
        obligations[1] = _obligation(turned[2], 2, 0) << 128;
        uint256[] memory debits = new uint256[](debtors);
        uint256[] memory credits = new uint256[](1);
        debits[0] = _debit(x);
        if (debtors == 2) {
            debits[1] = _debit(y);
            credits[0] = _credit(z) << 128;
        } else {
            credits[0] = (_credit(y) << 128) | _credit(z);
        }
        NetSection[] memory sections = new NetSection[](1);
        sections[0] = NetSection(address(0x70), obligations, debits, credits);
        cycle = NetCycle(svm.createBytes32("cycle"), 0, parties, sections);
    }

    /// @dev A party in every place; and one that comes twice while another is left out.
    function _order(uint8 places) private pure returns (uint256, uint256, uint256) {
        if (places == 0) return (0, 1, 2);
        if (places == 1) return (2, 0, 1);
        return (0, 1, 1);
    }

    // Places are concrete on each path: memory has no symbolic index.
    function _obligation(bool turned, uint256 one, uint256 other) private pure returns (uint256) {
        uint256 amount = uint112(svm.createUint256("owed"));
        if (turned) return (other << 120) | (one << 112) | amount;
        return (one << 120) | (other << 112) | amount;
    }

    function _debit(uint256 place) private pure returns (uint256) {
        uint256 held = uint120(svm.createUint256("held"));
        return (place << 248) | (held << 128) | uint128(svm.createUint256("taken"));
    }

    function _credit(uint256 place) private pure returns (uint256) {
        return (place << 120) | uint120(svm.createUint256("paid"));
    }
}
