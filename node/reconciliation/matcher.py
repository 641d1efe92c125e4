"""The stage that compares the three records: takes items in, lets rules group them, keeps verdicts.

In: final events, entries, statement lines, token supply at the last final block. Out: items,
matches, breaks and the cut they hold at, in one unit of work behind a fence. Called by: pipeline.

It compares only once posting has answered all that the chain said; so an event and its entry are
judged together, and the breaks explain the differences at the cut to the unit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session

from node.bank import store as bank
from node.bindings import rulebook
from node.chain.deployments import Deployment
from node.chain.rpc import Rpc
from node.core.clock import Clock
from node.db.cursors import move_cursor, read_cursor
from node.db.order import hold_order
from node.db.unit_of_work import read_only, unit_of_work
from node.events import store as events
from node.events.indexer import FINAL
from node.ledger import balances
from node.ledger import store as ledger
from node.ledger.account import AccountKind
from node.posting.poster import PosterStage
from node.reconciliation import sources, store, sweep
from node.reconciliation.balance import Weights
from node.reconciliation.breaks import NOTHING
from node.reconciliation.cases import store as cases
from node.reconciliation.cut import Cut, move_cut, read_cut
from node.reconciliation.grouping import group
from node.reconciliation.items import store as items
from node.reconciliation.keeping import Keeper
from node.reconciliation.pool import Since
from node.reconciliation.pool import pool as items_to_judge
from node.reconciliation.supply import supplies
from node.reconciliation.verdict import Context, Tolerance, judge, rules_mark, subject_of

_JUDGED: Final = "reconciliation.judged"  # the last item that was judged


@dataclass(frozen=True, slots=True)
class _Supply:
    """What the tokens added up to at a final block."""

    block: int
    by_currency: Mapping[str, int]


class MatcherStage:
    """The stage `reconciliation.matcher`."""

    name = "reconciliation.matcher"

    def __init__(
        self,
        *,
        engine: Engine,
        rpc: Rpc,
        deployment: Deployment,
        tolerance: Tolerance,
        fence: Callable[[Session], None],
        clock: Clock,
    ) -> None:
        self._engine = engine
        self._rpc = rpc
        self._deployment = deployment
        self._tolerance = tolerance
        self._fence = fence
        self._clock = clock
        self._rulebook = rulebook(deployment.contracts)

    def run_once(self) -> int:
        """Take in the next rows; once there are no more, compare. Zero when nothing is new."""
        supply = self._supply()
        if supply is None:
            return 0
        with unit_of_work(self._engine) as session:
            self._fence(session)
            hold_order(session)  # no entry or statement may slip in between the readings below
            if read_cursor(session, FINAL, -1) != supply.block or not _answered(session):
                return 0
            taken, complete = sources.take(session, self._rulebook, self._clock.now())
            return taken + (self._compare(session, supply) if complete else 0)

    def _supply(self) -> _Supply | None:
        """Supply at the last final block, asked outside the unit of work; None: nothing is new."""
        with read_only(self._engine) as session:
            block = read_cursor(session, FINAL, -1)
            if block < 0 or not _answered(session) or not self._is_new(session, block):
                return None
        return _Supply(block, supplies(self._rpc, self._deployment, block))

    def _is_new(self, session: Session, block: int) -> bool:
        return read_cut(session) != self._cut(session, block)

    def _cut(self, session: Session, block: int) -> Cut:
        return Cut(
            block,
            ledger.last_sequence(session),
            bank.last_sequence(session),
            self._clock.today().toordinal(),
            cases.last_put(session),
            rules_mark(self._tolerance),
        )

    def _compare(self, session: Session, supply: _Supply) -> int:
        keeper = Keeper(session, self._clock.now())
        cut = self._cut(session, supply.block)
        today = date.fromordinal(cut.day)  # one day for all of it, also at midnight
        changed = self._judge(session, keeper, cut, today)
        overdue = ledger.open_expectations(session, due_before=today)
        changed += keeper.keep_findings(sweep.EXPECTED, sweep.overdue(overdue))
        changed += keeper.keep_findings(sweep.CLEARING, sweep.uncleared(_clearing(session), today))
        weights = _weights(session, supply)
        changed += keeper.keep_findings(sweep.BALANCE, sweep.unexplained(weights, today))
        move_cut(session, cut)
        return changed + 1

    def _judge(self, session: Session, keeper: Keeper, cut: Cut, today: date) -> int:
        covered = bank.reach(session, cut.statement)
        put = cases.put(session)
        pool = items_to_judge(session, _since(session, cut), covered, _moved(session), put)
        context = Context(
            today=today,
            tolerance=self._tolerance,
            covered=covered,
            expected=ledger.under_way(session, {each.uetr for each in pool}),
        )
        verdicts = [judge(each, context) for each in group(pool, by_hand=put)]
        move_cursor(session, _JUDGED, items.last(session))
        return keeper.keep_verdicts(verdicts, {each.key for each in pool})


def _answered(session: Session) -> bool:
    """Whether posting has answered every step that the chain has told."""
    return read_cursor(session, PosterStage.name) >= events.last_change(session)


def _since(session: Session, cut: Cut) -> Since:
    """How it stood at the last comparison; as before the first one, where other rules judged."""
    then = read_cut(session)
    if then.rules != cut.rules:
        return Since(0, 0, {})
    covered = bank.reach(session, then.statement)
    return Since(read_cursor(session, _JUDGED), then.hand, covered)


def _moved(session: Session) -> set[str]:
    """Payments of lone lines that have come under way since, or are no longer."""
    told = items.lone_lines(session)
    now = ledger.under_way(session, told)
    return {uetr for uetr, was in told.items() if was != (uetr in now)}


def _clearing(session: Session) -> dict[tuple[str, str], int]:
    """What the clearing accounts hold; each is back at zero once its receipts are booked."""
    return {
        (account.currency, account.code): held.posted(account.normal_side)
        for account, held in balances.balances(session, kind=AccountKind.CLEARING)
    }


def _weights(session: Session, supply: _Supply) -> list[Weights]:
    explained = store.explained(session, subject_of(""))
    return [
        Weights(
            currency=code,
            supply=units,
            wallets=balances.total_tokenised(session, code),
            explained_chain=explained.get(code, NOTHING).chain,
            block=supply.block,
        )
        for code, units in supply.by_currency.items()
    ]
