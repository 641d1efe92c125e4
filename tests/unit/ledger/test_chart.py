"""The chart of accounts: how codes are built, and what none is built from.

In: currencies, numbers, addresses. Run by pytest.
"""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from node.core.errors import Conflict, InvalidAmount, InvalidReference
from node.core.types import Side
from node.db.unit_of_work import read_only, unit_of_work
from node.ledger import chart, journal, store
from node.ledger.account import NORMAL_SIDE, AccountKind
from node.ledger.chart import AccountSpec
from tests.support.ledger_books import ALICE, NOSTRO, NOW, SUSPENSE

WALLET = "0x" + "aB" * 20


@pytest.mark.parametrize("number", ["", " ", " 12", "12 ", "1\t2", "1\n", "\x00", "9" * 71])
def test_what_is_no_account_number_opens_no_nostro(number: str) -> None:
    with pytest.raises(InvalidReference):
        chart.nostro("EUR", number)
    with pytest.raises(InvalidReference):
        chart.vostro("EUR", number)


@pytest.mark.parametrize("address", ["", "0x", "alice", "0x" + "g" * 40])
def test_what_is_no_address_opens_no_wallet(address: str) -> None:
    for build in (chart.wallet, chart.clearing):
        with pytest.raises(InvalidReference):
            build("EUR", address)


@pytest.mark.parametrize("ccy", ["", "eur", "EURO"])
def test_what_is_no_currency_opens_no_account(ccy: str) -> None:
    for build in (chart.suspense, chart.brought_forward, chart.fees):
        with pytest.raises(InvalidAmount):
            build(ccy)


@pytest.mark.parametrize(
    ("spec", "code"),
    [
        (chart.nostro("CAD", "9875687"), "NOSTRO:CAD:9875687"),
        (chart.vostro("CAD", "12 34"), "VOSTRO:CAD:12 34"),
        (chart.wallet("EUR", WALLET), f"WALLET:EUR:{WALLET.lower()}"),
        (chart.clearing("EUR", WALLET), f"CLEARING:EUR:{WALLET.lower()}"),
        (chart.suspense("JPY"), "SUSPENSE:JPY"),
        (chart.brought_forward("EUR"), "BROUGHT_FORWARD:EUR"),
        (chart.fees("EUR"), "FEES:EUR"),
    ],
)
def test_a_code_says_kind_currency_and_number(spec: AccountSpec, code: str) -> None:
    assert spec.code == code


def test_what_we_own_and_spend_grows_by_debits() -> None:
    debits = {kind for kind in AccountKind if NORMAL_SIDE[kind] is Side.DEBIT}
    assert debits == {
        AccountKind.NOSTRO,
        AccountKind.FEES,
        AccountKind.IN_TRANSIT,
        AccountKind.GAS,
        AccountKind.VENUE,
        AccountKind.WRITTEN_OFF,
    }


def test_an_account_never_changes_its_kind(engine: Engine) -> None:
    other = AccountSpec(SUSPENSE.code, AccountKind.FEES, "EUR", Side.DEBIT)
    with unit_of_work(engine) as session:
        journal.open_account(session, SUSPENSE, at=NOW)
        with pytest.raises(Conflict):
            journal.open_account(session, other, at=NOW)


def test_an_account_opened_again_stays_as_it_was_opened(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        first = journal.open_account(session, ALICE, label="Alice Ltd", at=NOW)
    with unit_of_work(engine) as session:
        again = journal.open_account(
            session, ALICE, label="Somebody else", at=NOW + timedelta(days=1)
        )
    assert again == first
    assert again.label == "Alice Ltd"


def test_accounts_are_listed_by_kind_and_currency(engine: Engine) -> None:
    specs = (NOSTRO, ALICE, chart.nostro("JPY", "1"), chart.wallet("JPY", WALLET))
    with unit_of_work(engine) as session:
        for spec in specs:
            journal.open_account(session, spec, at=NOW)
    with read_only(engine) as session:
        assert [each.code for each in store.accounts(session, "NOSTRO")] == [
            NOSTRO.code,
            "NOSTRO:JPY:1",
        ]
        assert [each.code for each in store.accounts(session, currency="EUR")] == [
            NOSTRO.code,
            ALICE.code,
        ]
        assert store.currencies(session) == ["EUR", "JPY"]
        assert store.account(session, "NOSTRO:EUR:none") is None
