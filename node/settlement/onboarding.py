"""Opens the books for correspondents and customers, and admits wallets to the tokens.

In: names, numbers, addresses. Out: accounts, wallets, intents that admit and fund them.
Called by: demo and app. Everything derives from the address, so onboarding twice onboards once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session

from node.bank import store as bank
from node.bank.profile import Closing
from node.bank.writes import store as writes
from node.bindings import deposit_token
from node.control import audit
from node.core.clock import Clock
from node.core.ids import derived_id, wallet_key
from node.core.types import Address
from node.db.unit_of_work import unit_of_work
from node.ledger import chart, journal
from node.ledger import store as ledger
from node.settlement import store
from node.settlement.desk import Desk
from node.settlement.wallet import Wallet
from node.submission import service as submission
from node.submission.service import Call

GAS_MONEY_WEI: Final = 10**18


class Onboarding:
    """Who the bank knows."""

    def __init__(self, *, engine: Engine, clock: Clock, desk: Desk) -> None:
        self._engine = engine
        self._clock = clock
        self._desk = desk

    def correspondent(
        self,
        currency: str,
        number: str,
        name: str,
        *,
        closing: Closing = Closing.BOOKED,
        by: str,
    ) -> str:
        """Open our account at a correspondent; gives its code in the books.

        `closing` says how the correspondent draws up its statements; another one counts from the
        next statement on.
        """
        spec = chart.nostro(currency, number)
        now = self._clock.now()
        with unit_of_work(self._engine) as session:
            known = ledger.account(session, spec.code) is not None
            journal.open_account(session, spec, label=name, at=now)
            for each in (chart.suspense(currency), chart.brought_forward(currency)):
                journal.open_account(session, each, at=now)
            journal.open_account(session, chart.fees(currency), at=now)
            if not known:
                audit.record(session, actor=by, action="nostro.opened", subject=spec.code, at=now)
            if bank.closing(session, spec.code) is not closing:
                writes.set_closing(session, spec.code, closing)
                action, detail = "nostro.closing_set", {"closing": closing}
                audit.record(
                    session, actor=by, action=action, subject=spec.code, detail=detail, at=now
                )
        return spec.code

    def customer(
        self,
        name: str,
        address: str,
        *,
        currencies: Iterable[str],
        custodial: bool,
        identifier: str = "",
        by: str,
    ) -> Wallet:
        """Take a customer's wallet into the books and admit it to the tokens."""
        key, now = wallet_key(address), self._clock.now()
        with unit_of_work(self._engine) as session:
            known = store.wallet(session, key)
            wallet = known or Wallet(key, name, identifier, custodial, now)
            if known is None:
                store.insert_wallet(session, wallet)
                audit.record(session, actor=by, action="wallet.onboarded", subject=key, at=now)
                if custodial:
                    self._fund(session, wallet)
            for currency in currencies:
                spec = chart.wallet(currency, key)
                journal.open_account(session, spec, label=name, at=now)
                self._admit(session, wallet, currency)
        return wallet

    def _admit(self, session: Session, wallet: Wallet, currency: str) -> None:
        token = self._desk.token(currency)
        call = deposit_token.set_account_flags(token, wallet.address, deposit_token.ALLOWED)
        self._prepare(session, wallet, f"ADMIT {currency}", self._desk.compliance, call)

    def _fund(self, session: Session, wallet: Wallet) -> None:
        call = Call(wallet.address, "0x", GAS_MONEY_WEI)
        self._prepare(session, wallet, "FUND", self._desk.funder, call)

    def _prepare(
        self, session: Session, wallet: Wallet, purpose: str, signer: Address, call: Call
    ) -> None:
        submission.prepare(
            session,
            id=str(derived_id("intent", "wallet", wallet.address, purpose)),
            instruction_id="",
            purpose=purpose,
            chain_id=self._desk.chain_id,
            signer=signer,
            call=call,
            at=self._clock.now(),
        )
