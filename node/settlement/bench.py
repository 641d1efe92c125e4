"""What judging a settlement needs at hand, and the parts that every kind of it shares.

In: a session, the desk, limits, who asks and when. Out: amounts, legs and settlements, judged and
kept. Called by: exchange and cycle here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlmodel import Session

from node.control import limits
from node.control.limits import Limits
from node.core.errors import UetrUsed
from node.core.ids import parse_uetr
from node.core.money import Money, currency, parse_positive
from node.settlement import acceptance, store
from node.settlement.desk import Desk
from node.settlement.instruction import (
    Instruction,
    InstructionKind,
    InstructionState,
    instruction_id,
)
from node.settlement.settlement import (
    Settlement,
    SettlementMethod,
    SettlementWay,
    settlement_id,
)

LIFE: Final = timedelta(days=1)  # after this, what was not settled is free again


@dataclass(frozen=True, slots=True)
class Bench:
    """One settlement being judged, in one unit of work."""

    session: Session
    desk: Desk
    limits: Limits
    actor: str
    at: datetime

    @property
    def deadline(self) -> datetime:
        """Until when it may settle; in whole seconds, as the chain counts."""
        return (self.at + LIFE).replace(microsecond=0)

    def fresh(self, *uetrs: str) -> str:
        """The first UETR, once none of them is used, or there twice. Raises `UetrUsed`."""
        known = [str(parse_uetr(each)) for each in uetrs]
        for each in known:
            acceptance.check_unused(self.session, each)
            if known.count(each) > 1:
                raise UetrUsed(
                    f"UETR {each} is there twice",
                    remedy="Give the settlement and each of its legs a UETR of its own.",
                    uetr=each,
                )
        return known[0]

    def amount(self, code: str, text: str) -> Money:
        """An amount that one payment may have, in a currency with a token."""
        money = parse_positive(text, currency(code))
        limits.check_amount(money, self.limits)
        self.desk.token(code)
        return money

    def leg(
        self,
        settlement_uetr: str,
        uetr: str,
        amount: Money,
        debtor: str,
        creditor: str,
        *,
        end_to_end_id: str = "",
        value_date: date | None = None,
    ) -> Instruction:
        """One leg, not yet numbered."""
        return Instruction(
            id=instruction_id(uetr),
            sequence=0,
            kind=InstructionKind.TRANSFER,
            gate_sequence=None,
            uetr=uetr,
            amount=amount,
            debtor_wallet=debtor,
            creditor_wallet=creditor,
            nostro="",
            settlement_id=settlement_id(settlement_uetr),
            end_to_end_id=end_to_end_id,
            value_date=value_date or self.at.astimezone(UTC).date(),
            state=InstructionState.INSTRUCTED,
            reason="",
            created_by=self.actor,
            created_at=self.at,
            updated_at=self.at,
        )

    def keep(
        self,
        uetr: str,
        method: SettlementMethod,
        way: SettlementWay,
        content_id: bytes,
        legs: Sequence[Instruction],
    ) -> Settlement:
        """Keep a settlement, and its legs as the books should see them."""
        settlement = Settlement(
            id=settlement_id(uetr),
            sequence=store.next_settlement_sequence(self.session),
            uetr=uetr,
            method=method,
            way=way,
            content_id="0x" + content_id.hex(),
            deadline=self.deadline,
            created_by=self.actor,
            created_at=self.at,
        )
        store.insert_settlement(self.session, settlement)
        for each in self._numbered(legs):
            acceptance.keep(self.session, self.desk, each, content_id)
        return settlement

    def _numbered(self, legs: Iterable[Instruction]) -> Iterable[Instruction]:
        first = store.next_sequence(self.session)
        return [replace(each, sequence=number) for number, each in enumerate(legs, start=first)]
