"""Executing holds together: what they yield is shared out whole, or nothing happens."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.contracts.bank import (
    ALLOWED,
    HOUR,
    NO_RECEIVE,
    NO_SEND,
    PAUSE_SETTLE,
    ZERO,
    Bank,
    Terms,
    ref,
)

FUNCTION = "executeHolds"
Payouts = Sequence[tuple[str, int]]


@pytest.fixture
def bank(bank: Bank) -> Bank:
    """Give Alice and Bob 100 each; Carol is admitted and has nothing."""
    bank.mint(bank.alice, 100)
    bank.mint(bank.bob, 100)
    bank.token.send("setAccountFlags", bank.carol, ALLOWED, by=bank.compliance)
    return bank


def held(bank: Bank, holder: str, amount: int, payment: int = 1) -> Terms:
    """Terms of an open hold for the settler, whom nobody has admitted."""
    terms = bank.terms(amount, payment).but(
        holder=holder, recipient=bank.settler, notary=bank.settler
    )
    bank.opened(terms)
    return terms


def arguments(holds: Sequence[tuple[Terms, int]], payouts: Payouts) -> tuple[object, ...]:
    held, taken = [terms.abi for terms, _ in holds], [amount for _, amount in holds]
    return held, taken, [payee for payee, _ in payouts], [due for _, due in payouts]


def refusal(bank: Bank, holds: Sequence[tuple[Terms, int]], payouts: Payouts) -> str:
    return bank.token.refusal(FUNCTION, *arguments(holds, payouts), by=bank.settler)


def test_every_hold_needs_its_amount(bank: Bank) -> None:
    terms = held(bank, bank.alice, 60)
    for amounts in ([], [1, 1]):
        told = bank.token.refusal(FUNCTION, [terms.abi], amounts, [], [], by=bank.settler)
        assert told == f"LengthsDiffer(accounts: 1, amounts: {len(amounts)})"


def test_every_payee_needs_its_amount(bank: Bank) -> None:
    terms = held(bank, bank.alice, 60)
    for due in ([], [1, 1]):
        asked = ([terms.abi], [2], [bank.carol], due)
        told = bank.token.refusal(FUNCTION, *asked, by=bank.settler)
        assert told == f"LengthsDiffer(accounts: 1, amounts: {len(due)})"


def test_nothing_is_not_shared_out(bank: Bank) -> None:
    assert refusal(bank, [], []) == "ZeroAmount()"
    assert refusal(bank, [], [(bank.carol, 1)]) == "ZeroAmount()"


@pytest.mark.parametrize(
    ("amounts", "told"),
    [
        ([], "PayoutsUnbalanced(left: 50, asked: 0)"),
        ([49], "PayoutsUnbalanced(left: 1, asked: 0)"),
        ([51], "PayoutsUnbalanced(left: 50, asked: 51)"),
        ([30, 21], "PayoutsUnbalanced(left: 20, asked: 21)"),
        ([50, 1], "PayoutsUnbalanced(left: 0, asked: 1)"),
        ([50, 2**256 - 1], f"PayoutsUnbalanced(left: 0, asked: {2**256 - 1})"),
        ([2**128, 50], f"PayoutsUnbalanced(left: 50, asked: {2**128})"),
        ([50, 0], "ZeroAmount()"),
        ([0, 50], "ZeroAmount()"),
    ],
)
def test_payouts_use_up_what_holds_yield(bank: Bank, amounts: list[int], told: str) -> None:
    holds = [(held(bank, bank.alice, 60), 20), (held(bank, bank.bob, 30), 30)]
    assert refusal(bank, holds, [(bank.carol, amount) for amount in amounts]) == told


def test_only_its_own_holds(bank: Bank) -> None:
    mine = held(bank, bank.alice, 10)
    foreign = mine.but(notary=bank.notary, ref=ref(2))
    for_bob = mine.but(recipient=bank.bob, ref=ref(3))
    for terms in (foreign, for_bob):
        bank.opened(terms)
    told = refusal(bank, [(mine, 10), (foreign, 10)], [(bank.carol, 20)])
    assert told == f"NotNotary(caller: {bank.settler}, notary: {bank.notary})"
    told = refusal(bank, [(mine, 10), (for_bob, 10)], [(bank.carol, 20)])
    assert told == f"NotRecipient(caller: {bank.settler}, recipient: {bank.bob})"
    payout = arguments([(mine, 10)], [(bank.carol, 10)])
    told = bank.token.refusal(FUNCTION, *payout, by=bank.stranger)
    assert told == f"NotRecipient(caller: {bank.stranger}, recipient: {bank.settler})"


def test_a_hold_given_twice_is_refused(bank: Bank) -> None:
    terms = held(bank, bank.alice, 60)
    told = refusal(bank, [(terms, 30), (terms, 30)], [(bank.carol, 60)])
    assert told == f"HoldNotOpen(id: {bank.hold_id(terms)}, state: 2)"


def test_what_stops_one_hold_stops_all(bank: Bank) -> None:
    good, other = held(bank, bank.alice, 60), held(bank, bank.bob, 30)
    payouts = [(bank.carol, 90)]
    assert refusal(bank, [(good, 60), (other, 0)], payouts) == "ZeroAmount()"
    assert refusal(bank, [(good, 60), (other, 31)], payouts).startswith("HoldExceeded")
    drifted = other.but(amount=31)
    assert refusal(bank, [(good, 60), (drifted, 30)], payouts).startswith("HoldNotOpen")
    whole = [(good, 60), (other, 30)]
    for account, bits, told in (
        (bank.bob, NO_SEND, "SenderRefused"),
        (bank.carol, NO_RECEIVE, "RecipientRefused"),
    ):
        with bank.chain.rewound():
            bank.token.send("freeze", account, bits, by=bank.compliance)
            assert refusal(bank, whole, payouts).startswith(told)
    with bank.chain.rewound():
        bank.token.send("pause", PAUSE_SETTLE, by=bank.guardian)
        assert refusal(bank, whole, payouts).startswith("OperationPaused")
    bank.chain.advance(HOUR)
    assert refusal(bank, whole, payouts).startswith("HoldExpired")
    assert bank.position(bank.alice) == (100, 60)
    assert bank.position(bank.bob) == (100, 30)


@pytest.mark.parametrize("payee", ["stranger", "settler", ZERO])
def test_payees_must_be_admitted_also_the_caller(bank: Bank, payee: str) -> None:
    terms = held(bank, bank.alice, 60)
    account = payee if payee == ZERO else getattr(bank, payee)
    told = refusal(bank, [(terms, 60)], [(account, 60)])
    assert told == f"RecipientRefused(account: {account}, flags: 0)"


def test_all_is_shared_out_and_told(bank: Bank) -> None:
    first, second = held(bank, bank.alice, 60), held(bank, bank.bob, 30)
    given = arguments([(first, 20), (second, 30)], [(bank.carol, 45), (bank.alice, 5)])
    receipt = bank.token.send(FUNCTION, *given, by=bank.settler)

    def closed(terms: Terms, executed: int, released: int) -> tuple[str, dict[str, str]]:
        told = {"id": bank.hold_id(terms), "executed": str(executed), "released": str(released)}
        return "HoldClosed", told

    def moved(payer: str, payee: str, amount: int) -> tuple[str, dict[str, str]]:
        return "Transfer", {"from": payer, "to": payee, "value": str(amount)}

    assert bank.token.events(receipt) == [
        closed(first, 20, 40),
        moved(bank.alice, bank.settler, 20),
        closed(second, 30, 0),
        moved(bank.bob, bank.settler, 30),
        moved(bank.settler, bank.carol, 45),
        moved(bank.settler, bank.alice, 5),
    ]
    people = (bank.alice, bank.bob, bank.carol, bank.settler)
    positions = [bank.position(account) for account in people]
    assert positions == [(85, 0), (70, 0), (45, 0), (0, 0)]
    assert bank.token.read("totalSupply") == 200


def test_one_payee_may_be_paid_twice_and_one_holder_give_twice(bank: Bank) -> None:
    first, second = held(bank, bank.alice, 60, 1), held(bank, bank.alice, 40, 2)
    given = arguments([(first, 60), (second, 40)], [(bank.carol, 1), (bank.carol, 99)])
    bank.token.send(FUNCTION, *given, by=bank.settler)
    assert bank.position(bank.alice) == (0, 0)
    assert bank.position(bank.carol) == (100, 0)


def test_an_admitted_caller_may_keep_a_part(bank: Bank) -> None:
    bank.token.send("setAccountFlags", bank.settler, ALLOWED, by=bank.compliance)
    terms = held(bank, bank.alice, 60)
    given = arguments([(terms, 60)], [(bank.carol, 59), (bank.settler, 1)])
    bank.token.send(FUNCTION, *given, by=bank.settler)
    assert bank.position(bank.settler) == (1, 0)
