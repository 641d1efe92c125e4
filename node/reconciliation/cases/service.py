"""People's work on breaks: what one may do alone, and what takes two.

In: a break, a person, words; decisions. Out: notes, owners, approvals, and what an approved command
does: items put together, an entry that follows the bank, an acceptance. Called by: api, console.

What is approved is what was shown: the proposal is made anew from the break as it stands at the
decision, and its hash must be the one that was asked for and the one that the second person saw.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session

from node.control import approvals, audit
from node.control.approvals import Approval, Decision, NotAsShown
from node.core.clock import Clock
from node.core.errors import NotFound, Rejected
from node.core.ids import derived_id, sha256_hex
from node.core.types import Side
from node.db.order import hold_order
from node.db.unit_of_work import unit_of_work
from node.feed.outbox import Kind, tell
from node.ledger import chart, journal
from node.ledger.account import AccountKind
from node.ledger.chart import AccountSpec
from node.ledger.entry import NewEntry, Posting
from node.reconciliation import store as breaks
from node.reconciliation.breaks import Break, Cause
from node.reconciliation.cases import store
from node.reconciliation.cases.proposal import (
    CaseClosed,
    CaseCommand,
    CommandHasNoSense,
    Proposal,
    key_of,
    proposal_of,
    sources_of,
)
from node.reconciliation.grouping import Source
from node.reconciliation.item import Record
from node.reconciliation.match import Match

FILE_BYTES_MAX: Final = 5_000_000


class FileTooLarge(Rejected):
    """More than a case keeps."""

    code = "CASE_FILE_TOO_LARGE"
    status = 413
    title = "File too large for a case"


@dataclass(frozen=True, slots=True)
class Cases:
    """Takes what people say about breaks. `write_off_max` is in whole units of the currency."""

    engine: Engine
    clock: Clock
    write_off_max: str

    def assign(self, break_id: str, owner: str, *, by: str) -> None:
        """Give a break to somebody."""
        with unit_of_work(self.engine) as session:
            found = _open(session, break_id)
            store.set_owner(session, break_id, owner)
            self._record(session, by, "break.assigned", found, {"from": found.owner, "to": owner})

    def note(
        self, break_id: str, text: str, *, by: str, file: tuple[str, bytes] | None = None
    ) -> None:
        """Write to a case, with a file when there is one; closed cases may be written to, too.

        Raises `FileTooLarge` for one of more than `FILE_BYTES_MAX`.
        """
        if file and len(file[1]) > FILE_BYTES_MAX:
            raise FileTooLarge(
                f"{file[0][:100]} is larger than {FILE_BYTES_MAX} bytes",
                remedy="Hand in the part that matters.",
            )
        kept = file and (file[0], sha256_hex(file[1]), file[1])
        with unit_of_work(self.engine) as session:
            found = _found(session, break_id)
            store.insert_note(
                session, break_id, by=by, at=self.clock.now(), text=text, file=kept or None
            )
            detail = {"text": text} | ({"file": kept[0], "sha256": kept[1]} if kept else {})
            self._record(session, by, "break.noted", found, detail)

    def reopen(self, break_id: str, reason: str, *, by: str) -> None:
        """No longer live with a break that two people had accepted."""
        with unit_of_work(self.engine) as session:
            found = _open(session, break_id)
            if not found.accepted:
                raise CommandHasNoSense(f"break {break_id} was not accepted")
            store.set_accepted(session, break_id, "")
            self._record(session, by, "break.reopened", found, {"reason": reason})

    def ask(
        self,
        command: CaseCommand,
        subject: str,
        *,
        reason: str,
        by: str,
        others: Sequence[str] = (),
    ) -> Approval:
        """Ask for a command; the approval carries the hash of what the second person has to see."""
        with unit_of_work(self.engine) as session:
            hold_order(session)
            proposal = self._proposal(session, command, subject, others)
            return approvals.ask(
                session,
                command=command,
                subject=subject,
                reason=reason,
                by=by,
                at=self.clock.now(),
                shown=proposal.shown,
                detail={"others": list(proposal.others), "shown": proposal.told},
            )

    def decide(self, approval_id: str, decision: Decision, *, by: str, shown: str) -> Approval:
        """Decide as the second person, which carries the command out where it is approved."""
        now = self.clock.now()
        with unit_of_work(self.engine) as session:
            decided = approvals.decide(
                session, approval_id, decision=decision, by=by, at=now, shown=shown
            )
            if decision is Decision.APPROVED:
                self._carry_out(session, decided, now)
            return decided

    def _proposal(
        self, session: Session, command: CaseCommand, subject: str, others: Sequence[str]
    ) -> Proposal:
        if command is CaseCommand.SPLIT:
            match = _match(session, subject)
            told = {"items": [[side.value, source] for side, source in _put(session, match)]}
            return Proposal(command, subject, (), told)
        named = [_found(session, each) for each in others]
        found = _found(session, subject)
        return proposal_of(command, found, named, write_off_max=self.write_off_max)

    def _carry_out(self, session: Session, decided: Approval, now: datetime) -> None:
        command, others = CaseCommand(decided.command), decided.detail["others"]
        proposal = self._proposal(session, command, decided.subject, others)
        if proposal.shown != decided.shown:
            raise NotAsShown(
                f"{decided.subject} is no longer what {decided.asked_by} asked about",
                remedy="Decline this, and ask for it anew.",
            )
        if command is CaseCommand.SPLIT:
            put = _put(session, _match(session, decided.subject))
            store.insert_put(session, put, "", decided.id, now)
            return
        found = _found(session, decided.subject)
        if command is CaseCommand.MATCH:
            self._match(session, [found, *(_found(session, each) for each in others)], decided, now)
        elif command is CaseCommand.WRITE_OFF:
            self._write_off(session, found, decided, now)
        else:
            store.set_accepted(session, found.id, decided.id)

    def _match(
        self, session: Session, joined: Sequence[Break], decided: Approval, now: datetime
    ) -> None:
        """All belong to the payment that has a reference, or to the first."""
        target = next((each for each in joined if each.uetr), joined[0])
        for each in joined:
            if each is not target:
                store.insert_put(session, sources_of(each), key_of(target), decided.id, now)

    def _write_off(self, session: Session, found: Break, decided: Approval, now: datetime) -> None:
        """The books follow the bank: the nostro moves by what the bank has more."""
        nostro = _nostro(found)
        bears = chart.fees if found.cause is Cause.FEE else chart.written_off
        other = bears(found.currency)
        journal.open_account(session, other, at=now)
        amount = abs(found.effect_bank)
        sides = (Side.DEBIT, Side.CREDIT) if found.effect_bank > 0 else (Side.CREDIT, Side.DEBIT)
        entry = journal.post(
            session,
            NewEntry(
                id=derived_id("write-off", decided.id),
                rule=f"case.{'fee' if found.cause is Cause.FEE else 'written-off'}",
                currency=found.currency,
                postings=(
                    Posting(nostro.code, sides[0], amount),
                    Posting(other.code, sides[1], amount),
                ),
                value_date=self.clock.today(),
                uetr=found.uetr,
                narrative=decided.reason,
                evidence={"break": found.id, "approval": decided.id},
            ),
            now,
        )
        put = [(Record.BOOKS, f"entry:{entry.id}")]
        store.insert_put(session, put, key_of(found), decided.id, now)

    def _record(
        self, session: Session, by: str, action: str, found: Break, detail: dict[str, str]
    ) -> None:
        now = self.clock.now()
        audit.record(session, actor=by, action=action, subject=found.id, detail=detail, at=now)
        tell(session, kind=Kind.BREAK_CHANGED, subject=found.id, data={"action": action}, at=now)


def _nostro(found: Break) -> AccountSpec:
    """The account at a bank on which the difference stands."""
    accounts = {str(each.get("account", "")) for each in found.evidence.get("items", [])}
    prefix = f"{AccountKind.NOSTRO}:{found.currency}:"
    numbers = sorted(each.removeprefix(prefix) for each in accounts if each.startswith(prefix))
    if len(numbers) != 1:
        raise CommandHasNoSense(
            f"break {found.id} is about {len(numbers)} accounts at banks, not one",
            remedy="Match it, or accept it.",
        )
    return chart.nostro(found.currency, numbers[0])


def _match(session: Session, match_id: str) -> Match:
    match = breaks.match_by_id(session, match_id)
    if match is None:
        raise NotFound(f"no match {match_id}", remedy="See /v1/matches.")
    return match


def _put(session: Session, match: Match) -> list[Source]:
    """Those items of a match that people put there."""
    put = store.put(session)
    held = [(each.side, each.source) for each in match.items]
    found = [each for each in held if each in put]
    if not found:
        raise CommandHasNoSense(
            f"match {match.id} was made by the rule {match.rule}, not by people",
            remedy="What rules match by reference belongs together.",
        )
    return found


def _found(session: Session, break_id: str) -> Break:
    found = breaks.break_by_id(session, break_id)
    if found is None:
        raise NotFound(f"no break {break_id}", remedy="See /v1/breaks.")
    return found


def _open(session: Session, break_id: str) -> Break:
    found = _found(session, break_id)
    if not found.open:
        raise CaseClosed(f"break {break_id} is closed: {found.closed_reason}")
    return found
