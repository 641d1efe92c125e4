"""Calls to the chain: those that wait, one page for each, and the commands that take two people.

In: the stores of submission and control; forms. Out: pages; approvals asked for and decided.
"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from node.console.access import Trusted, reading, services_of
from node.console.door import visitor_of
from node.console.newest import newest
from node.console.page import page
from node.console.session import Visitor
from node.control.approvals import Approval, Decision
from node.control.approvals import store as approvals
from node.control.roles import Permission, allows, require
from node.core.errors import NotFound, Rejected
from node.submission import store
from node.submission.history import store as history
from node.submission.intent import IntentState
from node.submission.operator import POSSIBLE, OperatorCommand
from node.submission.signed import store as signed

_SHOWN_MAX: Final = 300
_SEE_OTHER: Final = 303
_PAGES: Final = {"intent": "intents", "break": "breaks", "day": "days"}

router = APIRouter()


class UnknownIntent(NotFound):
    """There is no call under that id."""

    code = "UNKNOWN_INTENT"
    title = "Unknown call"


class UnknownCommand(Rejected):
    """There is no such command on a call."""

    code = "UNKNOWN_COMMAND"
    title = "Unknown command"


@router.get("/intents")
def intents(request: Request, state: str = "") -> Response:
    """The newest calls, in a state when asked; what waits for a decision stands above them."""
    chosen = next((each for each in IntentState if each == state), None)
    with reading(request) as session:
        found = newest(
            lambda after, limit: store.intents(session, state=chosen, after=after, limit=limit),
            _SHOWN_MAX,
        )
        waiting = approvals.approvals(session, state=Decision.ASKED)
    return page(
        request, "intents.html", intents=found, waiting=waiting, chosen=state,
        states=list(IntentState),
    )  # fmt: skip


@router.get("/intents/{intent_id}")
def one_intent(request: Request, intent_id: str) -> Response:
    """The page of one call."""
    visitor = visitor_of(request)
    with reading(request) as session:
        found = store.intent(session, intent_id)
        if found is None:
            raise UnknownIntent(
                f"there is no call {intent_id[:60]!r}", remedy="Choose one from the list of calls."
            )
        steps = history.steps(session, found.id)
        attempts = signed.attempts(session, [found.id])[found.id]
        decided = approvals.approvals(session, subject=found.id)
    return page(
        request,
        "intent.html",
        found=found,
        history=steps,
        attempts=attempts,
        approvals=decided,
        commands=[each for each, states in POSSIBLE.items() if found.state in states],
        may_ask=_may(visitor, Permission.OPERATE),
        may_decide=_may(visitor, Permission.APPROVE),
    )


@router.post("/intents/{intent_id}/ask")
def ask(
    request: Request,
    visitor: Trusted,
    intent_id: str,
    command: Annotated[str, Form()],
    reason: Annotated[str, Form(min_length=1, max_length=200)],
) -> Response:
    """Ask for a command, as the first of two people."""
    _require(visitor, Permission.OPERATE)
    chosen = next((each for each in OperatorCommand if each == command), None)
    if chosen is None:
        raise UnknownCommand(f"there is no command {command[:40]!r}", remedy="Use the form.")
    services_of(request).operator.ask(chosen, intent_id, reason=reason, by=visitor.subject)
    return RedirectResponse(f"/intents/{intent_id}", _SEE_OTHER)


@router.post("/approvals/{approval_id}")
def decide(
    request: Request,
    visitor: Trusted,
    approval_id: str,
    decision: Annotated[str, Form()],
    shown: Annotated[str, Form()] = "",
) -> Response:
    """Decide, as the second person, on what was shown."""
    _require(visitor, Permission.APPROVE)
    chosen = Decision.APPROVED if decision == Decision.APPROVED else Decision.DECLINED
    decide = services_of(request).decide
    decided = decide(approval_id, chosen, by=visitor.subject, shown=shown)
    return RedirectResponse(_place_of(decided), _SEE_OTHER)


def _place_of(decided: Approval) -> str:
    """The page of what was decided on."""
    kind = decided.command.partition(".")[0]
    return f"/{_PAGES[kind]}/{decided.subject}" if kind in _PAGES else "/"


def _may(visitor: Visitor, permission: Permission) -> bool:
    return visitor.role is not None and allows(visitor.role, permission)


def _require(visitor: Visitor, permission: Permission) -> None:
    require([] if visitor.role is None else [visitor.role], permission)
