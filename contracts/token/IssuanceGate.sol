// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";

import {HoldTerms, IDepositToken} from "../interfaces/IDepositToken.sol";
import {IIssuanceGate, Limits} from "../interfaces/IIssuanceGate.sol";

/// @title Issues and redeems one deposit token; see IIssuanceGate
contract IssuanceGate is IIssuanceGate, AccessManaged {
    using BitMaps for BitMaps.BitMap;

    // An attestation is timed by the attestor's clock, which may run ahead of a block's.
    uint256 private constant CLOCK_SKEW_MAX = 5 minutes;

    IDepositToken public immutable token;

    BitMaps.BitMap private _sequences;
    mapping(bytes32 ref => bool) private _references;
    Limits private _limits;
    // What was issued and is not refilled yet, as of the second beside it.
    uint128 private _used;
    uint64 private _usedAt;
    uint64 private _attestedAsOf;
    uint256 private _attested;

    constructor(IDepositToken token_, address access, Limits memory initial)
        AccessManaged(access)
    {
        if (address(token_).code.length == 0) revert NotAContract(address(token_));
        if (access.code.length == 0) revert NotAContract(access);
        token = token_;
        _setLimits(initial);
    }

    function issue(uint256 sequence, bytes32 ref, address to, uint256 amount)
        external
        restricted
    {
        _useOnce(sequence, ref);
        _consume(amount);
        _requireAttested(amount);
        token.mint(to, amount);
        emit Issued(sequence, ref, to, amount);
    }

    function redeem(uint256 sequence, bytes32 ref, HoldTerms calldata hold) external restricted {
        _useOnce(sequence, ref);
        // The token asks the same; asked here, the refusal says what a redemption is.
        if (hold.recipient != address(this) || hold.notary != address(this)) {
            revert NotForRedemption(hold.recipient, hold.notary);
        }
        if (bytes16(hold.ref) != bytes16(ref)) revert OtherPayment(hold.ref, ref);
        token.burnHeld(hold, hold.amount);
        emit Redeemed(sequence, ref, hold.holder, hold.amount);
    }

    function cancelRedemption(HoldTerms calldata hold) external restricted {
        token.releaseHold(hold);
    }

    function attest(uint256 liabilities, uint64 asOf) external restricted {
        if (asOf > block.timestamp + CLOCK_SKEW_MAX) revert AttestationAhead(asOf, block.timestamp);
        if (asOf < _attestedAsOf) revert AttestationOutOfOrder(asOf, _attestedAsOf);
        _attested = liabilities;
        _attestedAsOf = asOf;
        emit Attested(liabilities, asOf);
    }

    function raiseLimits(Limits calldata next) external restricted {
        Limits memory current = _limits;
        if (!_within(current, next) || _within(next, current)) revert NotRaised(current, next);
        _setLimits(next);
    }

    function lowerLimits(Limits calldata next) external restricted {
        Limits memory current = _limits;
        if (!_within(next, current) || _within(current, next)) revert NotLowered(current, next);
        _setLimits(next);
    }

    function limits() external view returns (Limits memory) {
        return _limits;
    }

    function attestation() external view returns (uint256 liabilities, uint64 asOf) {
        return (_attested, _attestedAsOf);
    }

    function issuable() external view returns (uint256) {
        if (!_isFresh()) return 0;
        return Math.min(available(), Math.saturatingSub(_attested, token.totalSupply()));
    }

    function isSequenceUsed(uint256 sequence) external view returns (bool) {
        return _sequences.get(sequence);
    }

    function isReferenceUsed(bytes32 ref) external view returns (bool) {
        return _references[ref];
    }

    function available() public view returns (uint256) {
        return Math.saturatingSub(_limits.capacity, _usedNow());
    }

    function _useOnce(uint256 sequence, bytes32 ref) private {
        if (ref == 0) revert ReferenceMissing();
        if (_sequences.get(sequence)) revert SequenceUsed(sequence);
        if (_references[ref]) revert ReferenceUsed(ref);
        _sequences.set(sequence);
        _references[ref] = true;
    }

    function _consume(uint256 amount) private {
        uint256 left = available();
        if (amount > left) revert RateLimited(amount, left);
        _settleUsed(_usedNow() + amount);
    }

    function _requireAttested(uint256 amount) private view {
        if (!_isFresh()) {
            revert AttestationStale(_attestedAsOf, _limits.attestationMaxAge, block.timestamp);
        }
        uint256 supply = token.totalSupply();
        if (amount > Math.saturatingSub(_attested, supply)) {
            revert LiabilitiesExceeded(supply, amount, _attested);
        }
    }

    function _isFresh() private view returns (bool) {
        uint256 age = Math.saturatingSub(block.timestamp, _attestedAsOf);
        // With a greatest age of zero nothing counts, not even an attestation of this very second.
        return _limits.attestationMaxAge != 0 && age <= _limits.attestationMaxAge;
    }

    function _usedNow() private view returns (uint256) {
        uint256 refilled = (block.timestamp - _usedAt) * _limits.refillPerSecond;
        return Math.saturatingSub(_used, refilled);
    }

    function _settleUsed(uint256 used) private {
        _used = SafeCast.toUint128(used);
        _usedAt = uint64(block.timestamp);
    }

    function _setLimits(Limits memory next) private {
        // Time until now counts at the old rate, time from now on at the new one.
        _settleUsed(_usedNow());
        _limits = next;
        emit LimitsChanged(next.capacity, next.refillPerSecond, next.attestationMaxAge);
    }

    function _within(Limits memory small, Limits memory large) private pure returns (bool) {
        return small.capacity <= large.capacity && small.refillPerSecond <= large.refillPerSecond
            && small.attestationMaxAge <= large.attestationMaxAge;
    }
}
