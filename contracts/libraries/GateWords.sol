// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

// All that a usual issue reads of its gate, in two storage words of which it writes one. Amounts
// have the 64 bits of the bank's books; the gate refuses what is wider before it comes here.

// What may be issued, and what is owed as of a second: attested as of (40 bits) | attested (64) |
// greatest age of an attestation (24) | refill per second (64) | capacity (64).
type CeilingWord is uint256;

// What was issued and is not refilled yet, as of a second, and which of the 64 numbers of the row
// in use are taken: as of (40 bits) | used (64) | row (48) | numbers (64).
type ProgressWord is uint256;

using {capacity, refillPerSecond, maxAge, attested, attestedAsOf} for CeilingWord global;
using {left, freshUntil, withLimits, withAttestation} for CeilingWord global;
using {row, numbers, usedAt, withRow, withNumber, withUsed, equals as ==} for ProgressWord global;

uint256 constant AMOUNT_MAX = type(uint64).max;

// ------------------------------------------------------------------------------------- ceiling

function capacity(CeilingWord word) pure returns (uint256) {
    return CeilingWord.unwrap(word) & AMOUNT_MAX;
}

function refillPerSecond(CeilingWord word) pure returns (uint256) {
    return (CeilingWord.unwrap(word) >> 64) & AMOUNT_MAX;
}

function maxAge(CeilingWord word) pure returns (uint256) {
    return (CeilingWord.unwrap(word) >> 128) & type(uint24).max;
}

function attested(CeilingWord word) pure returns (uint256) {
    return (CeilingWord.unwrap(word) >> 152) & AMOUNT_MAX;
}

function attestedAsOf(CeilingWord word) pure returns (uint256) {
    return CeilingWord.unwrap(word) >> 216;
}

function left(CeilingWord word, uint256 used) pure returns (uint256) {
    uint256 most = word.capacity();
    unchecked {
        return used < most ? most - used : 0;
    }
}

/// The last second at which the attestation counts. With a greatest age of zero none does, not even
/// its own.
function freshUntil(CeilingWord word) pure returns (uint256) {
    uint256 age = word.maxAge();
    unchecked {
        return age == 0 ? 0 : word.attestedAsOf() + age;
    }
}

function withLimits(CeilingWord word, uint64 capacity_, uint64 refill, uint24 maxAge_)
    pure
    returns (CeilingWord)
{
    uint256 limits = capacity_ | (uint256(refill) << 64) | (uint256(maxAge_) << 128);
    return CeilingWord.wrap(((CeilingWord.unwrap(word) >> 152) << 152) | limits);
}

function withAttestation(CeilingWord word, uint64 liabilities, uint40 asOf)
    pure
    returns (CeilingWord)
{
    uint256 statement = (uint256(asOf) << 216) | (uint256(liabilities) << 152);
    return CeilingWord.wrap(uint152(CeilingWord.unwrap(word)) | statement);
}

// ------------------------------------------------------------------------------------ progress

function rowOf(uint256 sequence) pure returns (uint256) {
    return sequence >> 6;
}

function placeOf(uint256 sequence) pure returns (uint256) {
    return sequence & 63;
}

function row(ProgressWord word) pure returns (uint256) {
    return uint48(ProgressWord.unwrap(word) >> 64);
}

function numbers(ProgressWord word) pure returns (uint64) {
    return uint64(ProgressWord.unwrap(word));
}

function usedAt(ProgressWord word, uint256 time, uint256 rate) pure returns (uint256) {
    uint256 used = (ProgressWord.unwrap(word) >> 112) & AMOUNT_MAX;
    // Time does not go back on a chain, and 40 bits of seconds times 64 of rate are 104.
    unchecked {
        uint256 refilled = (time - (ProgressWord.unwrap(word) >> 176)) * rate;
        return refilled < used ? used - refilled : 0;
    }
}

function withRow(ProgressWord word, uint48 row_, uint64 numbers_) pure returns (ProgressWord) {
    uint256 rest = (ProgressWord.unwrap(word) >> 112) << 112;
    return ProgressWord.wrap(rest | (uint256(row_) << 64) | numbers_);
}

/// `number` is its place in the row, below 64.
function withNumber(ProgressWord word, uint256 number) pure returns (ProgressWord) {
    return ProgressWord.wrap(ProgressWord.unwrap(word) | (1 << number));
}

/// `used` has 64 bits: what is used is within a capacity.
function withUsed(ProgressWord word, uint256 used, uint256 time) pure returns (ProgressWord) {
    return ProgressWord.wrap(uint112(ProgressWord.unwrap(word)) | (used << 112) | (time << 176));
}

function equals(ProgressWord word, ProgressWord other) pure returns (bool) {
    return ProgressWord.unwrap(word) == ProgressWord.unwrap(other);
}
