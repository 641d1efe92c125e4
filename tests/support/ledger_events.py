"""Writes what the chain said: events as the indexer would, and each step of their standing.

In: an engine, events with defaults. Out: event and change rows, a poster over them. Used by tests
of posting, feed and bindings.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from node.bindings import rulebook
from node.chain import store as blocks
from node.core.ids import derived_id, pack_ref
from node.core.types import Address, BlockNumber, BlockRef, ChainId, EventKey, Hash32
from node.db.unit_of_work import read_only, unit_of_work
from node.events import store as events
from node.events.event import ChainEvent, Change, NewEvent
from node.events.tables import EventChangeRow
from node.ledger import store as ledger
from node.ledger.entry import Entry
from node.posting import store as posting
from node.posting.poster import PosterStage
from node.posting.rulebook import Rulebook
from node.posting.store import Decision
from tests.support.clock import Clock
from tests.support.ledger_books import NOW, UETR

CHAIN = ChainId(1337)
ALICE_ADDRESS, BOB_ADDRESS, NOBODY = "0x" + "aa" * 20, "0x" + "bb" * 20, "0x" + "00" * 20
EXPECTED = str(derived_id("test", "expectation"))
REF = "0x" + pack_ref(UUID(UETR), UUID(EXPECTED)).hex()


class Where(TypedDict, total=False):
    """The place of a log: `fork` names another block of the same height."""

    block: int
    fork: str
    tx: str
    log_index: int
    currency: str


def unfenced(_: Session) -> None:
    """Nobody else leads."""


def chain_event(
    name: str,
    args: dict[str, Any],
    *,
    contract: str = "DepositToken",
    currency: str = "EUR",
    block: int = 7,
    fork: str = "",
    tx: str = "t1",
    log_index: int = 0,
) -> ChainEvent:
    """An event, not yet stored."""
    ref = str(args.get("ref", ""))
    return ChainEvent(
        id=0,
        key=EventKey(CHAIN, Hash32(f"0xblock{block}{fork}"), Hash32(f"0x{tx}"), log_index),
        block_number=block,
        block_timestamp=int(NOW.timestamp()),
        address=Address("0x" + "01" * 20),
        contract=contract,
        label=f"{currency}.{contract}",
        currency=currency,
        name=name,
        args=args,
        uetr=UETR if ref == REF else "",
        ref=ref,
        canonical=True,
    )


def issued(
    amount: int = 100, *, ref: str = "0x", to: str = ALICE_ADDRESS, **at: Unpack[Where]
) -> ChainEvent:
    """The gate issued to Alice."""
    args = {"sequence": "1", "ref": ref, "to": to, "amount": str(amount)}
    return chain_event("Issued", args, contract="IssuanceGate", **at)


def redeemed(amount: int = 100, *, ref: str = "0x", **at: Unpack[Where]) -> ChainEvent:
    """The gate redeemed from Alice."""
    args = {"sequence": "1", "ref": ref, "from": ALICE_ADDRESS, "amount": str(amount)}
    return chain_event("Redeemed", args, contract="IssuanceGate", **at)


def transfer(
    amount: int = 100,
    *,
    payer: str = ALICE_ADDRESS,
    payee: str = BOB_ADDRESS,
    **at: Unpack[Where],
) -> ChainEvent:
    """The token moved."""
    return chain_event("Transfer", {"from": payer, "to": payee, "value": str(amount)}, **at)


def transfer_ref(
    amount: int = 100,
    *,
    ref: str = "0x",
    payer: str = ALICE_ADDRESS,
    payee: str = BOB_ADDRESS,
    **at: Unpack[Where],
) -> ChainEvent:
    """The token moved under a reference."""
    args = {"from": payer, "to": payee, "amount": str(amount), "ref": ref}
    return chain_event("TransferRef", args, **at)


@dataclass
class Chain:
    """The record of one chain, and the poster that answers it."""

    engine: Engine
    clock: Clock = field(default_factory=lambda: Clock(NOW))
    rules: Rulebook = field(default_factory=rulebook)
    fence: Callable[[Session], None] = unfenced

    def tell(self, event: ChainEvent, *changes: Change) -> None:
        """Store an event if it is new, and steps of its standing."""
        self.tell_all([event], *changes)

    def tell_all(self, them: Iterable[ChainEvent], *changes: Change) -> None:
        """The same for several events, one after the other."""
        with unit_of_work(self.engine) as session:
            for event in them:
                stored = events.event_by_key(session, event.key) or _store(session, event)
                for change in changes:
                    at = self.clock.now()
                    session.add(EventChangeRow(event_id=stored.id, change=change, at=at))
                    session.flush()

    def post(self) -> int:
        """Let the poster answer what it finds in one unit of work."""
        return PosterStage(
            engine=self.engine, rulebook=self.rules, fence=self.fence, clock=self.clock
        ).run_once()

    def told(self, event: ChainEvent, *changes: Change) -> list[str]:
        """Tell and post; gives the outcomes of the decisions on these changes."""
        before = len(self.decisions())
        self.tell(event, *changes)
        self.post()
        return [each.outcome.value for each in self.decisions()[before:]]

    def decisions(self) -> list[Decision]:
        with read_only(self.engine) as session:
            return posting.decisions(session, limit=1000)

    def entries(self) -> list[Entry]:
        with read_only(self.engine) as session:
            return ledger.entries(session, limit=1000)


def _store(session: Session, event: ChainEvent) -> ChainEvent:
    number = BlockNumber(event.block_number)
    block = BlockRef(number, event.key.block_hash, Hash32("0xparent"), event.block_timestamp)
    blocks.put_canonical(session, CHAIN, [block])
    events.insert_events(session, [_new(event)])
    stored = events.event_by_key(session, event.key)
    assert stored is not None
    return stored


def _new(event: ChainEvent) -> NewEvent:
    return NewEvent(
        chain_id=CHAIN,
        block_number=event.block_number,
        block_hash=event.key.block_hash,
        block_timestamp=event.block_timestamp,
        tx_hash=event.key.tx_hash,
        log_index=event.key.log_index,
        address=event.address,
        contract=event.contract,
        label=event.label,
        currency=event.currency,
        name=event.name,
        args=json.dumps(event.args),
        uetr=event.uetr,
        topics="[]",
        data="0x",
    )
