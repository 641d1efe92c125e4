"""The settlement side of a bank: its customers, its correspondent, the service that takes commands.

In: a database, the record of a deployment. Out: service, onboarding, tracker, what they left in the
database. Used by tests of settlement and of the whole way of the data.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, func
from sqlmodel import Session, SQLModel, col, select, update

from node.control.limits import Limits
from node.db.unit_of_work import read_only, unit_of_work
from node.settlement import store
from node.settlement.commands import Caller, IssueCommand, RedeemCommand, TransferCommand
from node.settlement.desk import Desk
from node.settlement.instruction import Instruction, instruction_id
from node.settlement.onboarding import Onboarding
from node.settlement.service import SettlementService
from node.settlement.settlements import Settlements
from node.settlement.tracker import TrackerStage
from node.submission import store as intents
from node.submission.history import store as history
from node.submission.intent import Intent, IntentState
from node.submission.tables import IntentRow
from tests.support.chain_bank import deployment, desk
from tests.support.chain_keys import CUSTOMERS, MemorySigner, address
from tests.support.clock import Clock

NOSTRO = "9875687"
LIMITS = Limits("1000000", {"EUR": "500.00"})


def uetr(number: int) -> str:
    """A UETR, told apart by its number."""
    return str(uuid.UUID(f"7a562c67-0000-4000-8000-{number:012x}"))


def caller(key: str, fingerprint: str = "") -> Caller:
    """A partner bank that asks under a key; the content is told by the key unless given."""
    return Caller("partner", "partner POST /instructions", key, fingerprint or f"content of {key}")


def issue(number: int, amount: str, to: str, **more: Any) -> IssueCommand:  # noqa: ANN401
    """Issue CAD to a label's wallet."""
    asked = {"currency": "CAD", "nostro": NOSTRO, "creditor_wallet": _wallet(to)}
    return IssueCommand(amount=amount, uetr=uetr(number), **{**asked, **more})


def redeem(number: int, amount: str, of: str, **more: Any) -> RedeemCommand:  # noqa: ANN401
    """Redeem CAD from a label's wallet."""
    asked = {"currency": "CAD", "nostro": NOSTRO, "debtor_wallet": _wallet(of)}
    return RedeemCommand(amount=amount, uetr=uetr(number), **{**asked, **more})


def transfer(
    number: int, amount: str, of: str, to: str, *, currency: str = "CAD"
) -> TransferCommand:
    """Pay from one label's wallet to another's."""
    return TransferCommand(
        currency=currency,
        amount=amount,
        debtor_wallet=_wallet(of),
        creditor_wallet=_wallet(to),
        uetr=uetr(number),
    )


def _wallet(text: str) -> str:
    """A label's address; what is no label is taken as it is."""
    return address(text) if text.isalpha() else text


def unfenced(_session: Session) -> None:
    """Nobody else leads."""


@dataclass
class SettlementDesk:
    """Settlement over one database."""

    engine: Engine
    clock: Clock = field(default_factory=Clock)
    desk: Desk = field(default_factory=lambda: desk(deployment()))
    limits: Limits = LIMITS
    fence: Callable[[Session], None] = unfenced

    @property
    def service(self) -> SettlementService:
        return SettlementService(
            engine=self.engine, clock=self.clock, desk=self.desk, limits=self.limits
        )

    @property
    def settlements(self) -> Settlements:
        return Settlements(
            engine=self.engine,
            clock=self.clock,
            desk=self.desk,
            limits=self.limits,
            signer=MemorySigner(*CUSTOMERS),
        )

    @property
    def onboarding(self) -> Onboarding:
        return Onboarding(engine=self.engine, clock=self.clock, desk=self.desk)

    @property
    def tracker(self) -> TrackerStage:
        return TrackerStage(engine=self.engine, desk=self.desk, fence=self.fence, clock=self.clock)

    def onboard(self, *names: str, custodial: bool = True) -> None:
        """Open the correspondent's account and take customers in."""
        for currency in ("CAD", "EUR"):
            self.onboarding.correspondent(currency, NOSTRO, "Correspondent", by="desk")
        for name in names:
            self.onboarding.customer(
                name.title(),
                address(name),
                currencies=("CAD", "EUR"),
                custodial=custodial,
                by="desk",
            )

    def instruction(self, number: int) -> Instruction:
        """The instruction under a UETR."""
        with read_only(self.engine) as session:
            found = store.instruction_by_uetr(session, uetr(number))
        assert found is not None
        return found

    def intents(self, number: int) -> dict[str, Intent]:
        """The intents of an instruction by purpose, in their order."""
        with read_only(self.engine) as session:
            found = intents.intents(session, instruction_id=instruction_id(uetr(number)))
        return {each.purpose: each for each in found}

    def stand(self, intent: Intent, state: IntentState, why: str = "") -> None:
        """Say where an intent stands, as the sender or the monitor would."""
        with unit_of_work(self.engine) as session:
            where = col(IntentRow.id) == intent.id
            session.exec(update(IntentRow).where(where).values(state=state, reason=why))
            history.tell(session, [(intent.id, intent.state, state, why)], self.clock.now())

    def counts(self) -> dict[str, int]:
        """How many rows each table has: a refusal changes none of them."""
        with read_only(self.engine) as session:
            return {
                table.name: session.exec(select(func.count()).select_from(table)).one()
                for table in SQLModel.metadata.sorted_tables
            }
