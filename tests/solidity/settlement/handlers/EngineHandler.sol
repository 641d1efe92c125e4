// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HoldState, HoldTerms} from "../../../../contracts/interfaces/IDepositHolds.sol";
import {IDepositToken} from "../../../../contracts/interfaces/IDepositToken.sol";
import {
    Affirmation,
    Instruction,
    InstructionState as State,
    Leg
} from "../../../../contracts/interfaces/ISettlementEngine.sol";
import {ALLOWED} from "../../../../contracts/libraries/AccountWord.sol";
import {Handler} from "../../base/Handler.sol";
import {Trade} from "../../base/Trade.sol";
import {vm} from "../../base/Vm.sol";

interface IMoody {
    function become(uint8 mood, uint8 manners) external;
    function mint(address to, uint256 amount) external;
    function createHold(HoldTerms calldata terms) external;
}

/// @notice Instructions of every shape in two honest currencies and one token in any mood, acted on
/// by anyone at any time. The honest balances of all three people move by the whole of an
/// instruction, once, when all have agreed to it; else not at all.
contract EngineHandler is Handler, Trade {
    // Every mood but one that lies about balances, which harms those who accept it as payment.
    uint8 private constant LYING = 10;

    address private _moody;
    address[3] private _people;
    bytes[] private _trades;
    mapping(uint256 which => State) private _states;
    mapping(bytes32 trade => bool) private _settledTrades;
    int256[3][2] private _moved;
    uint256[3][2] private _was;
    uint256 public settled;

    constructor() {
        _buildTrade();
        _moody = _deploy("HostileToken", "");
        IMoody(_moody).mint(alice, 1_000_000);
        IMoody(_moody).mint(bob, 1_000_000);
        _people = [alice, bob, carol];
        _funds(token, carol, 1);
        _funds(dollars, carol, 1);
        _funds(token, alice, 1_000_000);
        _funds(token, bob, 1_000_000);
        _funds(dollars, alice, 1_000_000);
        _funds(dollars, bob, 1_000_000);
        _remember();
    }

    // --------------------------------------------------------------------- what invariants ask

    function trades() external view returns (uint256) {
        return _trades.length;
    }

    function stateOf(uint256 which) external view returns (State got, State) {
        return (engine.progressOf(_trade(which)).state, _states[which]);
    }

    function owned() external view returns (uint256) {
        return token.balanceOf(address(engine)) + dollars.balanceOf(address(engine));
    }

    // --------------------------------------------------------------------------------- actions

    function proposes(uint256 any, uint256 more) external {
        Instruction memory trade;
        trade.legs = new Leg[](_dice(any, 3) + 1);
        for (uint256 i = 0; i < trade.legs.length; ++i) {
            uint256 leg = uint256(keccak256(abi.encode(any, i)));
            bool forth = _dice(leg, 2) == 0;
            trade.legs[i] = Leg({
                token: _dice(leg, 6) == 0
                    ? _moody
                    : _dice(leg, 5) < 3 ? address(token) : address(dollars),
                from: forth ? alice : bob,
                to: _dice(leg, 9) == 0 ? carol : forth ? bob : alice,
                amount: _dice(leg, 24) == 0 ? leg : _dice(leg, 1000) + 1
            });
            if (_dice(leg, 25) == 0) trade.legs[i].amount = 0;
            if (_dice(leg, 26) == 0) trade.legs[i].to = address(engine);
        }
        trade.deadline = uint64(block.timestamp) + uint64(_dice(more, 2 * HOUR));
        trade.ref = _ref(uint128(_dice(more, 1000)), 1);
        // Few, so that versions of a trade meet.
        trade.salt = bytes32(_dice(more, 6));
        try engine.instructionId(trade) {}
        catch (bytes memory reason) {
            revert Refused(reason);
        }
        for (uint256 i = 0; i < trade.legs.length; ++i) {
            Leg memory leg = trade.legs[i];
            _must(leg.amount != 0 && leg.to != address(engine), "an instruction is malformed");
        }
        _trades.push(abi.encode(trade));
    }

    function holds(uint256 which, uint256 leg) external {
        if (_trades.length == 0) revert Refused("");
        Instruction memory trade = _trade(_pick(which, State.None));
        leg = leg % trade.legs.length;
        HoldTerms memory terms = engine.holdTerms(trade)[leg];
        bytes memory data = abi.encodeCall(IMoody.createHold, (terms));
        _send(terms.holder, trade.legs[leg].token, data);
    }

    function instructs(uint256 which, uint256 by) external {
        (uint256 at, Instruction memory trade, address caller) =
            _chosen(which, by, State.None);
        bytes memory reason = _act(caller, abi.encodeCall(engine.instruct, (trade)));
        _must(_states[at] == State.None, "instructed twice");
        _must(_isParty(trade, caller) && _live(trade), "instructed by a stranger, or too late");
        _same(reason);
        _states[at] = State.Instructed;
    }

    function affirms(uint256 which, uint256 by) external {
        (uint256 at, Instruction memory trade, address caller) =
            _chosen(which, by, State.Instructed);
        if (_dice(by, 3) != 0) _opens(trade, caller);
        bytes memory reason = _act(caller, abi.encodeCall(engine.affirm, (trade)));
        _must(_states[at] == State.Instructed, "affirmed from another state");
        bool all = true;
        uint256 own = 0;
        for (uint256 i = 0; i < trade.legs.length; ++i) {
            if (trade.legs[i].from != caller) continue;
            ++own;
            if (_honest(trade.legs[i].token)) all = all && _isHeld(trade, i);
        }
        _must(own != 0 && all && _live(trade), "affirmed what is not held, or by another");
        _same(reason);
        _states[at] = engine.progressOf(trade).state;
    }

    function executes(uint256 which, uint256 by) external {
        (uint256 at, Instruction memory trade, address caller) =
            _chosen(which, by, _dice(by, 2) == 0 ? State.None : State.Affirmed);
        bool all = true;
        for (uint256 i = 0; i < trade.legs.length; ++i) {
            if (_honest(trade.legs[i].token)) all = all && _isHeld(trade, i);
        }
        bytes memory answer = _act(caller, abi.encodeCall(engine.execute, (trade)));
        _must(_states[at] <= State.Affirmed && _live(trade), "executed too late");
        if (!abi.decode(answer, (bool))) {
            _same(answer);
            // Counted as refused, unless there is something to tell.
            if (bytes(violation).length == 0) revert Refused(answer);
            return;
        }
        _must(all, "executed what was not held");
        _settles(at, trade);
    }

    function settles(uint256 which, uint256 by) external {
        (uint256 at, Instruction memory trade, address caller) =
            _chosen(which, by, State.None);
        Affirmation[] memory list = _affirmed(trade);
        uint256 wrong = _dice(by, 6);
        // At times one consent is to something else.
        if (wrong < list.length) list[wrong].nonce += 1;
        _act(caller, abi.encodeCall(engine.settle, (trade, list)));
        _must(_states[at] == State.None && _live(trade), "settled too late");
        bool strange = wrong < list.length && _honest(trade.legs[wrong].token);
        _must(!strange, "settled without a signature");
        _settles(at, trade);
    }

    function cancels(uint256 which, uint256 by) external {
        (uint256 at, Instruction memory trade, address caller) =
            _chosen(which, by, State.Instructed);
        bool all = true;
        for (uint256 i = 0; i < trade.legs.length; ++i) {
            all = all && _honest(trade.legs[i].token) && _isHeld(trade, i);
        }
        uint64 before = engine.progressOf(trade).cancelling;
        bytes memory reason = _act(caller, abi.encodeCall(engine.cancel, (trade)));
        _must(_states[at] <= State.Affirmed && _live(trade), "cancelled too late");
        _must(_isParty(trade, caller), "cancelled by a stranger");
        _same(reason);
        State now_ = engine.progressOf(trade).state;
        if (now_ == State.Cancelled) {
            _states[at] = now_;
            _released(trade);
            // Where all could be executed, all payers had to ask for it.
            _must(!all || before != 0 || _onePayer(trade) || _settledTrades[_key(trade)], "left");
        }
    }

    function expires(uint256 which, uint256 by) external {
        (uint256 at, Instruction memory trade, address caller) =
            _chosen(which, by, State.Instructed);
        bytes memory reason = _act(caller, abi.encodeCall(engine.expire, (trade)));
        bool recorded = _states[at] == State.Instructed
            || _states[at] == State.Affirmed;
        _must(recorded && !_live(trade), "expired too early, or what was over");
        _same(reason);
        _states[at] = State.Expired;
        _released(trade);
    }

    /// @notice A due hold is given back to anyone's call, whatever the engine says.
    function releases(uint256 which, uint256 leg) external {
        if (_trades.length == 0) revert Refused("");
        Instruction memory trade = _trade(_pick(which, State.None));
        leg = leg % trade.legs.length;
        HoldTerms memory terms = engine.holdTerms(trade)[leg];
        bool due = _honest(trade.legs[leg].token) && _isHeld(trade, leg) && !_live(trade);
        bytes memory data = abi.encodeCall(token.releaseHold, (terms));
        vm.prank(stranger);
        (bool done,) = trade.legs[leg].token.call(data);
        if (due && !done) _violates("a due hold could not be released");
        else if (!done) revert Refused("");
    }

    function feels(uint256 mood, uint256 manners) external {
        uint8 next = uint8(_dice(mood, 26));
        next = next > 12 || next == LYING || next == 8 ? 0 : next;
        IMoody(_moody).become(next, _dice(manners, 4) == 0 ? 5 : 0);
    }

    function admitsOrNot(uint256 whose, uint256 bits) external {
        IDepositToken at = _dice(bits, 2) == 0 ? token : dollars;
        vm.prank(compliance);
        at.setAccountFlags(_people[whose % 3], _dice(bits, 5) != 0 ? ALLOWED : 0);
    }

    function timePasses(uint256 seconds_) external {
        vm.warp(block.timestamp + seconds_ % (HOUR / 4));
    }

    // ----------------------------------------------------------------------------------- parts

    function _chosen(uint256 which, uint256 by, State wanted)
        private
        returns (uint256 at, Instruction memory trade, address caller)
    {
        if (_trades.length == 0) revert Refused("");
        at = _pick(which, wanted);
        trade = _trade(at);
        caller = _dice(by, 8) == 0 ? stranger : _dice(by, 2) == 0 ? alice : bob;
        _remember();
    }

    /// @dev Mostly one of the last in a state, if there is any; at times any at all.
    function _pick(uint256 seed, State wanted) private view returns (uint256) {
        uint256 count = _trades.length;
        uint256 passed = _dice(seed, 3);
        for (uint256 i = count; i > 0 && i + 12 > count && _dice(seed, 6) != 0; --i) {
            if (_states[i - 1] != wanted) continue;
            if (passed == 0) return i - 1;
            --passed;
        }
        return seed % count;
    }

    /// @dev As a payer does who is about to affirm.
    function _opens(Instruction memory trade, address payer) private {
        HoldTerms[] memory terms = engine.holdTerms(trade);
        for (uint256 i = 0; i < terms.length; ++i) {
            if (trade.legs[i].from != payer) continue;
            vm.prank(payer);
            try IMoody(trade.legs[i].token).createHold(terms[i]) {} catch {}
        }
    }

    function _act(address caller, bytes memory data) private returns (bytes memory) {
        return _send(caller, address(engine), data);
    }

    function _settles(uint256 at, Instruction memory trade) private {
        _must(!_settledTrades[_key(trade)], "two versions of a trade settled");
        _settledTrades[_key(trade)] = true;
        _states[at] = State.Settled;
        ++settled;
        delete _moved;
        for (uint256 i = 0; i < trade.legs.length; ++i) {
            if (!_honest(trade.legs[i].token)) continue;
            uint256 currency = trade.legs[i].token == address(token) ? 0 : 1;
            for (uint256 p = 0; p < 3; ++p) {
                if (trade.legs[i].from == _people[p]) {
                    _moved[currency][p] -= int256(trade.legs[i].amount);
                }
                if (trade.legs[i].to == _people[p]) {
                    _moved[currency][p] += int256(trade.legs[i].amount);
                }
            }
        }
        _balances("paid otherwise than its legs say");
    }

    /// @dev Nobody's balance has moved.
    function _same(bytes memory) private {
        delete _moved;
        _balances("money moved without a settlement");
    }

    function _balances(string memory otherwise) private {
        for (uint256 p = 0; p < 3; ++p) {
            int256 one = int256(token.balanceOf(_people[p])) - int256(_was[0][p]);
            int256 two = int256(dollars.balanceOf(_people[p])) - int256(_was[1][p]);
            _must(one == _moved[0][p] && two == _moved[1][p], otherwise);
        }
    }

    function _released(Instruction memory trade) private {
        for (uint256 i = 0; i < trade.legs.length; ++i) {
            if (!_honest(trade.legs[i].token)) continue;
            _must(!_isHeld(trade, i), "over, and still held");
        }
    }

    function _remember() private {
        for (uint256 p = 0; p < 3; ++p) {
            _was[0][p] = token.balanceOf(_people[p]);
            _was[1][p] = dollars.balanceOf(_people[p]);
        }
    }

    function _trade(uint256 which) private view returns (Instruction memory) {
        return abi.decode(_trades[which], (Instruction));
    }

    function _isHeld(Instruction memory trade, uint256 leg) private view returns (bool) {
        IDepositToken at = IDepositToken(trade.legs[leg].token);
        bytes32 id = at.holdId(engine.holdTerms(trade)[leg]);
        return at.holdState(id) == HoldState.Open;
    }

    function _live(Instruction memory trade) private view returns (bool) {
        return block.timestamp < trade.deadline;
    }

    function _honest(address at) private view returns (bool) {
        return at != _moody;
    }

    function _isParty(Instruction memory trade, address account) private pure returns (bool) {
        for (uint256 i = 0; i < trade.legs.length; ++i) {
            if (trade.legs[i].from == account || trade.legs[i].to == account) return true;
        }
        return false;
    }

    function _onePayer(Instruction memory trade) private pure returns (bool one) {
        one = true;
        for (uint256 i = 1; i < trade.legs.length; ++i) {
            one = one && trade.legs[i].from == trade.legs[0].from;
        }
    }

    /// @dev What versions of a trade share: payers, tokens and salt.
    function _key(Instruction memory trade) private pure returns (bytes32 key) {
        key = trade.salt;
        for (uint256 i = 0; i < trade.legs.length; ++i) {
            key = keccak256(abi.encode(key, trade.legs[i].token, trade.legs[i].from));
        }
    }
}
