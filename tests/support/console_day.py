"""A console over a seeded database: one payment from call to bank line, a break, a refused file.

In: the URL of a migrated, empty database. Out: services without a node behind them, and rows.
Used by tests of the console; rows are written directly, so that a page is tested on its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel
from starlette.testclient import TestClient

from node.bank.tables import BankFileRow, StatementEntryRow, StatementRow
from node.chain.tables import BlockRow
from node.console.app import create_console
from node.core.errors import ConcordError
from node.core.types import ChainId
from node.days.service import Days
from node.events.tables import EventChangeRow, EventRow
from node.feed.tables import OutboxRow
from node.handles import decider
from node.ledger.tables import AccountRow, CounterRow, EntryRow, PostingRow
from node.reconciliation.cases.service import Cases
from node.reconciliation.proof import Proof, ProofLine
from node.reconciliation.tables import BreakRow, ItemRow, MatchMemberRow, MatchRow
from node.services import Check, Head, Services
from node.settlement.tables import InstructionRow
from node.submission.operator import Operator
from node.submission.tables import IntentHistoryRow, IntentRow
from tests.support.clock import NOW, Clock

TODAY = NOW.date()
UETR = "7a562c67-ca16-48ba-b074-65581be6f001"
OTHER_UETR = "7a562c67-0000-4000-8000-000000000002"
WALLET = "0x" + "ab" * 20
NOSTRO, HOLDER = "NOSTRO:CAD:9875687", f"WALLET:CAD:{WALLET}"
TX, BLOCK = "0x" + "11" * 32, "0x" + "22" * 32
HOSTILE = "<script>alert(1)</script>"
AMOUNT = 256_597_200
CHAIN = 131277322940537
SECRET = b"secret of the tests, thirty-two b"


@dataclass
class Node:
    """What the console is given; a test may change each part."""

    engine: Engine
    clock: Clock = field(default_factory=Clock)
    lines: tuple[ProofLine, ...] = ()
    error: ConcordError | None = None
    proof: Callable[[], Proof] | None = None
    demo: bool = True
    received: list[tuple[bytes, str, str]] = field(default_factory=list)

    def app(self) -> FastAPI:
        """The console over this node."""
        return create_console(self.services())

    def services(self) -> Services:
        """What a surface is given."""
        operator, cases = Operator(self.engine, self.clock), Cases(self.engine, self.clock, "100")
        days = Days(self.engine, self.clock, self._prove)
        return Services(
            engine=self.engine,
            clock=self.clock,
            settlement=cast("Any", SimpleNamespace()),
            settlements=cast("Any", SimpleNamespace()),
            onboarding=cast("Any", SimpleNamespace()),
            operator=operator,
            cases=cases,
            days=days,
            decide=decider(self.engine, operator, cases, days),
            prove=self._prove,
            receive_file=cast("Any", lambda *file: self.received.append(file)),
            checks=lambda: [Check("clock", ok=True, finding="in step")],
            head=self._head,
            demo=self.demo,
            version="0.1.0",
            token_secret=SECRET,
        )

    def _prove(self) -> Proof:
        if self.proof is not None:
            return self.proof()
        if self.error is not None:
            raise self.error
        return Proof(agrees=all(line.agrees for line in self.lines), lines=self.lines, at=NOW)

    def _head(self) -> Head:
        if self.error is not None:
            raise self.error
        return Head(ChainId(CHAIN), 45, 44, 42, BLOCK, 45)


def proof_line(currency: str, chain: int, books: int, bank: int, *, agrees: bool) -> ProofLine:
    """A line of the proof with the totals it stands on."""
    return ProofLine(
        currency=currency,
        chain=chain,
        books=books,
        bank=bank,
        difference=bank - chain,
        block=42,
        ledger_sequence=2,
        token_liability=books,
        nostro_mirror=246_942_800,
        statement_closing=246_942_800,
        explained=bank - books,
        agrees=agrees,
    )


def token_in(page: str) -> str:
    """The form token a page carries."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found, "the page has no form token"
    return found[1]


def sign_in(client: TestClient, role: str = "treasurer", **more: str) -> None:
    """Come in through the form, as a browser does."""
    token = token_in(client.get("/sign-in").text)
    answer = client.post(
        "/sign-in", data={"csrf": token, "role": role, **more}, follow_redirects=False
    )
    assert answer.status_code == 303, answer.text


def seed(engine: Engine) -> None:
    """Write the day."""
    with Session(engine) as session, session.begin():
        for group in (_bank(), _settlement(), _chain(), _books(), _reconciliation(), _feed()):
            for row in group:
                session.add(row)
                session.flush()


