"""The three records of one small bank, written directly, and the matcher and prover over them.

In: an engine over a migrated database. Out: `Records`: final events, entries and statements by one
call each; the chain is a number that a test sets. Used by tests of reconciliation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import Engine
from sqlmodel import Session

from node.bank.importer import receive
from node.bank.statement import BOOKED, STATEMENT, Statement, StatementEntry
from node.bank.writer import write_camt053
from node.chain.deployments import DeployedContract, Deployment
from node.chain.tables import BlockRow
from node.core.ids import derived_id, pack_ref
from node.core.money import Money, currency
from node.core.types import Address, BlockNumber, ChainId, Hash32, Side
from node.db.cursors import move_cursor, read_cursor
from node.db.unit_of_work import unit_of_work
from node.events import store as events
from node.events.indexer import FINAL
from node.events.tables import EventChangeRow, EventRow
from node.ledger import chart, journal
from node.ledger.entry import NewEntry, Posting
from node.ledger.expectation import Expectation
from node.posting.poster import PosterStage
from node.reconciliation.matcher import MatcherStage
from node.reconciliation.proof import Proof, Prover
from node.reconciliation.verdict import Tolerance
from tests.support.clock import NOW, Clock

TODAY = NOW.date()
TOMORROW = NOW + timedelta(days=1)
CHAIN = ChainId(1337)
NUMBER = "DE02100100109307118603"
EUR = currency("EUR")
NOSTRO = chart.nostro("EUR", NUMBER)
HOLDER = chart.wallet("EUR", "0x" + "ab" * 20)
PAYEE = chart.wallet("EUR", "0x" + "cd" * 20)
SUSPENSE = chart.suspense("EUR")
Booked = tuple[chart.AccountSpec, chart.AccountSpec, int]


@dataclass
class Records:
    """What happened, told to each record by itself."""

    engine: Engine
    clock: Clock = field(default_factory=Clock)
    supply: int = 0
    closing: int = 0
    block: int = 0
    statements: int = 0

    def __post_init__(self) -> None:
        with unit_of_work(self.engine) as session:
            for spec in (NOSTRO, HOLDER, PAYEE, SUSPENSE):
                journal.open_account(session, spec, at=NOW)

    def issue(self, amount: int, uetr: str, *, announced: bool = True) -> None:
        """Tokens issued, final and booked."""
        self.supply += amount
        debit = NOSTRO if announced else SUSPENSE
        args = {"to": "0x" + "ab" * 20, "amount": str(amount)}
        said = ("IssuanceGate", "Issued", args)
        self._final(said, (debit, HOLDER, amount), uetr if announced else "")

    def move(self, amount: int, uetr: str = "") -> None:
        """Tokens moved between wallets, final and booked; unannounced without a reference."""
        args = {"from": "0x" + "ab" * 20, "to": "0x" + "cd" * 20}
        name, amount_name = ("TransferRef", "amount") if uetr else ("Transfer", "value")
        args[amount_name] = str(amount)
        self._final(("DepositToken", name, args), (HOLDER, PAYEE, amount), uetr)

    def statement(self, *lines: tuple[int, str], on: date = TODAY) -> None:
        """A statement of the nostro with these lines, imported."""
        self.statements += 1
        opening, self.closing = self.closing, self.closing + sum(amount for amount, _ in lines)
        content = write_camt053(
            Statement(
                kind=STATEMENT,
                message_id=f"M{self.statements}",
                statement_id=f"S{self.statements}",
                number=self.statements,
                account_number=NUMBER,
                currency="EUR",
                opening=Money(opening, EUR),
                closing=Money(self.closing, EUR),
                opening_date=on,
                closing_date=on,
                entries=tuple(_line(at, *told, on) for at, told in enumerate(lines, 1)),
                line=0,
            ),
            owner_bic="EXMPDEFF",
            servicer_bic="CORRDEFF",
            created_at=NOW,
        )  # fmt: skip
        receive(self.engine, content, "s.xml", received_by="bank", clock=self.clock)

    def adjust(self, amount: int) -> UUID:
        """An entry that moves the nostro without any event."""
        sides = (Side.DEBIT, Side.CREDIT) if amount > 0 else (Side.CREDIT, Side.DEBIT)
        new = NewEntry(
            id=uuid4(),
            rule="manual",
            currency="EUR",
            postings=tuple(
                Posting(spec.code, side, abs(amount))
                for spec, side in zip((NOSTRO, SUSPENSE), sides, strict=True)
            ),
            value_date=TODAY,
        )
        with unit_of_work(self.engine) as session:
            return journal.post(session, new, self.clock.now()).id

    def match(self) -> int:
        """Let the matcher run until it finds nothing new; how many rounds did something."""
        stage, rounds = self.matcher(), 0
        while stage.run_once():
            rounds += 1
            assert rounds < 50, "the matcher never rests"
        return rounds

    def matcher(self) -> MatcherStage:
        """The stage over these records."""
        return MatcherStage(
            engine=self.engine,
            rpc=self._rpc(),
            deployment=_DEPLOYMENT,
            tolerance=Tolerance("50.00"),
            fence=lambda _: None,
            clock=self.clock,
        )

    def prove(self) -> Proof:
        """The proof over these records."""
        return Prover(
            engine=self.engine, rpc=self._rpc(), deployment=_DEPLOYMENT, clock=self.clock
        ).prove()

    def mine(self) -> None:
        """One more final block, without events."""
        with unit_of_work(self.engine) as session:
            self._mine(session)

    def answer(self) -> None:
        """Let posting have answered all that the chain said."""
        with unit_of_work(self.engine) as session:
            move_cursor(session, PosterStage.name, events.last_change(session))

    def _rpc(self) -> Any:  # noqa: ANN401 - stands in for `Rpc`, of which one call is used
        return cast("Any", SimpleNamespace(call=lambda *_, **__: self.supply.to_bytes(32)))

    def _mine(self, session: Session) -> BlockRow:
        self.block = read_cursor(session, FINAL, 0) + 1
        row = BlockRow(
            chain_id=CHAIN,
            number=self.block,
            hash=f"0x{self.block:064x}",
            parent_hash=f"0x{self.block - 1:064x}",
            timestamp=int(NOW.timestamp()),
        )
        session.add(row)
        session.flush()
        move_cursor(session, FINAL, self.block)
        return row

    def _final(self, said: tuple[str, str, dict[str, str]], booked: Booked, uetr: str) -> None:
        """An event in a new final block, and the entry that answers it; announced under a UETR."""
        contract, name, args = said
        expectation = str(derived_id("expectation", uetr)) if uetr else ""
        if expectation:
            args["ref"] = "0x" + pack_ref(UUID(uetr), UUID(expectation)).hex()
        with unit_of_work(self.engine) as session:
            block = self._mine(session)
            event = EventRow(
                chain_id=CHAIN, block_number=block.number, block_hash=block.hash,
                block_timestamp=block.timestamp, tx_hash=f"0x{uuid4().hex:0>64}", log_index=0,
                address="0x01", contract=contract, label="EUR", currency="EUR", name=name,
                args=args, uetr=uetr, topics=[], data="0x",
            )  # fmt: skip
            session.add(event)
            session.flush()
            session.add(EventChangeRow(event_id=event.id or 0, change="FINAL", at=NOW))
            session.flush()
            if expectation:
                journal.expect(session, expected(expectation, uetr, booked), NOW)
            key = f"{CHAIN}:{event.block_hash}:{event.tx_hash}:{event.log_index}"
            journal.post(session, _answer(key, booked, uetr, expectation), NOW)
            move_cursor(session, PosterStage.name, events.last_change(session))


def _answer(key: str, booked: Booked, uetr: str, expectation: str) -> NewEntry:
    debit, credit, amount = booked
    return NewEntry(
        id=derived_id("posting", key),
        rule="gate.issued" if uetr else "gate.issued.unannounced",
        currency="EUR",
        postings=(
            Posting(debit.code, Side.DEBIT, amount),
            Posting(credit.code, Side.CREDIT, amount),
        ),
        value_date=TODAY,
        uetr=uetr,
        expectation_id=expectation,
        event_key=key,
    )


def expected(expectation_id: str, uetr: str, booked: Booked) -> Expectation:
    """What an instruction announces."""
    debit, credit, amount = booked
    kind = "ISSUE" if debit is NOSTRO else "TRANSFER"
    return Expectation(
        id=expectation_id,
        uetr=uetr,
        kind=kind,
        currency="EUR",
        amount=amount,
        debit_account=debit.code,
        credit_account=credit.code,
        value_date=TODAY,
        ref="0x" + pack_ref(UUID(uetr), UUID(expectation_id)).hex(),
    )


def _line(position: int, amount: int, uetr: str, on: date) -> StatementEntry:
    return StatementEntry(
        position=position,
        amount=Money(amount, EUR),
        status=BOOKED,
        booking_date=on,
        value_date=on,
        uetr=uetr,
        end_to_end_id="",
        instruction_id="",
        servicer_reference=f"R{position}",
        counterparty="Customer",
        narrative="",
        reversal=False,
        line=0,
    )


_DEPLOYMENT = Deployment(
    CHAIN,
    (
        DeployedContract(
            label="EUR.token",
            contract="DepositToken",
            address=Address("0x" + "11" * 20),
            block_number=BlockNumber(0),
            tx_hash=Hash32("0x" + "22" * 32),
            constructor_args=(),
            artifact_hash="",
            currency="EUR",
        ),
    ),
)
