"""Keeps verdicts: matches that hold their items, breaks that open, change and close by themselves.

In: verdicts on groups, findings beside them. Out: rows, the trail and the feed, in the matcher's
unit of work. Called by: matcher. A break is known by its subject: while it stands it is one row,
and when it comes back after it was closed it is a new one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from node.control import audit
from node.control.audit import Action
from node.core.ids import derived_id
from node.core.money import Money, currency
from node.feed.outbox import Kind, News, tell_all
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

    def keep_verdicts(self, verdicts: Iterable[Verdict], keys: Iterable[str]) -> int:
        """Keep verdicts on the payments under `keys`, some of which may have become part of others.

        Gives how many matches and breaks changed.
        """
        found = {each.key: each for each in verdicts}
        gone = set(keys) - set(found)
        matches = [each.match for _, each in sorted(found.items()) if each.match is not None]
        unmatched = gone | {key for key, each in found.items() if each.match is None}
        changed = writes.withdraw_matches(
            self._session, [match_id(key) for key in sorted(unmatched)], self._at
        )
        news = writes.put_matches(self._session, matches, self._at)
        tell_all(self._session, [_of_match(each) for each in news if each.complete], self._at)
        findings = {subject_of(key): each.finding for key, each in found.items()}
        findings |= {subject_of(key): None for key in gone}
        return changed + len(news) + self._settle(findings, _ARRIVED)

    def keep_findings(self, prefix: str, findings: Iterable[Finding]) -> int:
        """Keep breaks that stand on totals or clocks; those of the prefix not found are over."""
        standing = [each.subject for each in store.open_under(self._session, prefix)]
        found = {each.subject: each for each in findings}
        return self._settle(dict.fromkeys(standing) | found, _RESOLVED)

    def _settle(self, findings: Mapping[str, Finding | None], reason: str) -> int:
        """Open, change and close breaks, each by its subject; gives how many."""
        opened: list[Finding] = []
        changed: list[tuple[Break, Finding]] = []
        closed: list[Break] = []
        about = store.open_about(self._session, list(findings))
        for subject, finding in sorted(findings.items()):
            standing = about.get(subject)
            if finding is None:
                closed += [standing] if standing else []
            elif standing is None:
                opened.append(finding)
            elif _told(standing) != _told(now := _no_younger(finding, standing)):
                changed.append((standing, now))
        if opened or changed or closed:
            self._write(opened, changed, closed, reason)
        return len(opened) + len(changed) + len(closed)

    def _write(
        self,
        opened: Sequence[Finding],
        changed: Sequence[tuple[Break, Finding]],
        closed: Sequence[Break],
        reason: str,
    ) -> None:
        before = store.count_breaks(self._session, [each.subject for each in opened])
        new = [
            (str(derived_id("break", each.subject, before.get(each.subject, 0))), each)
            for each in opened
        ]
        now = [(standing.id, finding) for standing, finding in changed]
        writes.insert_breaks(self._session, new, self._at)
        writes.change_breaks(self._session, now)
        writes.close_breaks(self._session, [each.id for each in closed], reason, self._at)
        told = [(id_, "break.opened", each) for id_, each in new]
        told += [(id_, "break.changed", each) for id_, each in now]
        actions = [Action(_ACTOR, action, id_, dict(_news(each))) for id_, action, each in told]
        actions += [
            Action(_ACTOR, "break.closed", each.id, _news(each) | {"reason": reason})
            for each in closed
        ]
        audit.record_all(self._session, actions, self._at)
        news = [News(Kind.BREAK_OPENED, id_, dict(_news(each))) for id_, _, each in told]
        news += [News(Kind.BREAK_CLOSED, each.id, dict(_news(each))) for each in closed]
        tell_all(self._session, news, self._at)


def _of_match(match: MatchFound) -> News:
    data = {"uetr": match.uetr, "rule": match.rule, "currency": match.currency}
    return News(Kind.MATCH_MADE, match.id, data)


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
