"""Limits: raising and lowering are two rights, and zero means zero."""

from __future__ import annotations

import pytest

from tests.contracts.bank import (
    CAPACITY,
    DELAYS,
    INITIAL_LIMITS,
    LIMITS,
    MAX_AGE,
    REFILL,
    Bank,
    Delayed,
    ref,
)
from tests.contracts.chain import Refused

Limits = tuple[int, int, int]
GREATEST = (2**64 - 1, 2**64 - 1, 2**24 - 1)
LOWER = [(CAPACITY - 1, REFILL, MAX_AGE), (CAPACITY, REFILL - 1, MAX_AGE), (0, 0, 0)]
HIGHER = [(CAPACITY + 1, REFILL, MAX_AGE), (CAPACITY, REFILL + 1, MAX_AGE)]
HIGHER += [(CAPACITY, REFILL, MAX_AGE + 1), GREATEST]
NEITHER = [INITIAL_LIMITS, (CAPACITY + 1, REFILL - 1, MAX_AGE), (CAPACITY, REFILL + 1, 0)]


def lower(bank: Bank, limits: Limits) -> None:
    receipt = bank.gate.send("lowerLimits", limits, by=bank.guardian)
    names = ("capacity", "refillPerSecond", "attestationMaxAge")
    told = dict(zip(names, map(str, limits), strict=True))
    assert bank.gate.events(receipt) == [("LimitsChanged", told)]


def higher(bank: Bank, limits: Limits) -> None:
    delayed = Delayed(bank, bank.gate, bank.limits, bank.gate.data("raiseLimits", limits))
    delayed.schedule()
    bank.chain.advance(DELAYS[LIMITS])
    delayed.execute()


def issue(bank: Bank, sequence: int, amount: int) -> None:
    arguments = (sequence, ref(1, sequence), bank.alice, amount)
    bank.gate.send("issue", *arguments, by=bank.issuer)


def refused(bank: Bank, amount: int) -> str:
    return bank.gate.refusal("issue", 99, ref(1, 99), bank.alice, amount, by=bank.issuer)


@pytest.mark.parametrize("limits", LOWER)
def test_lowering_is_at_once(bank: Bank, limits: Limits) -> None:
    lower(bank, limits)
    assert tuple(bank.gate.read("limits").values()) == limits


@pytest.mark.parametrize("limits", [*HIGHER, *NEITHER])
def test_lowering_lowers(bank: Bank, limits: Limits) -> None:
    told = bank.gate.refusal("lowerLimits", limits, by=bank.guardian)
    assert told.startswith("NotLowered(current: ")


@pytest.mark.parametrize("limits", HIGHER)
def test_raising_raises(bank: Bank, limits: Limits) -> None:
    higher(bank, limits)
    assert tuple(bank.gate.read("limits").values()) == limits


@pytest.mark.parametrize("limits", [*LOWER, *NEITHER])
def test_raising_does_not_lower(bank: Bank, limits: Limits) -> None:
    with pytest.raises(Refused, match="NotRaised"):
        higher(bank, limits)


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ((0, REFILL, MAX_AGE), "RateLimited(asked: 1, available: 0)"),
        ((CAPACITY, REFILL, 0), "AttestationStale"),
        ((0, 0, 0), "RateLimited(asked: 1, available: 0)"),
    ],
)
def test_zero_means_zero(bank: Bank, limits: Limits, told: str) -> None:
    lower(bank, limits)
    bank.attest(CAPACITY)
    assert refused(bank, 1).startswith(told)
    assert bank.gate.read("issuable") == 0


def test_without_refill_the_capacity_is_spent_once(bank: Bank) -> None:
    lower(bank, (CAPACITY, 0, MAX_AGE))
    bank.attest(10 * CAPACITY)
    issue(bank, 1, CAPACITY)
    bank.chain.advance(MAX_AGE // 2)
    assert refused(bank, 1) == "RateLimited(asked: 1, available: 0)"


def test_what_was_issued_counts_against_a_lower_capacity(bank: Bank) -> None:
    lower(bank, (CAPACITY, 0, MAX_AGE))
    bank.attest(10 * CAPACITY)
    issue(bank, 1, 600_000)
    lower(bank, (700_000, 0, MAX_AGE))
    assert bank.gate.read("available") == 100_000
    lower(bank, (500_000, 0, MAX_AGE))
    assert bank.gate.read("available") == 0


def test_a_new_refill_counts_from_now_on(bank: Bank) -> None:
    bank.attest(10 * CAPACITY)
    issue(bank, 1, CAPACITY)
    bank.chain.advance(1000)
    lower(bank, (CAPACITY, 0, MAX_AGE))
    left = bank.gate.read("available")
    assert 1000 * REFILL <= left <= 1003 * REFILL
    bank.chain.advance(1000)
    assert bank.gate.read("available") == left


def test_the_greatest_limits_do_not_overflow(bank: Bank) -> None:
    higher(bank, GREATEST)
    bank.attest(2**64 - 1)
    issue(bank, 1, 2**64 - 1)
    bank.chain.advance(2**20)
    assert bank.gate.read("available") == 2**64 - 1
    assert refused(bank, 1).startswith("LiabilitiesExceeded")
    assert tuple(bank.gate.read("limits").values()) == GREATEST


def test_limits_and_attestation_leave_each_other_alone(bank: Bank) -> None:
    as_of = bank.chain.now
    bank.gate.send("attest", 2**64 - 1, as_of, by=bank.attestor)
    higher(bank, GREATEST)
    assert bank.gate.read("attestation") == (2**64 - 1, as_of)
    bank.gate.send("attest", 1, as_of + 1, by=bank.attestor)
    assert tuple(bank.gate.read("limits").values()) == GREATEST
    lower(bank, (0, 0, 0))
    assert bank.gate.read("attestation") == (1, as_of + 1)


def test_new_limits_leave_used_numbers_alone(bank: Bank) -> None:
    bank.attest(CAPACITY)
    issue(bank, 70, CAPACITY)
    lower(bank, (CAPACITY, 0, MAX_AGE))
    assert bank.gate.read("sequencesUsed", 1) == 1 << 6
    assert bank.gate.read("available") < 10 * REFILL


def test_with_no_age_an_attestation_ahead_counts_no_more_than_another(bank: Bank) -> None:
    lower(bank, (CAPACITY, REFILL, 0))
    bank.gate.send("attest", CAPACITY, bank.chain.now + 240, by=bank.attestor)
    assert refused(bank, 1).startswith("AttestationStale")
    assert bank.gate.read("issuable") == 0
