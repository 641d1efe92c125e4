"""Issuing: each order once, within the rate, and never above what is attested and fresh."""

from __future__ import annotations

import pytest

from tests.contracts.bank import (
    CAPACITY,
    INITIAL_LIMITS,
    ISSUER,
    MAX_AGE,
    REFILL,
    ZERO,
    Bank,
    ref,
)
from tests.contracts.chain import Receipt, Refused

LIABILITIES = 10 * CAPACITY
SEQUENCE_MAX = 2**48 - 1
AMOUNT_MAX = 2**64 - 1


def issue(bank: Bank, sequence: int, amount: int, payment: int = 1) -> Receipt:
    arguments = (sequence, ref(payment, sequence), bank.alice, amount)
    return bank.gate.send("issue", *arguments, by=bank.issuer)


def refused(bank: Bank, sequence: int, amount: int, payment: int = 1) -> str:
    arguments = (sequence, ref(payment, sequence), bank.alice, amount)
    return bank.gate.refusal("issue", *arguments, by=bank.issuer)


def test_the_gate_says_what_it_is(bank: Bank) -> None:
    assert bank.gate.read("token") == bank.token.address
    assert bank.gate.read("authority") == bank.access.address
    assert tuple(bank.gate.read("limits").values()) == INITIAL_LIMITS
    assert bank.gate.read("attestation") == (0, 0)


def test_a_gate_needs_a_living_token_and_manager(bank: Bank) -> None:
    for token, access in ((bank.bob, bank.access.address), (bank.token.address, bank.bob)):
        with pytest.raises(Refused, match=rf"NotAContract\(account: {bank.bob}\)"):
            bank._deploy("IssuanceGate", token, access, INITIAL_LIMITS)


def test_the_gate_keeps_its_manager(bank: Bank) -> None:
    told = bank.access.refusal("updateAuthority", bank.gate.address, bank.bob, by=bank.admin)
    assert told == f"AuthorityFixed(authority: {bank.access.address}, asked: {bank.bob})"
    assert bank.gate.refusal("setAuthority", bank.bob, by=bank.admin) == told


def test_issuing_mints_under_sequence_and_reference(bank: Bank) -> None:
    bank.attest(LIABILITIES)
    receipt = issue(bank, 7, 500)
    issued = {"sequence": "7", "ref": ref(1, 7), "to": bank.alice, "amount": "500"}
    assert bank.gate.events(receipt) == [("Issued", issued)]
    made = {"from": ZERO, "to": bank.alice, "value": "500"}
    assert bank.token.events(receipt) == [("Transfer", made)]
    assert bank.position(bank.alice) == (500, 0)
    assert bank.gate.read("isSequenceUsed", 7)
    assert not bank.gate.read("isSequenceUsed", 8)


def test_orders_come_in_any_order_each_once(bank: Bank) -> None:
    bank.attest(LIABILITIES)
    numbers = (256, 0, 63, 64, 255, 65, SEQUENCE_MAX, 1, 319, 62, SEQUENCE_MAX - 64)
    for sequence in numbers:
        issue(bank, sequence, 1)
    for sequence in sorted(numbers):
        told = refused(bank, sequence, 1, payment=999)
        assert told == f"SequenceUsed(sequence: {sequence})"
        assert bank.gate.read("isSequenceUsed", sequence)
    free = (2, 61, 66, 254, 257, 320)
    assert not any(bank.gate.read("isSequenceUsed", each) for each in free)
    assert bank.token.read("totalSupply") == len(numbers)


def test_a_gap_is_visible(bank: Bank) -> None:
    bank.attest(LIABILITIES)
    for sequence in (0, 1, 3, 64, 130):
        issue(bank, sequence, 1)
    rows = [bank.gate.read("sequencesUsed", row) for row in range(4)]
    assert rows == [0b1011, 1, 1 << 2, 0]
    assert bank.gate.read("sequencesUsed", 2**255) == 0
    assert not bank.gate.read("isSequenceUsed", 2**256 - 1)


@pytest.mark.parametrize(
    ("sequence", "ends"), [(2, 1), (1, 0), (0, 1), (2**48, 0), (2**48 + 5, 5), (2**256 - 1, 0)]
)
def test_a_reference_ends_with_its_number(bank: Bank, sequence: int, ends: int) -> None:
    bank.attest(LIABILITIES)
    order = (sequence, ref(1, ends), bank.alice, 1)
    told = bank.gate.refusal("issue", *order, by=bank.issuer)
    assert told == f"OtherSequence(sequence: {sequence}, ref: {ref(1, ends)})"


def test_one_reference_is_never_used_twice(bank: Bank) -> None:
    bank.attest(LIABILITIES)
    issue(bank, 1, 1, payment=5)
    told = bank.gate.refusal("issue", 2, ref(5, 1), bank.alice, 1, by=bank.issuer)
    assert told.startswith("OtherSequence")
    # The rest of the reference is free: the bank may name any entry of any payment under a number.
    entry = (0xABC << 48) + 2
    bank.gate.send("issue", 2, ref(5, entry), bank.alice, 1, by=bank.issuer)


def test_a_reference_names_a_payment(bank: Bank) -> None:
    bank.attest(LIABILITIES)
    for sequence in (0, 7):
        assert refused(bank, sequence, 1, payment=0) == "ReferenceMissing()"


