// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HoldTerms} from "../../../../contracts/interfaces/IDepositHolds.sol";
import {IDepositToken} from "../../../../contracts/interfaces/IDepositToken.sol";
import {NetCycle, NetSection} from "../../../../contracts/interfaces/INetSettlement.sol";
import {ALLOWED} from "../../../../contracts/libraries/AccountWord.sol";
import {Handler} from "../../base/Handler.sol";
import {Trade} from "../../base/Trade.sol";
import {vm} from "../../base/Vm.sol";

/// @notice Cycles of netting in two currencies, right ones and ones with one slip: in a list, an
/// amount, a hold. What was accepted had none, and has moved each party by what it was owed.
contract NetHandler is Handler, Trade {
    uint256 private constant PARTIES = 4;
    uint256 private constant OWED_MAX = 6;

    address[PARTIES] private _parties;
    int256[PARTIES] private _net;
    uint256[PARTIES] private _was;
    uint256[PARTIES] private _otherWas;
    mapping(bytes32 cycle => bool) private _done;
    uint256 private _cycles;
    uint256 public supply;

    constructor() {
        _buildTrade();
        for (uint256 i = 0; i < PARTIES; ++i) {
            _parties[i] = address(uint160(0x1000 * (i + 1)));
            _funds(token, _parties[i], 1_000_000);
            _funds(dollars, _parties[i], 1_000_000);
        }
        supply = token.totalSupply() + dollars.totalSupply();
    }

    // --------------------------------------------------------------------- what invariants ask

    function sums() external view returns (uint256 money, uint256 owned) {
        money = token.totalSupply() + dollars.totalSupply();
        owned = token.balanceOf(address(engine)) + dollars.balanceOf(address(engine));
    }

    // --------------------------------------------------------------------------------- actions

    /// @param slip Which one thing is wrong, if any.
    function nets(uint256 by, uint256 any, uint256 slip) external {
        NetCycle memory cycle = _cycle(any);
        bool twice = _dice(slip, 40) == 1 && _cycles != 0;
        if (twice) cycle.id = bytes32(_cycles);
        else cycle.id = bytes32(++_cycles);
        NetSection memory section = cycle.sections[0];
        section.obligations = _obligations(any);
        bool held = _lists(cycle, any, slip);
        uint256 wrong = _dice(slip, 3) == 0 ? _slip(section, slip) : 0;
        address caller = _mostly(settler, by, 12);
        _remember(IDepositToken(section.token));
        _send(caller, address(engine), abi.encodeCall(engine.settleNet, (cycle)));
        _must(caller == settler && !_done[cycle.id], "netted by a stranger, or twice");
        _must(held, "debited more than was held");
        _must(wrong == 0, "netted what the gross list does not add up to");
        _done[cycle.id] = true;
        _movedByNet(IDepositToken(section.token));
    }

    function admitsOrNot(uint256 whose, uint256 bits) external {
        vm.prank(compliance);
        token.setAccountFlags(_parties[whose % PARTIES], _dice(bits, 8) != 0 ? ALLOWED : 0);
    }

    function timePasses(uint256 seconds_) external {
        vm.warp(block.timestamp + seconds_ % HOUR);
    }

    // ----------------------------------------------------------------------------------- parts

    function _cycle(uint256 any) private view returns (NetCycle memory cycle) {
        cycle.expiry = uint64(block.timestamp) + HOUR;
        cycle.parties = new address[](PARTIES);
        for (uint256 i = 0; i < PARTIES; ++i) cycle.parties[i] = _parties[i];
        cycle.sections = new NetSection[](1);
        cycle.sections[0].token = _dice(any, 2) == 0 ? address(token) : address(dollars);
    }

    /// @dev The gross list, and in `_net` what it adds up to.
    function _obligations(uint256 any) private returns (uint256[] memory words) {
        uint256 count = _dice(any, OWED_MAX) + 1;
        words = new uint256[]((count + 1) / 2);
        delete _net;
        for (uint256 i = 0; i < count; ++i) {
            uint256 one = uint256(keccak256(abi.encode(any, i)));
            uint256 from = _dice(one, PARTIES);
            uint256 to = (from + 1 + one % (PARTIES - 1)) % PARTIES;
            uint256 amount = _dice(one, 5000) + 1;
            _net[from] -= int256(amount);
            _net[to] += int256(amount);
            words[i / 2] |= (from << 120 | to << 112 | amount) << (i % 2 == 0 ? 128 : 0);
        }
    }

    /// @dev The net list, and the holds of the debtors; whether all of those are there and enough.
    function _lists(NetCycle memory cycle, uint256 any, uint256 slip)
        private
        returns (bool held)
    {
        NetSection memory section = cycle.sections[0];
        uint256 debtors = 0;
        uint256 creditors = 0;
        for (uint256 i = 0; i < PARTIES; ++i) {
            if (_net[i] < 0) ++debtors;
            if (_net[i] > 0) ++creditors;
        }
        section.debits = new uint256[](debtors);
        section.credits = new uint256[]((creditors + 1) / 2);
        (debtors, creditors, held) = (0, 0, true);
        for (uint256 i = 0; i < PARTIES; ++i) {
            if (_net[i] < 0) {
                uint256 amount = uint256(-_net[i]);
                uint256 cap = _dice(slip, 30) == 2 ? amount - 1 : amount + _dice(any, 100);
                bool opened = _dice(slip, 30) != 3 && _opens(cycle, _parties[i], cap);
                held = held && opened && cap >= amount;
                section.debits[debtors++] = i << 248 | cap << 128 | amount;
            } else if (_net[i] > 0) {
                uint256 half = i << 120 | uint256(_net[i]);
                section.credits[creditors / 2] |= half << (creditors % 2 == 0 ? 128 : 0);
                ++creditors;
            }
        }
    }

    function _opens(NetCycle memory cycle, address holder, uint256 cap) private returns (bool) {
        address self = address(engine);
        HoldTerms memory terms = HoldTerms(holder, self, cap, self, cycle.expiry, cycle.id);
        vm.prank(holder);
        try IDepositToken(cycle.sections[0].token).createHold(terms) {
            return true;
        } catch {
            return false;
        }
    }

    /// @dev Makes one number wrong, in the gross or in the net list.
    function _slip(NetSection memory section, uint256 slip) private pure returns (uint256) {
        uint256 kind = _dice(slip, 5);
        if (kind == 0) section.obligations[0] += 1 << 128;
        if (kind == 1) section.obligations[0] ^= 1 << (128 + 120);
        if (kind == 2 && section.debits.length != 0) section.debits[0] += 1;
        if (kind == 3 && section.credits.length != 0) section.credits[0] += 1 << 128;
        if (kind == 4 && section.credits.length != 0) section.credits = new uint256[](0);
        return kind < 2 || section.debits.length != 0 ? 1 : 0;
    }

    function _remember(IDepositToken at) private {
        for (uint256 i = 0; i < PARTIES; ++i) {
            _was[i] = at.balanceOf(_parties[i]);
            _otherWas[i] = (at == token ? dollars : token).balanceOf(_parties[i]);
        }
    }

    function _movedByNet(IDepositToken at) private {
        for (uint256 i = 0; i < PARTIES; ++i) {
            int256 moved = int256(at.balanceOf(_parties[i])) - int256(_was[i]);
            _must(moved == _net[i], "moved by another amount than the net");
            uint256 other = (at == token ? dollars : token).balanceOf(_parties[i]);
            _must(other == _otherWas[i], "another currency moved");
        }
    }
}
