"""`canTransfer` says yes exactly when the transfer would succeed, in any state of both accounts."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.contracts.bank import ALLOWED, NO_RECEIVE, NO_SEND, ZERO, Bank
from tests.contracts.chain import Refused

PEOPLE = ("alice", "bob", "carol")
# Mostly admitted, so that the amount decides as often as the flags do.
flags = st.one_of(st.just(ALLOWED), st.integers(0, ALLOWED | NO_SEND | NO_RECEIVE))
# Around each edge of what Alice has: nothing, what is held, what is frozen, all of it.
amounts = st.one_of(st.integers(0, 110), st.sampled_from([0, 1, 99, 100, 101, 2**128, 2**256 - 1]))
frozen = st.one_of(st.just(0), st.integers(0, 110), st.just(2**256 - 1))


@given(
    payer_flags=flags,
    payee_flags=flags,
    payee=st.sampled_from(["bob", "bob", "bob", "alice", "carol", ZERO]),
    held=st.integers(0, 100),
    frozen=frozen,
    paused=st.sampled_from([0, 0, 0, 0, 1, 2, 4, 6, 7]),
    amount=amounts,
)
@example(payer_flags=1, payee_flags=1, payee="bob", held=40, frozen=30, paused=0, amount=30)
@example(payer_flags=1, payee_flags=1, payee="bob", held=40, frozen=30, paused=6, amount=31)
@settings(
    max_examples=max(settings().max_examples // 4, 10),  # each is half a dozen blocks
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_answer_is_what_happens(
    bank: Bank,
    *,
    payer_flags: int,
    payee_flags: int,
    payee: str,
    held: int,
    frozen: int,
    paused: int,
    amount: int,
) -> None:
    to = payee if payee == ZERO else getattr(bank, payee)
    with bank.chain.rewound():
        bank.mint(bank.alice, 100)
        if held:
            bank.opened(bank.terms(held))
        if frozen:
            bank.token.send("setFrozenTokens", bank.alice, frozen, by=bank.compliance)
        if to not in {ZERO, bank.alice}:
            bank.token.send("setAccountFlags", to, payee_flags, by=bank.compliance)
        bank.token.send("setAccountFlags", bank.alice, payer_flags, by=bank.compliance)
        if paused:
            bank.token.send("pause", paused, by=bank.guardian)
        said = bank.token.read("canTransfer", bank.alice, to, amount)
        assert said == succeeds(bank, to, amount)


def succeeds(bank: Bank, to: str, amount: int) -> bool:
    try:
        data = bank.token.data("transfer", to, amount)
        bank.chain.call(bank.alice, bank.token.address, data)
    except Refused:
        return False
    return True


@pytest.mark.parametrize("payer", [*PEOPLE, "stranger"])
def test_it_never_refuses_to_answer(bank: Bank, payer: str) -> None:
    for payee in (ZERO, bank.token.address, bank.bob):
        for amount in (0, 2**256 - 1):
            arguments = (getattr(bank, payer), payee, amount)
            assert bank.token.read("canTransfer", *arguments) in {True, False}
