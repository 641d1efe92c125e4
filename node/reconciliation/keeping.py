"""Keeps verdicts: matches that hold their items, breaks that open, change and close by themselves.

In: verdicts on groups, findings beside them. Out: rows, the trail and the feed, in the matcher's
unit of work. Called by: matcher. A break is known by its subject: while it stands it is one row,
and when it comes back after it was closed it is a new one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from node.control import audit
from node.core.ids import derived_id
from node.core.money import Money, currency
from node.feed.outbox import Kind, tell
from node.reconciliation import store
from node.reconciliation.breaks import Break
from node.reconciliation.group import match_id
from node.reconciliation.verdict import Finding, MatchFound, Verdict, subject_of
from node.reconciliation.writes import store as writes

_ACTOR = "node"
_ARRIVED = "every record says the same"
_RESOLVED = "the difference is gone"


class Keeper:
    """Writes what one judging found."""

    def __init__(self, session: Session, at: datetime) -> None:
        self._session = session
        self._at = at
        self._open = {each.subject: each for each in store.open_breaks(session)}

    def keep_verdicts(self, verdicts: Iterable[Verdict], keys: Iterable[str]) -> int:
        """Keep verdicts on the payments under `keys`, some of which may have become part of others.

        Gives how many matches and breaks changed.
        """
        found = {each.key: each for each in verdicts}
        gone = set(keys) - set(found)
        changed = sum(self._withdraw(key) for key in sorted(gone))
        for key, verdict in sorted(found.items()):
            changed += self._keep_match(key, verdict.match)
        findings = {subject_of(key): each.finding for key, each in found.items()}
        findings |= {subject_of(key): None for key in gone}
        return changed + self._settle(findings, _ARRIVED)

    def keep_findings(self, prefix: str, findings: Iterable[Finding]) -> int:
        """Keep breaks that stand on totals or clocks; those of the prefix not found are over."""
        found: dict[str, Finding | None] = {each.subject: each for each in findings}
        over = {each for each in self._open if each.startswith(prefix) and each not in found}
        return self._settle(found | dict.fromkeys(over), _RESOLVED)

    def explained_chain(self) -> Mapping[str, int]:
        """What open breaks of payments say about chain minus books, by currency."""
        explained: dict[str, int] = {}
        for each in self._open.values():
            if each.subject.startswith(subject_of("")):
                explained[each.currency] = explained.get(each.currency, 0) + each.effect_chain
        return explained

    def _withdraw(self, key: str) -> int:
        return int(writes.withdraw_match(self._session, match_id(key), self._at))

    def _keep_match(self, key: str, match: MatchFound | None) -> int:
        if match is None:
            return self._withdraw(key)
        if not writes.put_match(self._session, match, self._at):
            return 0
        if match.complete:
            data = {"uetr": match.uetr, "rule": match.rule, "currency": match.currency}
            self._tell(Kind.MATCH_MADE, match.id, data)
        return 1

    def _settle(self, findings: Mapping[str, Finding | None], reason: str) -> int:
        changed = 0
        for subject, finding in sorted(findings.items()):
            standing = self._open.get(subject)
            if finding is None:
                changed += self._close(standing, reason)
            elif standing is None:
                changed += self._begin(finding)
            else:
                changed += self._change(standing, _no_younger(finding, standing))
        self._open = {each.subject: each for each in store.open_breaks(self._session)}
        return changed

    def _begin(self, finding: Finding) -> int:
        before = store.breaks_of_subject(self._session, finding.subject)
        new_id = str(derived_id("break", finding.subject, len(before)))
        writes.insert_break(self._session, new_id, finding, self._at)
        self._record(new_id, "break.opened", finding)
        self._tell(Kind.BREAK_OPENED, new_id, _news(finding))
        return 1

    def _change(self, standing: Break, finding: Finding) -> int:
        if _told(standing) == _told(finding):
            return 0
        writes.change_break(self._session, standing.id, finding)
        self._record(standing.id, "break.changed", finding)
        self._tell(Kind.BREAK_OPENED, standing.id, _news(finding))
        return 1

    def _close(self, standing: Break | None, reason: str) -> int:
        if standing is None:
            return 0
        writes.close_break(self._session, standing.id, reason, self._at)
        self._record(standing.id, "break.closed", standing, reason=reason)
        self._tell(Kind.BREAK_CLOSED, standing.id, _news(standing))
        return 1

    def _record(self, subject: str, action: str, found: Finding | Break, **more: str) -> None:
        detail = _news(found) | more
        audit.record(
            self._session, actor=_ACTOR, action=action, subject=subject, detail=detail, at=self._at
        )

    def _tell(self, kind: Kind, subject: str, data: dict[str, Any]) -> None:
        tell(self._session, kind=kind, subject=subject, data=data, at=self._at)


def _no_younger(finding: Finding, standing: Break) -> Finding:
    """What is known by now does not let a break start ageing anew."""
    return replace(finding, value_date=min(finding.value_date, standing.value_date))


def _told(found: Finding | Break) -> tuple[object, ...]:
    return (
        str(found.cause),
        str(found.side),
        found.amount,
        found.effect_bank,
        found.effect_chain,
        found.value_date,
        found.uetr,
        found.explanation,
        dict(found.evidence),
    )


def _news(found: Finding | Break) -> dict[str, str]:
    amount = Money(found.amount, currency(found.currency))
    return {
        "cause": str(found.cause),
        "side": str(found.side),
        "amount": str(amount),
        "uetr": found.uetr,
    }
