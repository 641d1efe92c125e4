"""The doctor: looks at everything the node stands on, and says what is wrong and what to do.

In: the parts that app.py composed. Out: one `Check` per thing looked at; nothing is changed.
Called by: app (`Services.checks`), for cli, api and console.

A check that cannot be made because something below it fails is itself a finding.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

from sqlmodel import Session

from node.chain.deployment.code import check_code
from node.chain.deployment.plan import Plan
from node.chain.deployment.verify import verify
from node.control import halt
from node.core.errors import ConcordError
from node.db import leases
from node.db.cursors import all_cursors
from node.db.migrate import schema_version
from node.db.unit_of_work import read_only
from node.events import store as events
from node.events.indexer import FINAL, INDEXED
from node.feed import sequencer
from node.jobs.leadership import ROLE
from node.ledger import balances
from node.ledger import store as ledger
from node.pipeline import Parts
from node.posting.poster import PosterStage
from node.reconciliation.cut import read_cut
from node.sealing import verification
from node.services import Check

HEAD_AHEAD_SECONDS_MAX: Final = 60
HEAD_OLD_SECONDS_MAX: Final = 900
BLOCKS_BEHIND_MAX: Final = 100
ROWS_BEHIND_MAX: Final = 1000
# How long a finding is told again before it is looked for anew.
QUICK_SECONDS: Final = 2
THOROUGH_SECONDS: Final = 60
_SHOWN: Final = 3

Verdict = tuple[str, str]  # finding, remedy; the remedy is empty where all is well
Look = Callable[[], Verdict]


class Doctor:
    """Looks. `plan` is None where nobody said from which plan the contracts were deployed.

    Health is asked by anyone and often: what was just found is told again, so that asking cannot
    keep the database or a paid endpoint busy.
    """

    def __init__(
        self,
        parts: Parts,
        plan: Plan | None,
        *,
        embedded: bool,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._parts = parts
        self._plan = plan
        self._embedded = embedded
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._told: dict[str, tuple[float, Check]] = {}

    def checks(self) -> list[Check]:
        """Everything, in the order in which one thing stands on another."""
        with self._lock:
            return [self._check(*look) for look in self._looks()]

    def _looks(self) -> Iterator[tuple[str, Look, int]]:
        yield "database", self._database, QUICK_SECONDS
        yield "chain", self._chain, QUICK_SECONDS
        yield "clock", self._clock, QUICK_SECONDS
        yield "contracts", self._contracts, THOROUGH_SECONDS
        yield "roles", self._roles, THOROUGH_SECONDS
        yield "keystore", self._keystore, QUICK_SECONDS
        yield "halts", self._within(_halts), QUICK_SECONDS
        yield "lease", self._within(self._lease), QUICK_SECONDS
        yield "cursors", self._cursors, QUICK_SECONDS
        yield "audit", self._within(_audit_trail), THOROUGH_SECONDS
        yield "ledger", self._within(_ledger), THOROUGH_SECONDS

    def _check(self, name: str, look: Look, seconds: int) -> Check:
        now = self._monotonic()
        at, told = self._told.get(name, (now, None))
        if told is None or now - at >= seconds:
            at, told = now, _checked(name, look)
            self._told[name] = at, told
        return told

    def _within(self, look: Callable[[Session], Verdict]) -> Look:
        def looked() -> Verdict:
            with read_only(self._parts.engine) as session:
                return look(session)

        return looked

    def _database(self) -> Verdict:
        with read_only(self._parts.engine):
            return (
                f"{self._parts.engine.dialect.name}, schema {schema_version(self._parts.engine)}",
                "",
            )

    def _chain(self) -> Verdict:
        chain_id, head = self._parts.rpc.chain_id(), self._parts.rpc.block("latest")
        resting = [
            f"; {name} rests: {health.benched_by}"
            for name, health in self._parts.rpc.health()
            if health.rests
        ]
        return f"chain {chain_id} answers, head {head.number}{''.join(resting)}", ""

    def _clock(self) -> Verdict:
        if self._embedded:
            return "the chain inside the node keeps this machine's time", ""
        head = self._parts.rpc.block("latest")
        age = int(self._parts.clock.now().timestamp()) - head.timestamp
        if age < -HEAD_AHEAD_SECONDS_MAX:
            return (
                f"the chain's newest block is {-age} s ahead of this machine",
                "Set this machine's clock, for example with chrony.",
            )
        if age > HEAD_OLD_SECONDS_MAX:
            return (
                f"the chain's newest block is {age} s old",
                "Compare this machine's clock; if it is right, the endpoint or its chain stalls.",
            )
        return f"in step with the chain, its newest block is {max(age, 0)} s old", ""

    def _contracts(self) -> Verdict:
        deployment = self._parts.desk.deployment
        check_code(self._parts.rpc, deployment)
        codes = ", ".join(deployment.currencies)
        return f"{len(deployment.contracts)} contracts stand as compiled ({codes})", ""

    def _roles(self) -> Verdict:
        if self._plan is None:
            return "not compared: CONCORD_DEPLOYMENT_PLAN names no plan", ""
        found = verify(self._parts.rpc, self._plan, self._parts.desk.deployment)
        if not found:
            return "every right on the chain is as planned", ""
        shown = "; ".join(str(each) for each in found[:_SHOWN])
        return (
            f"{len(found)} differences from the plan: {shown}",
            "Run scripts/verify_deployment.py for all of them; find out who changed the rights.",
        )

    def _keystore(self) -> Verdict:
        desk, rpc = self._parts.desk, self._parts.rpc
        wanted = {
            "issuer": desk.issuer,
            "attestor": desk.attestor,
            "compliance": desk.compliance,
            "funder": desk.funder,
        }
        held = self._parts.signer.addresses()
        missing = [label for label, address in wanted.items() if address not in held]
        if missing:
            return f"no key for {', '.join(missing)}", "Restore the key files from their backup."
        poor = [label for label, address in wanted.items() if not rpc.balance(address)]
        if poor:
            return f"{', '.join(poor)} cannot pay gas", "Send the account some of the chain's coin."
        return f"{len(held)} keys, those of the desk among them", ""

    def _lease(self, session: Session) -> Verdict:
        held = leases.lease(session, ROLE)
        if held is None or held.expires_at <= self._parts.clock.now():
            return "free: no process runs the stages", ""
        return f"held by {held.holder}, epoch {held.epoch}", ""

    def _cursors(self) -> Verdict:
        head = self._parts.rpc.block("latest").number
        with read_only(self._parts.engine) as session:
            lags = _lags(session, head)
        text = ", ".join(f"{name} {lag}" for name, lag in lags.items())
        slow = [
            name
            for name, lag in lags.items()
            if lag > (BLOCKS_BEHIND_MAX if name.endswith("blocks") else ROWS_BEHIND_MAX)
        ]
        if slow:
            return (
                f"behind: {text}",
                "See whether a node runs (lease), whether a scope halts (halts), and its log.",
            )
        return f"behind: {text}", ""


def _checked(name: str, look: Look) -> Check:
    try:
        finding, remedy = look()
    except ConcordError as error:
        return Check(name, ok=False, finding=error.detail, remedy=error.remedy)
    return Check(name, ok=not remedy, finding=finding, remedy=remedy)


def _halts(session: Session) -> Verdict:
    found = halt.in_force(session)
    if not found:
        return "none", ""
    shown = "; ".join(
        f"{each.scope} since {each.at:%Y-%m-%d %H:%M}: {each.reason}" for each in found
    )
    return shown, f"Remove the cause, then run `concord lift {found[0].scope}`."


def _audit_trail(session: Session) -> Verdict:
    seen = verification.verify(session)
    if not seen.found:
        return f"{seen.entries} entries and {seen.actions} actions are as they were written", ""
    named = "; ".join(f"{each.where}: {each.what}" for each in seen.found[:_SHOWN])
    return named, "Somebody wrote into the database. Keep a copy of it and call your auditor."


def _ledger(session: Session) -> Verdict:
    wrong = balances.prove_counters(session)
    wrong += [
        f"{each.currency} debits and credits differ"
        for each in (balances.trial_balance(session))
        if not each.ok
    ]
    if not wrong:
        return f"{ledger.last_sequence(session)} entries add up to every balance", ""
    return "; ".join(wrong[:_SHOWN]), "Somebody wrote into the database. Restore it from a backup."


def _lags(session: Session, head: int) -> dict[str, int]:
    cursors = all_cursors(session)
    changes, entries = events.last_change(session), ledger.last_sequence(session)
    cut = read_cut(session)
    return {
        "chain blocks": head - cursors.get(INDEXED, -1),
        "compared blocks": cursors.get(FINAL, -1) - cut.block,
        "posting": changes - cursors.get(PosterStage.name, 0),
        "comparison": max(entries - cut.entry, 0),
        "feed": changes
        - cursors.get(sequencer.CHANGES, 0)
        + entries
        - cursors.get(sequencer.ENTRIES, 0),
    }