def _settlement() -> list[SQLModel]:
    instruction = InstructionRow(
        id="in-1", sequence=1, kind="ISSUE", gate_sequence=1, uetr=UETR, currency="CAD",
        amount=AMOUNT, creditor_wallet=WALLET, nostro=NOSTRO, end_to_end_id="E2E-1",
        value_date=TODAY, state="SETTLED", created_by="partner-bank", created_at=NOW,
        updated_at=NOW,
    )  # fmt: skip
    failed = InstructionRow(
        id="in-2", sequence=2, kind="TRANSFER", uetr=OTHER_UETR, currency="CAD", amount=500,
        debtor_wallet=WALLET, creditor_wallet=WALLET, value_date=TODAY, state="REFUSED",
        reason="AccountFrozen", created_by="partner-bank", created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    intent = IntentRow(
        id="intent-1", sequence=1, instruction_id="in-1", purpose="ISSUE", chain_id=CHAIN,
        signer=WALLET, target=WALLET, calldata="0x", state="FINAL", nonce=7, tx_hash=TX,
        block_number=42, block_hash=BLOCK, created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    steps = [
        IntentHistoryRow(intent_id="intent-1", old=old, new=new, at=NOW)
        for old, new in (("PREPARED", "SIGNED"), ("SIGNED", "SENT"), ("SENT", "MINED"))
    ]
    return [instruction, failed, intent, *steps]


def _chain() -> list[SQLModel]:
    at = int(NOW.timestamp())
    args = {"sequence": "1", "to": WALLET, "amount": str(AMOUNT), "ref": "0x"}
    return [
        BlockRow(chain_id=CHAIN, number=42, hash=BLOCK, parent_hash="0x", timestamp=at),
        EventRow(
            id=1, chain_id=CHAIN, block_number=42, block_hash=BLOCK, block_timestamp=at,
            tx_hash=TX, log_index=3, address=WALLET, contract="IssuanceGate", label="CAD.gate",
            currency="CAD", name="Issued", args=args, uetr=UETR, topics=[], data="0x",
        ),
        EventChangeRow(event_id=1, change="SEEN", at=NOW),
        EventChangeRow(event_id=1, change="FINAL", at=NOW),
    ]  # fmt: skip


def _books() -> list[SQLModel]:
    sides = ((NOSTRO, "DEBIT", "NOSTRO"), (HOLDER, "CREDIT", "WALLET"))
    rows: list[SQLModel] = []
    for code, side, kind in sides:
        label = f"{HOSTILE} GmbH" if kind == "WALLET" else ""
        rows.append(
            AccountRow(code=code, kind=kind, currency="CAD", normal_side=side, label=label,
                       opened_at=NOW)
        )  # fmt: skip
        total = {f"{side.lower()}s_posted": AMOUNT}
        rows.append(CounterRow(account=code, **total))
    rows.append(
        EntryRow(sequence=1, id="5f1a0000-0000-5000-8000-000000000001", phase="POSTED",
                 rule="CAD.gate Issued", currency="CAD", uetr=UETR, value_date=TODAY,
                 recorded_at=NOW, link="")
    )  # fmt: skip
    rows += [
        PostingRow(entry_sequence=1, account=code, side=side, amount=AMOUNT)
        for code, side, _ in sides
    ]
    return rows


def _bank() -> list[SQLModel]:
    good: dict[str, Any] = {"sha256": "c0" * 32, "name": "stmt-1.xml", "format": "camt.053.001.08"}
    bad: dict[str, Any] = {"sha256": "c1" * 32, "name": "stmt-2.xml", "format": ""}
    kept: dict[str, Any] = {"size_bytes": 4321, "received_by": "treasurer", "received_at": NOW,
                            "content": b"x"}  # fmt: skip
    return [
        BankFileRow(id=1, accepted=True, **good, **kept),
        BankFileRow(id=2, accepted=False, error_code="STATEMENT_NOT_CONTINUOUS", error_line=17,
                    error_detail=f"opening {HOSTILE} is not the last closing", **bad, **kept),
        StatementRow(
            id="st-1", sequence=1, file_id=1, kind="STATEMENT", message_id="M1",
            statement_id="STMT-77", account=NOSTRO, account_number="9875687", currency="CAD",
            opening=-9_654_400, closing=246_942_800, opening_date=TODAY, closing_date=TODAY,
            fingerprint="f", received_at=NOW,
        ),
        StatementEntryRow(
            id=1, statement_id="st-1", position=1, amount=AMOUNT, currency="CAD", status="BOOK",
            booking_date=TODAY, value_date=TODAY, uetr=UETR, counterparty="Acme Ltd",
            narrative=HOSTILE, line=63,
        ),
    ]  # fmt: skip


def _reconciliation() -> list[SQLModel]:
    items: list[SQLModel] = [
        ItemRow(id=number, side=side, source=f"{side}:{number}", kind=kind, currency="CAD",
                amount=AMOUNT, value_date=TODAY, uetr=UETR, account=NOSTRO, created_at=NOW)
        for number, (side, kind) in enumerate(
            (("chain", "ISSUE"), ("books", "ISSUE"), ("bank", "BANK_LINE")), start=1
        )
    ]  # fmt: skip
    match = MatchRow(
        id="m-1", sequence=1, rule="exact_reference", currency="CAD", uetr=UETR, complete=True,
        created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    members: list[SQLModel] = [
        MatchMemberRow(item_id=number, match_id="m-1", rule="exact_reference", at=NOW)
        for number in (1, 2, 3)
    ]
    return [*items, match, *members, *_breaks()]


def _breaks() -> list[SQLModel]:
    told = [
        ("b-1", "UNIDENTIFIED", "bank", date(2026, 11, 17), f"{HOSTILE} nobody announced this", 0),
        ("b-2", "MISSING", "bank", date(2026, 11, 23), "no bank line for a final issue", 1),
        ("b-3", "FEE", "bank", date(2026, 11, 20), "the bank kept 12.00", 2),
    ]
    return [
        BreakRow(
            id=name, sequence=at + 1, subject=f"item:{at + 1}", cause=cause, side=side,
            currency="CAD", amount=1_500 + at, effect_bank=1_500 + at, value_date=value_date,
            open=name != "b-3", explanation=why, evidence={"line": 63, "file": HOSTILE},
            opened_at=NOW, closed_at=NOW if name == "b-3" else None,
            closed_reason="the missing side arrived" if name == "b-3" else "",
        )
        for name, cause, side, value_date, why, at in told
    ]  # fmt: skip


def _feed() -> list[SQLModel]:
    kinds = ("instruction.changed", "entry.posted", "match.made")
    return [OutboxRow(kind=kind, subject=f"subject\n{kind}", data={}, at=NOW) for kind in kinds]
