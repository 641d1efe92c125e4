"""Work on a break from its page: notes, owners, and what a second person decides on.

In: forms. Out: the page of the break again. The same service as under /v1/breaks.
"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, File, Form, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from node.console.access import Trusted, services_of
from node.console.session import Visitor
from node.control.roles import Permission, require
from node.core.errors import Rejected
from node.reconciliation.cases.proposal import CaseCommand
from node.reconciliation.cases.service import FILE_BYTES_MAX

_SEE_OTHER: Final = 303
_ASKED: Final = {
    "match": (CaseCommand.MATCH, Permission.RECONCILE),
    "write-off": (CaseCommand.WRITE_OFF, Permission.RECONCILE),
    "accept": (CaseCommand.ACCEPT, Permission.ACCEPT),
}
Words = Annotated[str, Form(min_length=1, max_length=200)]

router = APIRouter()


class UnknownCaseCommand(Rejected):
    """There is no such command on a break."""

    code = "UNKNOWN_CASE_COMMAND"
    title = "Unknown command"


@router.post("/breaks/{break_id}/ask")
def ask(
    *,
    request: Request,
    visitor: Trusted,
    break_id: str,
    command: Annotated[str, Form()],
    reason: Words,
    others: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Ask for a command, as the first of two people."""
    if command not in _ASKED:
        raise UnknownCaseCommand(f"there is no command {command[:40]!r}", remedy="Use the form.")
    chosen, permission = _ASKED[command]
    _require(visitor, permission)
    named = (others or []) if chosen is CaseCommand.MATCH else []
    services_of(request).cases.ask(
        chosen, break_id, reason=reason, by=visitor.subject, others=named
    )
    return _back(break_id)


@router.post("/breaks/{break_id}/owner")
def assign(request: Request, visitor: Trusted, break_id: str, owner: Words) -> Response:
    """Give the break to somebody."""
    _require(visitor, Permission.RECONCILE)
    services_of(request).cases.assign(break_id, owner, by=visitor.subject)
    return _back(break_id)


@router.post("/breaks/{break_id}/notes")
def note(
    request: Request,
    visitor: Trusted,
    break_id: str,
    text: Annotated[str, Form(min_length=1, max_length=2000)],
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Write to the case, with a file where there is one."""
    _require(visitor, Permission.RECONCILE)
    handed = None
    if file is not None and file.filename:
        handed = file.filename, file.file.read(FILE_BYTES_MAX + 1)
    services_of(request).cases.note(break_id, text, by=visitor.subject, file=handed)
    return _back(break_id)


@router.post("/breaks/{break_id}/reopen")
def reopen(request: Request, visitor: Trusted, break_id: str, reason: Words) -> Response:
    """No longer live with a difference that was accepted."""
    _require(visitor, Permission.RECONCILE)
    services_of(request).cases.reopen(break_id, reason, by=visitor.subject)
    return _back(break_id)


def _back(break_id: str) -> Response:
    return RedirectResponse(f"/breaks/{break_id}", _SEE_OTHER)


def _require(visitor: Visitor, permission: Permission) -> None:
    require([] if visitor.role is None else [visitor.role], permission)
