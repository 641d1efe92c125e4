"""Onboarding: what is refused, what is opened and admitted, and that twice is once."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from node.bindings import deposit_token
from node.control import store as control
from node.core.errors import Conflict, InvalidReference
from node.db.engine import open_engine
from node.db.unit_of_work import read_only
from node.ledger import store as ledger
from node.settlement import store
from node.settlement.onboarding import GAS_MONEY_WEI
from node.settlement.wallet import CurrencyNotTokenised, Wallet
from node.submission import store as intents
from node.submission.intent import Intent, IntentState
from tests.support.chain_desk import NOSTRO, SettlementDesk
from tests.support.chain_keys import address

ALICE = address("alice")


@pytest.fixture
def bank(database_url: str) -> Iterator[SettlementDesk]:
    """Give a bank that knows nobody yet."""
    engine = open_engine(database_url)
    yield SettlementDesk(engine)
    engine.dispose()


def customer(bank: SettlementDesk, *currencies: str, custodial: bool = True) -> Wallet:
    return bank.onboarding.customer(
        "Alice Ltd", ALICE, currencies=currencies, custodial=custodial, identifier="A1", by="desk"
    )


def prepared(bank: SettlementDesk) -> list[Intent]:
    with read_only(bank.engine) as session:
        return intents.intents(session)


@pytest.mark.parametrize("wallet", ["", "alice", "0x12", "0x" + "zz" * 20, ALICE[2:]])
def test_a_wallet_that_is_no_address(bank: SettlementDesk, wallet: str) -> None:
    before = bank.counts()
    with pytest.raises(InvalidReference):
        bank.onboarding.customer("A", wallet, currencies=["CAD"], custodial=True, by="desk")
    assert bank.counts() == before


def test_a_currency_without_token_takes_nobody_in(bank: SettlementDesk) -> None:
    before = bank.counts()
    with pytest.raises(CurrencyNotTokenised) as refused:
        customer(bank, "CAD", "USD")
    assert "CAD, EUR" in refused.value.remedy
    assert bank.counts() == before


@pytest.mark.parametrize("number", ["", " 1", "1\n", "9" * 71])
def test_an_account_number_that_is_none(bank: SettlementDesk, number: str) -> None:
    before = bank.counts()
    with pytest.raises(InvalidReference):
        bank.onboarding.correspondent("CAD", number, "Bank", by="desk")
    assert bank.counts() == before


def test_a_custodial_customer_is_known_funded_and_admitted(bank: SettlementDesk) -> None:
    made = customer(bank, "CAD", "EUR")
    with read_only(bank.engine) as session:
        assert store.wallet(session, ALICE) == made
        assert store.wallet(session, ALICE.upper().replace("X", "x")) == made
        assert store.wallets(session) == [made]
        account = ledger.account(session, f"WALLET:EUR:{ALICE}")
        trail = [(each.actor, each.action, each.subject) for each in control.audit_trail(session)]
    assert (made.name, made.identifier, made.custodial) == ("Alice Ltd", "A1", True)
    assert account is not None
    assert account.label == "Alice Ltd"
    assert trail == [("desk", "wallet.onboarded", ALICE)]
    fund, cad, eur = prepared(bank)
    assert (fund.purpose, fund.signer, fund.target) == ("FUND", bank.desk.funder, ALICE)
    assert (fund.value, fund.calldata) == (GAS_MONEY_WEI, "0x")
    assert [each.purpose for each in (cad, eur)] == ["ADMIT CAD", "ADMIT EUR"]
    admit = deposit_token.set_account_flags(bank.desk.token("CAD"), ALICE, deposit_token.ALLOWED)
    assert (cad.signer, cad.calldata) == (bank.desk.compliance, admit.calldata)
    assert {each.state for each in (fund, cad, eur)} == {IntentState.PREPARED}
    assert {each.instruction_id for each in (fund, cad, eur)} == {""}


def test_who_keeps_the_own_key_is_not_funded(bank: SettlementDesk) -> None:
    customer(bank, "CAD", custodial=False)
    assert [each.purpose for each in prepared(bank)] == ["ADMIT CAD"]


def test_onboarding_twice_onboards_once(bank: SettlementDesk) -> None:
    first = customer(bank, "CAD")
    bank.onboarding.correspondent("CAD", NOSTRO, "Correspondent", by="desk")
    before = bank.counts()
    bank.clock.later(seconds=3600)
    assert customer(bank, "CAD") == first
    assert bank.onboarding.correspondent("CAD", NOSTRO, "Correspondent", by="desk")
    assert bank.counts() == before


def test_another_currency_may_be_added_later(bank: SettlementDesk) -> None:
    first = customer(bank, "CAD")
    assert customer(bank, "CAD", "EUR") == first
    assert [each.purpose for each in prepared(bank)] == ["FUND", "ADMIT CAD", "ADMIT EUR"]


def test_a_correspondent_opens_what_its_currency_needs(bank: SettlementDesk) -> None:
    code = bank.onboarding.correspondent("EUR", NOSTRO, "Bank of Examples", by="desk")
    assert code == f"NOSTRO:EUR:{NOSTRO}"
    with read_only(bank.engine) as session:
        opened = {each.code: each.label for each in ledger.accounts(session)}
    assert opened == {
        code: "Bank of Examples",
        "SUSPENSE:EUR": "",
        "BROUGHT_FORWARD:EUR": "",
        "FEES:EUR": "",
    }


def test_several_correspondents_share_a_currency(bank: SettlementDesk) -> None:
    codes = {bank.onboarding.correspondent("EUR", number, "B", by="d") for number in ("1", "2")}
    assert codes == {"NOSTRO:EUR:1", "NOSTRO:EUR:2"}


def test_a_wallet_changed_into_another_call_is_refused(bank: SettlementDesk) -> None:
    customer(bank, "CAD")
    other = SettlementDesk(bank.engine)
    other.desk = type(bank.desk)(
        deployment=bank.desk.deployment,
        issuer=bank.desk.issuer,
        attestor=bank.desk.attestor,
        compliance=bank.desk.issuer,
        funder=bank.desk.funder,
        settler=bank.desk.settler,
    )
    with pytest.raises(Conflict):
        customer(other, "CAD")


def test_gas_money_is_an_exact_amount() -> None:
    assert Decimal(GAS_MONEY_WEI) == Decimal(10) ** 18
