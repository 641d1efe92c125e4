"""Statements: every file the banks sent, accepted or refused, and what stands in them.

In: the store of bank files; a file from whoever may upload. Out: lists, statement pages.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Annotated

from fastapi import APIRouter, File, UploadFile
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from node.bank import store as bank
from node.bank.store import StoredFile, StoredStatement
from node.console.access import Trusted, reading, services_of
from node.console.door import visitor_of
from node.console.newest import newest
from node.console.page import page
from node.control.roles import Permission, allows, require
from node.core.errors import NotFound, Rejected

LIMIT = 100
_SEE_OTHER = 303
_FILE_BYTES_MAX = 200_000_000

router = APIRouter()


class UnknownStatement(NotFound):
    """There is no statement under that id."""

    code = "UNKNOWN_STATEMENT"
    title = "Unknown statement"


class NoFileChosen(Rejected):
    """The form came without a file."""

    code = "NO_FILE"
    status = 400
    title = "No file chosen"


@router.get("/statements")
def statements(request: Request) -> Response:
    """The newest files, with the statements each of them brought."""
    with reading(request) as session:
        files, by_file = read_files(session)
    role = visitor_of(request).role
    return page(
        request,
        "statements.html",
        files=files,
        by_file=by_file,
        may_upload=role is not None and allows(role, Permission.UPLOAD),
    )


@router.get("/statements/{statement_id}")
def statement(request: Request, statement_id: str) -> Response:
    """One statement with its lines."""
    with reading(request) as session:
        found = bank.statement(session, statement_id)
        if found is None:
            raise UnknownStatement(
                f"there is no statement {statement_id[:60]!r}",
                remedy="Choose one from the list of statements.",
            )
        entries = bank.statement_entries(session, found.id)
        file = bank.file(session, found.file_id)
    return page(request, "statement.html", statement=found, entries=entries, file=file)


@router.post("/statements")
def upload(
    request: Request, visitor: Trusted, file: Annotated[UploadFile | None, File()] = None
) -> Response:
    """Take in a bank file; a refusal shows with its line, and the file is kept either way."""
    require([visitor.role] if visitor.role else [], Permission.UPLOAD)
    if file is None or not file.filename:
        raise NoFileChosen("no file came with the form", remedy="Choose a camt.053 file first.")
    content = file.file.read(_FILE_BYTES_MAX + 1)
    services_of(request).receive_file(content, file.filename, visitor.subject)
    return RedirectResponse("/statements", _SEE_OTHER)


def read_files(session: Session) -> tuple[list[StoredFile], dict[int, list[StoredStatement]]]:
    """The newest files, and the newest statements by the file they came in."""
    by_file: dict[int, list[StoredStatement]] = defaultdict(list)
    files = newest(lambda after, limit: bank.files(session, after=after, limit=limit), LIMIT)
    for each in newest(
        lambda after, limit: bank.statements(session, after=after, limit=limit), 2 * LIMIT
    ):
        by_file[each.file_id].append(each)
    return files, by_file
