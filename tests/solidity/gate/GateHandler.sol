// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {HoldState, HoldTerms} from "../../../contracts/interfaces/IDepositHolds.sol";
import {IIssuanceGate, Limits} from "../../../contracts/interfaces/IIssuanceGate.sol";
import {ALLOWED} from "../../../contracts/libraries/AccountWord.sol";
import {IDepositToken} from "../../../contracts/interfaces/IDepositToken.sol";
import {Handler} from "../base/Handler.sol";
import {vm} from "../base/Vm.sol";

/// @notice Orders of money in any order: repeated, unattested, too large, late, by anyone.
contract GateHandler is Handler {
    // What the events tell, kept apart from the gate.
    mapping(uint256 sequence => bool) public used;
    uint256[] public sequences;
    HoldTerms[] public opened;
    uint256 public issued;
    uint256 public redeemed;
    Limits private _current;
    Limits private _greatest;
    uint256 private _attested;
    uint64 private _attestedAsOf;

    constructor() {
        _build();
        _current = _initialLimits();
        _greatest = _current;
    }

    function served() external view returns (IDepositToken, IIssuanceGate) {
        return (token, gate);
    }

    function orders() external view returns (uint256) {
        return sequences.length;
    }

    /// @notice The most that may ever have been issued by now.
    function issuedAtMost() external view returns (uint256) {
        return _greatest.capacity + _greatest.refillPerSecond * (block.timestamp - NOW);
    }

    function issues(uint256 by, uint256 sequence, uint256 to, uint256 amount) external {
        address caller = _mostly(issuer, by, 8);
        sequence = _sequence(sequence);
        amount = _amount(amount, gate.issuable());
        bytes32 ref = _reference(by, sequence);
        bytes memory data = abi.encodeCall(gate.issue, (sequence, ref, _anyone(to), amount));
        _send(caller, address(gate), data);
        _must(caller == issuer, "issued by another than the issuer");
        _must(token.totalSupply() <= _attested, "more was issued than is owed");
        _must(block.timestamp <= _attestedAsOf + _current.attestationMaxAge, "stale attestation");
        _must(_current.attestationMaxAge != 0, "issued although no attestation counts");
        _must(amount != 0 && amount <= _current.capacity, "issued nothing, or over capacity");
        issued += amount;
        _order(sequence, ref);
    }

    function opensRedemption(uint256 from, uint256 amount, uint256 payment) external {
        bool elsewhere = _dice(payment, 8) == 0;
        HoldTerms memory terms = HoldTerms({
            holder: _anyone(from),
            recipient: elsewhere ? bob : address(gate),
            amount: _amount(amount, 1000),
            notary: _dice(payment, 9) == 0 ? notary : address(gate),
            expiry: uint64(block.timestamp + _dice(payment, 7) * HOUR),
            ref: _ref(uint128(payment % 8), 0)
        });
        _send(terms.holder, address(token), abi.encodeCall(token.createHold, (terms)));
        opened.push(terms);
    }

    function redeems(uint256 by, uint256 sequence, uint256 which) external {
        address caller = _mostly(issuer, by, 8);
        sequence = _sequence(sequence);
        HoldTerms memory terms = _hold(which);
        bytes32 ref = _dice(by, 4) == 0
            ? _reference(by, sequence)
            : (terms.ref >> 128 << 128) | bytes32(sequence);
        bool open = token.holdState(token.holdId(terms)) == HoldState.Open;
        _send(caller, address(gate), abi.encodeCall(gate.redeem, (sequence, ref, terms)));
        _must(caller == issuer, "redeemed by another than the issuer");
        _must(open && block.timestamp < terms.expiry, "redeemed what was not held");
        _must(terms.notary == address(gate), "redeemed a hold of another notary");
        _must(terms.recipient == address(gate), "redeemed what was held for another");
        _must(bytes16(ref) == bytes16(terms.ref), "redeemed for another payment");
        redeemed += terms.amount;
        _order(sequence, ref);
    }

    function cancelsRedemption(uint256 by, uint256 which) external {
        address caller = _mostly(issuer, by, 8);
        HoldTerms memory terms = _hold(which);
        _send(caller, address(gate), abi.encodeCall(gate.cancelRedemption, (terms)));
        _must(caller == issuer, "cancelled by another than the issuer");
        bool closed = token.holdState(token.holdId(terms)) == HoldState.Closed;
        _must(closed, "cancelled, and still not closed");
    }

    function attests(uint256 by, uint256 liabilities, uint256 asOf) external {
        address caller = _dice(by, 16) == 0 ? issuer : _mostly(attestor, by, 8);
        liabilities = _amount(liabilities, 1_000_000);
        uint64 time = uint64(block.timestamp + _dice(asOf, 20 minutes) - 10 minutes);
        if (_dice(asOf, 16) == 0) time = uint64(asOf);
        _send(caller, address(gate), abi.encodeCall(gate.attest, (liabilities, time)));
        _must(caller == attestor, "attested by another than the attestor");
        _must(time >= _attestedAsOf, "an attestation went back in time");
        _must(time <= block.timestamp + 5 minutes, "an attestation of what is to come");
        (_attested, _attestedAsOf) = (liabilities, time);
    }

    function raises(uint256 by, uint64 capacity, uint64 refill, uint24 age) external {
        address caller = _mostly(limiter, by, 8);
        Limits memory next = _limits(by, capacity, refill, age);
        _send(caller, address(gate), abi.encodeCall(gate.raiseLimits, (next)));
        _must(caller == limiter, "raised by a stranger");
        _must(_noLess(next, _current), "lowered by the door for raising");
        _current = next;
        if (next.capacity > _greatest.capacity) _greatest.capacity = next.capacity;
        if (next.refillPerSecond > _greatest.refillPerSecond) {
            _greatest.refillPerSecond = next.refillPerSecond;
        }
    }

    function lowers(uint256 by, uint64 capacity, uint64 refill, uint24 age) external {
        address caller = _mostly(guardian, by, 4);
        Limits memory next = _limits(by, capacity, refill, age);
        _send(caller, address(gate), abi.encodeCall(gate.lowerLimits, (next)));
        _must(caller == guardian, "lowered by a stranger");
        _must(_noLess(_current, next), "raised by the door for lowering");
        _current = next;
    }

    function setsFlags(uint256 whose, uint256 bits) external {
        vm.prank(compliance);
        token.setAccountFlags(_anyone(whose), _dice(bits, 8) != 0 ? ALLOWED : 0);
    }

    function timePasses(uint256 seconds_) external {
        vm.warp(block.timestamp + seconds_ % (2 * HOUR));
    }

    function _order(uint256 sequence, bytes32 ref) private {
        _must(!used[sequence], "a number was used twice");
        _must(uint48(uint256(ref)) == sequence, "the reference is of another number");
        _must(bytes16(ref) != 0, "an order without a payment");
        used[sequence] = true;
        sequences.push(sequence);
    }

    // Few numbers, so that they repeat; at times any number at all.
    function _sequence(uint256 seed) private pure returns (uint256) {
        return _dice(seed, 16) == 0 ? seed : _dice(seed, 300);
    }

    function _reference(uint256 seed, uint256 sequence) private pure returns (bytes32) {
        if (_dice(seed, 16) == 1) return bytes32(seed);
        return _ref(uint128(_dice(seed, 8)), uint128(sequence));
    }

    function _limits(uint256 seed, uint64 capacity, uint64 refill, uint24 age)
        private
        view
        returns (Limits memory next)
    {
        next = _current;
        uint256 kind = _dice(seed, 8);
        if (kind < 2) next.capacity = capacity % 2_000_000;
        else if (kind < 4) next.refillPerSecond = refill % 20;
        else if (kind < 6) next.attestationMaxAge = age % (2 days);
        else if (kind == 6) next = Limits(next.capacity, refill % 20, age % (2 days));
    }

    function _noLess(Limits memory large, Limits memory small) private pure returns (bool) {
        return large.capacity >= small.capacity && large.refillPerSecond >= small.refillPerSecond
            && large.attestationMaxAge >= small.attestationMaxAge;
    }

    function _hold(uint256 seed) private view returns (HoldTerms memory terms) {
        if (opened.length == 0 || _dice(seed, 8) == 0) return _terms(seed);
        uint256 among = _dice(seed, 2) == 0 || opened.length < 4 ? opened.length : 4;
        return opened[opened.length - 1 - seed % among];
    }
}
