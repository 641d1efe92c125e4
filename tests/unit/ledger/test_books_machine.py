"""Any order of posting, announcing, voiding and reversing leaves the books right.

In: random steps, allowed or not, against a plain model of what each account holds. Run by pytest on
both kinds of database; each run writes in one unit of work that is taken back at its end.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine
from sqlmodel import Session

from node.core.errors import Conflict, InvalidAmount
from node.core.money import MINOR_UNITS_MAX
from node.core.types import Side
from node.ledger import balances, journal
from node.ledger.balance import Balance
from node.ledger.entry import Entry, NewEntry, Phase, Posting, swapped
from tests.support.ledger_books import ALICE, BOB, NOSTRO, NOW, SUSPENSE, new_entry

CODES = sorted(each.code for each in (NOSTRO, ALICE, BOB, SUSPENSE))
Totals = Counter[tuple[str, Side, Phase]]
accounts = st.sampled_from(CODES)
amounts = st.one_of(st.integers(1, 500), st.sampled_from([2**62, MINOR_UNITS_MAX]))
open_phases = st.sampled_from([Phase.PENDING, Phase.POSTED])


@st.composite
def balanced(draw: st.DrawFn) -> tuple[Posting, ...]:
    """One debit against one or two credits."""
    parts = draw(st.lists(amounts, min_size=1, max_size=2))
    against = [Posting(draw(accounts), Side.CREDIT, part) for part in parts]
    return (Posting(draw(accounts), Side.DEBIT, sum(parts)), *against)


@dataclass
class Line:
    """What the model keeps of an entry: whether it was resolved or reversed is all that changes."""

    postings: tuple[Posting, ...]
    phase: Phase
    ended: bool = False


class Books(RuleBasedStateMachine):
    """The ledger beside its model: one number per account, side and phase."""

    entries = Bundle("entries")

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.session = Session(engine)
        self.totals: Totals = Counter()
        self.lines: dict[UUID, Line] = {}
        self.new: dict[UUID, tuple[NewEntry, Phase]] = {}

    def teardown(self) -> None:
        self.session.rollback()
        self.session.close()

    @rule(target=entries, postings=balanced(), phase=open_phases)
    def write(self, postings: tuple[Posting, ...], phase: Phase) -> object:
        new = new_entry(f"entry {len(self.lines)}", postings=postings)
        done = self._step(lambda: self._book(new, phase), moved(postings, phase))
        if done is not None:
            self.new[done.id] = (new, phase)
        return self._keep(done)

    @rule(entry_id=entries)
    def write_again(self, entry_id: UUID) -> None:
        if entry_id in self.new:
            assert self._book(*self.new[entry_id]).id == entry_id

    @rule(target=entries, entry_id=entries)
    def let_stand(self, entry_id: UUID) -> object:
        line = self.lines[entry_id]
        change = moved(line.postings, Phase.POSTED)
        change.update(moved(line.postings, Phase.PENDING, -1))
        return self._keep(
            self._step(
                lambda: journal.post_pending(self.session, entry_id, NOW),
                change,
                ends=(line, Phase.PENDING),
            )
        )

    @rule(target=entries, entry_id=entries)
    def withdraw(self, entry_id: UUID) -> object:
        line = self.lines[entry_id]
        return self._keep(
            self._step(
                lambda: journal.void_pending(self.session, entry_id, NOW, "withdrawn"),
                moved(line.postings, Phase.PENDING, -1),
                ends=(line, Phase.PENDING),
            )
        )

    @rule(target=entries, entry_id=entries)
    def undo(self, entry_id: UUID) -> object:
        line = self.lines[entry_id]
        return self._keep(
            self._step(
                lambda: journal.reverse(self.session, entry_id, NOW, "wrong"),
                moved(swapped(line.postings), Phase.POSTED),
                ends=(line, Phase.POSTED),
            )
        )

    @invariant()
    def counters_are_what_the_model_says(self) -> None:
        found = {account.code: held for account, held in balances.balances(self.session)}
        assert {code: found[code] for code in CODES} == {code: self._held(code) for code in CODES}

    @invariant()
    def postings_add_up_to_the_same(self) -> None:
        assert balances.prove_counters(self.session) == []
        assert all(line.ok for line in balances.trial_balance(self.session))

    def _book(self, new: NewEntry, phase: Phase) -> Entry:
        write = journal.post if phase is Phase.POSTED else journal.record_pending
        return write(self.session, new, NOW)

    def _step(
        self,
        call: Callable[[], Entry],
        change: Totals,
        *,
        ends: tuple[Line, Phase] | None = None,
    ) -> Entry | None:
        """Ask the ledger; it must agree exactly where the model does."""
        after = self.totals.copy()
        after.update(change)
        allowed = ends is None or (ends[0].phase is ends[1] and not ends[0].ended)
        allowed = allowed and within_63_bits(after)
        try:
            with self.session.begin_nested():
                done = call()
        except (Conflict, InvalidAmount):
            assert not allowed
            return None
        assert allowed
        self.totals = after
        if ends is not None:
            ends[0].ended = True
        return done

    def _keep(self, done: Entry | None) -> object:
        if done is None:
            return multiple()
        self.lines[done.id] = Line(done.postings, done.phase)
        return done.id

    def _held(self, code: str) -> Balance:
        order = [(side, phase) for phase in (Phase.PENDING, Phase.POSTED) for side in Side]
        return Balance(code, *(self.totals[code, side, phase] for side, phase in order))


def moved(postings: tuple[Posting, ...], phase: Phase, sign: int = 1) -> Totals:
    totals: Totals = Counter()
    for posting in postings:
        totals[posting.account, posting.side, phase] += sign * posting.amount
    return totals


def within_63_bits(totals: Totals) -> bool:
    sides: Counter[tuple[str, Side]] = Counter()
    for (code, side, _), amount in totals.items():
        sides[code, side] += amount
    return all(amount <= MINOR_UNITS_MAX for amount in sides.values())


@pytest.mark.verify
def test_any_order_of_steps_leaves_the_books_right(books: Engine) -> None:
    class OfThisDatabase(Books):
        def __init__(self) -> None:
            super().__init__(books)

    run_state_machine_as_test(
        OfThisDatabase,
        settings=settings(
            max_examples=max(settings().max_examples // 5, 20),
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
