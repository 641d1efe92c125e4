"""A payment from a customer of one bank to a customer of another: three legs, all or none.

Two banks, each with its own access manager, token and gate, and a central bank's reserve token. The
payer's token goes to bank A, reserves from A to B, bank B's token to the payee.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.contracts.bank import ALLOWED, ATTESTOR, HOUR, ISSUER, MINTER, PAUSE_SETTLE, ref
from tests.contracts.chain import Contract
from tests.contracts.deals import NONE, SETTLED, Deal, Leg
from tests.contracts.desk import Desk

FUNDS = 1_000


@dataclass(frozen=True)
class House:
    """A bank: whoever admits and pauses is `boss`; only the gate mints."""

    boss: str
    token: Contract
    gate: Contract

    def admit(self, account: str) -> None:
        self.token.send("setAccountFlags", account, ALLOWED, by=self.boss)

    def issue(self, sequence: int, to: str, amount: int) -> None:
        self.gate.send("issue", sequence, ref(sequence, sequence), to, amount, by=self.boss)


class Town:
    """Alice is a customer of bank A, Bob of bank B; both banks have reserves."""

    def __init__(self) -> None:
        self.desk = Desk(parties=8)
        self.alice, self.bob, self.a, self.b, boss_a, boss_b, boss_c, attestor = self.desk.parties
        self.bank_a = self._house("Bank A deposits", boss_a, attestor)
        self.bank_b = self._house("Bank B deposits", boss_b, attestor)
        self.central = self._house("Reserves", boss_c, attestor)
        for house, accounts in (
            (self.bank_a, (self.alice, self.a)),
            (self.bank_b, (self.b, self.bob)),
            (self.central, (self.a, self.b)),
        ):
            for account in accounts:
                house.admit(account)
        self.bank_a.issue(1, self.alice, FUNDS)
        self.bank_b.issue(1, self.b, FUNDS)
        self.central.issue(1, self.a, FUNDS)

    def payment(self, amount: int = 250) -> Deal:
        legs = (
            Leg(self.bank_a.token, self.alice, self.a, amount),
            Leg(self.central.token, self.a, self.b, amount),
            Leg(self.bank_b.token, self.b, self.bob, amount),
        )
        return Deal(legs, self.desk.chain.now + HOUR, ref(9), ref(9))

    def money(self) -> tuple[int, ...]:
        """Alice, A's own, A's reserves, B's reserves, B's own, Bob."""
        bank_a, central, bank_b = (
            house.token for house in (self.bank_a, self.central, self.bank_b)
        )
        return tuple(
            token.read("balanceOf", account)
            for token, account in (
                *((bank_a, self.alice), (bank_a, self.a), (central, self.a)),
                *((central, self.b), (bank_b, self.b), (bank_b, self.bob)),
            )
        )

    def _house(self, name: str, boss: str, attestor: str) -> House:
        access = self.desk.deploy("BankAccess", boss)
        token = self.desk.new_token(name, access)
        limits = (10**9, 1, 10**6)
        gate = self.desk.deploy("IssuanceGate", token.address, access.address, limits)
        rights = (
            *((token, "mint", MINTER), (token, "burn", MINTER)),
            *((gate, "issue", ISSUER), (gate, "attest", ATTESTOR)),
        )
        for contract, function, role in rights:
            selectors = [contract.selector(function)]
            access.send("setTargetFunctionRole", contract.address, selectors, role, by=boss)
        grants = ((MINTER, gate.address), (ISSUER, boss), (ATTESTOR, attestor))
        for role, account in grants:
            access.send("grantRole", role, account, 0, by=boss)
        gate.send("attest", 10**6, self.desk.chain.now, by=attestor)
        return House(boss, token, gate)


@pytest.fixture(scope="module")
def built() -> Town:
    """Build once."""
    return Town()


@pytest.fixture
def town(built: Town) -> Iterator[Town]:
    """Give the town as it was built."""
    with built.desk.chain.rewound():
        yield built


BEFORE = (FUNDS, 0, FUNDS, 0, FUNDS, 0)
AFTER = (750, 250, 750, 250, 750, 250)


def test_a_payment_on_three_signatures(town: Town) -> None:
    payment = town.payment()
    town.desk.send("settle", payment, town.desk.signatures(payment))
    assert town.money() == AFTER


def test_a_payment_out_of_three_holds(town: Town) -> None:
    payment = town.payment()
    town.desk.hold(payment)
    assert town.desk.told(town.desk.send("execute", payment)) == ["Settled"]
    assert town.money() == AFTER


def test_no_bank_gives_what_it_does_not_have(town: Town) -> None:
    payment = town.payment(FUNDS + 1)
    told = town.desk.refusal("settle", payment, town.desk.signatures(payment))
    assert town.desk.meant(told).startswith("InsufficientAvailable(")
    assert town.money() == BEFORE


def test_a_customer_of_another_bank_is_not_paid_in_this_ones_token(town: Town) -> None:
    payment = town.payment().with_leg(0, payee=town.bob)
    told = town.desk.refusal("settle", payment, town.desk.signatures(payment))
    assert town.desk.meant(told).startswith("RecipientRefused(")


@pytest.mark.parametrize("leg", [0, 1, 2])
def test_where_one_house_has_paused_nothing_moves_until_it_goes_on(town: Town, leg: int) -> None:
    payment, desk = town.payment(), town.desk
    house = (town.bank_a, town.central, town.bank_b)[leg]
    desk.hold(payment)
    house.token.send("pause", PAUSE_SETTLE, by=house.boss)
    ((name, args),) = desk.engine.events(desk.send("execute", payment))
    assert (name, args["leg"]) == ("SettlementFailed", str(leg))
    assert desk.meant(args["reason"]).startswith("OperationPaused(")
    assert (town.money(), desk.state(payment)) == (BEFORE, NONE)
    house.token.send("unpause", PAUSE_SETTLE, by=house.boss)
    assert desk.told(desk.send("execute", payment)) == ["Settled"]
    assert (town.money(), desk.state(payment)) == (AFTER, SETTLED)


def test_where_a_house_stays_paused_all_get_their_money_back(town: Town) -> None:
    payment, desk = town.payment(), town.desk
    desk.send("instruct", payment, by=town.alice)
    desk.hold(payment)
    town.bank_b.token.send("pause", PAUSE_SETTLE, by=town.bank_b.boss)
    desk.chain.advance(HOUR)
    assert desk.told(desk.send("expire", payment)) == ["Expired"]
    assert town.money() == BEFORE
    assert [leg.token.read("heldOf", leg.payer) for leg in payment.legs] == [0, 0, 0]
