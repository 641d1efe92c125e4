// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {AuthorityUtils} from "@openzeppelin/contracts/access/manager/AuthorityUtils.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {HoldTerms, IDepositToken} from "../interfaces/IDepositToken.sol";
import {IIssuanceGate, Limits} from "../interfaces/IIssuanceGate.sol";
import {CeilingWord, placeOf, ProgressWord, rowOf} from "../libraries/GateWords.sol";

/// @title Issues and redeems one deposit token; see IIssuanceGate
contract IssuanceGate is IIssuanceGate, AccessManaged {
    // Attestations age and the rate refills by the chain's time; a few seconds are nothing to them.
    // slither-disable-start timestamp

    // An attestation is timed by the attestor's clock, which may run ahead of a block's.
    uint256 private constant CLOCK_SKEW_MAX = 5 minutes;
    uint256 private constant ROWS_PER_WORD = 4;

    IDepositToken public immutable token;
    address private immutable _manager;

    CeilingWord private _ceiling;
    // Orders mostly come in a row: the row in use lies in this word, the others in `_rows`.
    ProgressWord private _progress;
    mapping(uint256 word => uint64[ROWS_PER_WORD]) private _rows;

    constructor(IDepositToken token_, address access, Limits memory initial)
        AccessManaged(access)
    {
        if (address(token_).code.length == 0) revert NotAContract(address(token_));
        if (access.code.length == 0) revert NotAContract(access);
        token = token_;
        _manager = access;
        _setLimits(initial);
    }

    // ------------------------------------------------------------------------------------- orders

    function issue(uint256 sequence, bytes32 ref, address to, uint256 amount)
        external
        restricted
    {
        ProgressWord progress = _useOnce(_progress, sequence, ref);
        _progress = _consume(progress, amount);
        token.mint(to, amount);
        emit Issued(sequence, ref, to, amount);
    }

    function redeem(uint256 sequence, bytes32 ref, HoldTerms calldata hold) external restricted {
        _progress = _useOnce(_progress, sequence, ref);
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

    // ------------------------------------------------------------------------------------ ceiling

    function attest(uint256 liabilities, uint64 asOf) external restricted {
        CeilingWord ceiling = _ceiling;
        _requireNotIssuer(msg.sender);
        if (asOf > block.timestamp + CLOCK_SKEW_MAX) revert AttestationAhead(asOf, block.timestamp);
        uint64 last = uint64(ceiling.attestedAsOf());
        if (asOf < last) revert AttestationOutOfOrder(asOf, last);
        _ceiling = ceiling.withAttestation(SafeCast.toUint64(liabilities), uint40(asOf));
        emit Attested(liabilities, asOf);
    }

    function raiseLimits(Limits calldata next) external restricted {
        Limits memory current = limits();
        if (!_within(current, next) || _within(next, current)) revert NotRaised(current, next);
        _setLimits(next);
    }

    function lowerLimits(Limits calldata next) external restricted {
        Limits memory current = limits();
        if (!_within(next, current) || _within(current, next)) revert NotLowered(current, next);
        _setLimits(next);
    }

    // A fixed manager spares every issue a storage read; to have another one, the bank deploys
    // another gate and gives that one the token's MINTER role.
    function setAuthority(address next) public view override {
        revert AuthorityFixed(_manager, next);
    }

    // ------------------------------------------------------------------------------------- views

    function authority() public view override returns (address) {
        return _manager;
    }

    function attestation() external view returns (uint256 liabilities, uint64 asOf) {
        return (_ceiling.attested(), uint64(_ceiling.attestedAsOf()));
    }

    function issuable() external view returns (uint256) {
        if (block.timestamp > _ceiling.freshUntil()) return 0;
        return Math.min(available(), Math.saturatingSub(_ceiling.attested(), token.totalSupply()));
    }

    function isSequenceUsed(uint256 sequence) external view returns (bool) {
        return sequencesUsed(rowOf(sequence)) >> placeOf(sequence) & 1 != 0;
    }

    function sequencesUsed(uint256 row) public view returns (uint64 bits) {
        if (row == _progress.row()) return _progress.numbers();
        return _rows[row / ROWS_PER_WORD][row % ROWS_PER_WORD];
    }

    function available() public view returns (uint256) {
        return _ceiling.left(_usedNow(_progress, _ceiling));
    }

    function limits() public view returns (Limits memory) {
        CeilingWord ceiling = _ceiling;
        return Limits(
            uint64(ceiling.capacity()), uint64(ceiling.refillPerSecond()), uint24(ceiling.maxAge())
        );
    }

    // ------------------------------------------------------------------------------------- parts

    function _useOnce(ProgressWord progress, uint256 sequence, bytes32 ref)
        private
        returns (ProgressWord)
    {
        if (bytes16(ref) == 0) revert ReferenceMissing();
        // The reference ends with the number, so that one bit keeps both from being used again.
        if (sequence != uint48(uint256(ref))) revert OtherSequence(sequence, ref);
        uint256 row = rowOf(sequence);
        if (row != progress.row()) progress = _turnTo(progress, row);
        ProgressWord next = progress.withNumber(placeOf(sequence));
        if (next == progress) revert SequenceUsed(sequence);
        return next;
    }

    // Lays the row in use aside and takes another one up.
    function _turnTo(ProgressWord progress, uint256 row) private returns (ProgressWord) {
        uint256 last = progress.row();
        _rows[last / ROWS_PER_WORD][last % ROWS_PER_WORD] = progress.numbers();
        return progress.withRow(uint48(row), _rows[row / ROWS_PER_WORD][row % ROWS_PER_WORD]);
    }

    function _consume(ProgressWord progress, uint256 amount) private view returns (ProgressWord) {
        CeilingWord ceiling = _ceiling;
        uint256 used = _usedNow(progress, ceiling);
        if (amount > ceiling.left(used)) revert RateLimited(amount, ceiling.left(used));
        if (block.timestamp > ceiling.freshUntil()) {
            revert AttestationStale(
                uint64(ceiling.attestedAsOf()), uint64(ceiling.maxAge()), block.timestamp
            );
        }
        uint256 supply = token.totalSupply();
        // The amount is within the capacity, and the supply within 128 bits: no sum overflows.
        unchecked {
            if (supply + amount > ceiling.attested()) {
                revert LiabilitiesExceeded(supply, amount, ceiling.attested());
            }
            return progress.withUsed(used + amount, block.timestamp);
        }
    }

    function _setLimits(Limits memory next) private {
        CeilingWord ceiling = _ceiling;
        // Time until now counts at the old rate, time from now on at the new one.
        _progress = _progress.withUsed(_usedNow(_progress, ceiling), block.timestamp);
        _ceiling =
            ceiling.withLimits(next.capacity, next.refillPerSecond, next.attestationMaxAge);
        emit LimitsChanged(next.capacity, next.refillPerSecond, next.attestationMaxAge);
    }

    function _requireNotIssuer(address account) private view {
        (bool atOnce, uint32 delay) = AuthorityUtils.canCallWithDelay(
            _manager, account, address(this), this.issue.selector
        );
        if (atOnce || delay != 0) revert AttestorIssues(account);
    }

    function _usedNow(ProgressWord progress, CeilingWord ceiling) private view returns (uint256) {
        return progress.usedAt(block.timestamp, ceiling.refillPerSecond());
    }

    function _within(Limits memory small, Limits memory large) private pure returns (bool) {
        return small.capacity <= large.capacity && small.refillPerSecond <= large.refillPerSecond
            && small.attestationMaxAge <= large.attestationMaxAge;
    }

    // slither-disable-end timestamp
}
