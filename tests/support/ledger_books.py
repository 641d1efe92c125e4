"""Builds books and what is written into them; a test names only what it cares about.

In: an engine, amounts, accounts. Out: open accounts, `NewEntry`, `Expectation`, counts of rows.
Used by tests of ledger, posting and feed.
"""

from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import func, select

from node.core.ids import derived_id, pack_ref
from node.core.types import Side
from node.db.unit_of_work import read_only, unit_of_work
from node.ledger import chart, journal, store
from node.ledger.balance import Balance
from node.ledger.chart import AccountSpec
from node.ledger.entry import Entry, NewEntry, Posting
from node.ledger.expectation import Expectation
from node.ledger.tables import EntryRow, PostingRow
from node.ledger.totals import store as totals

NOW = datetime(2026, 10, 5, 9, 30, tzinfo=UTC)
TODAY = NOW.date()
UETR = "7a562c67-ca16-48ba-b074-65581be6f001"
OTHER_UETR = "7a562c67-ca16-48ba-b074-65581be6f002"
NOSTRO = chart.nostro("EUR", "DE02100100109307118603")
ALICE = chart.wallet("EUR", "0x" + "aa" * 20)
BOB = chart.wallet("EUR", "0x" + "bb" * 20)
SUSPENSE = chart.suspense("EUR")
NOSTRO_JPY = chart.nostro("JPY", "7654321")
SUSPENSE_JPY = chart.suspense("JPY")
ACCOUNTS = (NOSTRO, ALICE, BOB, SUSPENSE, NOSTRO_JPY, SUSPENSE_JPY)


def open_books(engine: Engine, *accounts: AccountSpec) -> None:
    """Open accounts; the usual ones when none is named."""
    with unit_of_work(engine) as session:
        for account in accounts or ACCOUNTS:
            journal.open_account(session, account, at=NOW)


def debit(account: AccountSpec | str, amount: int) -> Posting:
    return Posting(_code(account), Side.DEBIT, amount)


def credit(account: AccountSpec | str, amount: int) -> Posting:
    return Posting(_code(account), Side.CREDIT, amount)


def new_entry(
    name: str = "first",
    amount: int = 100,
    *,
    postings: tuple[Posting, ...] | None = None,
    currency: str = "EUR",
    value_date: date = TODAY,
    uetr: str = UETR,
    expectation_id: str = "",
    event_key: str = "",
) -> NewEntry:
    """An issue to Alice; the same name gives the same id."""
    return NewEntry(
        id=derived_id("test", name),
        rule="test",
        currency=currency,
        postings=postings or (debit(NOSTRO, amount), credit(ALICE, amount)),
        value_date=value_date,
        uetr=uetr,
        expectation_id=expectation_id,
        event_key=event_key,
        narrative=name,
        evidence={"page": 3, "lines": (1, 2)},
    )


def expectation(name: str = "x-1", *, uetr: str = UETR, amount: int = 100) -> Expectation:
    """An issue to Alice, announced."""
    return Expectation(
        id=name,
        uetr=uetr,
        kind="ISSUE",
        currency="EUR",
        amount=amount,
        debit_account=NOSTRO.code,
        credit_account=ALICE.code,
        value_date=TODAY,
        ref=ref_of(uetr, name),
        references=("E2E-1", "INV-7"),
    )


def ref_of(uetr: str, name: str) -> str:
    """The reference under which the chain would tell of it."""
    named = UUID(name) if len(name) == len(uetr) else derived_id("test", name)
    return "0x" + pack_ref(UUID(uetr), named).hex()


def announced(engine: Engine, new: Expectation) -> None:
    with unit_of_work(engine) as session:
        journal.expect(session, new, NOW)


def posted(engine: Engine, new: NewEntry, at: datetime = NOW) -> Entry:
    with unit_of_work(engine) as session:
        return journal.post(session, new, at)


def pending(engine: Engine, new: NewEntry, at: datetime = NOW) -> Entry:
    with unit_of_work(engine) as session:
        return journal.record_pending(session, new, at)


def post_pending(engine: Engine, entry_id: UUID, at: datetime = NOW) -> Entry:
    with unit_of_work(engine) as session:
        return journal.post_pending(session, entry_id, at)


def void_pending(engine: Engine, entry_id: UUID, at: datetime = NOW) -> Entry:
    with unit_of_work(engine) as session:
        return journal.void_pending(session, entry_id, at, "withdrawn")


def reverse(engine: Engine, entry_id: UUID, at: datetime = NOW) -> Entry:
    with unit_of_work(engine) as session:
        return journal.reverse(session, entry_id, at, "wrong")


def all_entries(engine: Engine) -> list[Entry]:
    with read_only(engine) as session:
        return store.entries(session, limit=1000)


def counters(engine: Engine, account: AccountSpec) -> Balance:
    with read_only(engine) as session:
        return totals.counters(session, [account.code])[account.code]


def amounts(
    account: AccountSpec, *, dr: tuple[int, int] = (0, 0), cr: tuple[int, int] = (0, 0)
) -> Balance:
    """The counters of an account: debits and credits, each pending and posted."""
    return Balance(account.code, dr[0], cr[0], dr[1], cr[1])


def rows(engine: Engine) -> tuple[int, int, int]:
    """How many entries, postings, and accounts with a counter other than zero there are."""
    with read_only(engine) as session:
        entries = session.exec(select(func.count()).select_from(EntryRow)).one()
        postings = session.exec(select(func.count()).select_from(PostingRow)).one()
        held = totals.counters(session).values()
        return entries, postings, sum(each != Balance(each.account) for each in held)


def _code(account: AccountSpec | str) -> str:
    return account if isinstance(account, str) else account.code