def test_a_refused_order_uses_nothing(bank: Bank) -> None:
    bank.attest(LIABILITIES)
    told = bank.gate.refusal("issue", 1, ref(1, 1), bank.carol, 5, by=bank.issuer)
    assert told == f"RecipientRefused(account: {bank.carol}, flags: 0)"
    assert not bank.gate.read("isSequenceUsed", 1)
    assert refused(bank, 1, 0) == "ZeroAmount()"
    issue(bank, 1, 5)


def test_the_rate_is_limited_and_refills(bank: Bank) -> None:
    bank.attest(LIABILITIES)
    issue(bank, 1, CAPACITY)
    left = bank.gate.read("available")
    assert left <= REFILL
    told = refused(bank, 2, CAPACITY)
    assert told.startswith("RateLimited(asked: 1000000, available: ")
    bank.chain.advance(100)
    now = bank.gate.read("available")
    assert 100 * REFILL <= now <= 102 * REFILL
    issue(bank, 2, now)
    bank.chain.advance(2 * CAPACITY // REFILL)
    assert bank.gate.read("available") == CAPACITY


def test_no_more_than_the_capacity_at_once(bank: Bank) -> None:
    bank.attest(LIABILITIES)
    told = refused(bank, 1, CAPACITY + 1)
    assert told == f"RateLimited(asked: {CAPACITY + 1}, available: {CAPACITY})"
    assert refused(bank, 1, 2**256 - 1).startswith("RateLimited")
    issue(bank, 1, 1)
    assert refused(bank, 2, 2**256 - 1).startswith("RateLimited")


def test_the_supply_stays_within_what_is_attested(bank: Bank) -> None:
    bank.attest(1000)
    issue(bank, 1, 600)
    told = refused(bank, 2, 401)
    assert told == "LiabilitiesExceeded(supply: 600, amount: 401, liabilities: 1000)"
    assert bank.gate.read("issuable") == 400
    issue(bank, 2, 400)
    assert bank.gate.read("issuable") == 0


def test_liabilities_may_fall_below_the_supply(bank: Bank) -> None:
    bank.attest(1000)
    issue(bank, 1, 600)
    bank.attest(500)
    assert bank.gate.read("issuable") == 0
    told = refused(bank, 2, 1)
    assert told == "LiabilitiesExceeded(supply: 600, amount: 1, liabilities: 500)"


def test_nothing_is_issued_before_the_first_attestation(bank: Bank) -> None:
    assert refused(bank, 1, 1).startswith(f"AttestationStale(asOf: 0, maxAge: {MAX_AGE}")
    assert bank.gate.read("issuable") == 0


def test_an_attestation_counts_for_its_time(bank: Bank) -> None:
    bank.attest(LIABILITIES)
    bank.chain.advance(MAX_AGE - 60)
    issue(bank, 1, 1)
    bank.chain.advance(120)
    assert refused(bank, 2, 1).startswith("AttestationStale")
    assert bank.gate.read("issuable") == 0
    bank.attest(LIABILITIES)
    issue(bank, 2, 1)


def test_attesting_tells_amount_and_time(bank: Bank) -> None:
    as_of = bank.chain.now - 5
    receipt = bank.gate.send("attest", AMOUNT_MAX, as_of, by=bank.attestor)
    told = {"liabilities": str(AMOUNT_MAX), "asOf": str(as_of)}
    assert bank.gate.events(receipt) == [("Attested", told)]
    assert bank.gate.read("attestation") == (AMOUNT_MAX, as_of)
    assert tuple(bank.gate.read("limits").values()) == INITIAL_LIMITS


def test_more_than_books_can_hold_is_not_attested(bank: Bank) -> None:
    told = bank.gate.refusal("attest", AMOUNT_MAX + 1, bank.chain.now, by=bank.attestor)
    assert told == f"SafeCastOverflowedUintDowncast(bits: 64, value: {AMOUNT_MAX + 1})"
    assert bank.gate.read("attestation") == (0, 0)


def test_who_may_issue_may_not_attest(bank: Bank) -> None:
    bank.access.send("grantRole", ISSUER, bank.attestor, 0, by=bank.admin)
    told = bank.gate.refusal("attest", 5, bank.chain.now, by=bank.attestor)
    assert told == f"AttestorIssues(account: {bank.attestor})"
    # Having to wait for it does not make it another person's either.
    bank.access.send("grantRole", ISSUER, bank.attestor, 3600, by=bank.admin)
    assert bank.gate.refusal("attest", 5, bank.chain.now, by=bank.attestor) == told
    bank.access.send("revokeRole", ISSUER, bank.attestor, by=bank.admin)
    bank.attest(5)


def test_attestations_do_not_go_back(bank: Bank) -> None:
    now = bank.chain.now
    bank.gate.send("attest", 5, now, by=bank.attestor)
    told = bank.gate.refusal("attest", 9, now - 1, by=bank.attestor)
    assert told == f"AttestationOutOfOrder(asOf: {now - 1}, last: {now})"
    bank.gate.send("attest", 9, now, by=bank.attestor)


def test_an_attestation_is_not_of_tomorrow(bank: Bank) -> None:
    ahead = bank.chain.now + 3600
    told = bank.gate.refusal("attest", 5, ahead, by=bank.attestor)
    assert told.startswith(f"AttestationAhead(asOf: {ahead}, time: ")
    # Clocks differ a little; that is no reason to refuse.
    bank.gate.send("attest", 5, bank.chain.now + 240, by=bank.attestor)
    issue(bank, 1, 5)
