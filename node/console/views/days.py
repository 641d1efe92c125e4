"""Business days: what today comes to, which days are signed, their certificates.

In: the service of days; forms. Out: pages, files, approvals asked for. As under /v1/days.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from node.console.access import Trusted, reading, services_of
from node.console.door import visitor_of
from node.console.page import page
from node.console.session import Visitor
from node.control.approvals import store as approvals
from node.control.roles import Permission, allows, require
from node.core.errors import ConcordError, NotFound
from node.days import paper, store
from node.days.certificate import as_file
from node.days.store import SignedDay
from node.days.tabulated import sheets_of
from node.sheets import workbook

_SEE_OTHER: Final = 303
_SHOWN_MAX: Final = 1000

router = APIRouter()


class UnknownForm(NotFound):
    """A certificate has no such form."""

    code = "UNKNOWN_FORM"
    title = "Unknown form"


@router.get("/days")
def days(request: Request) -> Response:
    """Signed days, the newest first, and today as it stands."""
    services = services_of(request)
    with reading(request) as session:
        found = store.days(session, limit=_SHOWN_MAX)
    return page(
        request, "days.html", days=found[::-1], today_signed=services.clock.today() in
        {each.day for each in found}
    )  # fmt: skip


@router.get("/days/{day}")
def one_day(request: Request, day: date) -> Response:
    """A day: its certificate once it is signed, else what would be signed now."""
    services = services_of(request)
    with reading(request) as session:
        signed = store.signed(session, day)
        asked = approvals.approvals(session, subject=day.isoformat())
    content, why_not = signed.certificate.content if signed else None, ""
    if signed is None:
        try:
            content = services.days.review(day).content
        except ConcordError as error:
            why_not = error.detail
    visitor = visitor_of(request)
    return page(
        request,
        "day.html",
        day=day,
        signed=signed,
        content=content,
        why_not=why_not,
        approvals=asked,
        may_sign=_may(visitor, Permission.RECONCILE),
        may_approve=_may(visitor, Permission.APPROVE),
    )


@router.post("/days/{day}/sign")
def sign(
    request: Request,
    visitor: Trusted,
    day: date,
    reason: Annotated[str, Form(min_length=1, max_length=200)],
) -> Response:
    """Ask a second person to sign the day as it stands now."""
    require([] if visitor.role is None else [visitor.role], Permission.RECONCILE)
    services_of(request).days.ask(day, reason=reason, by=visitor.subject)
    return RedirectResponse(f"/days/{day}", _SEE_OTHER)


@router.get("/days/{day}/certificate.{form}")
def certificate(request: Request, day: date, form: str) -> Response:
    """The certificate of a signed day as a file."""
    found = services_of(request).days.signed(day)
    if form not in _FORMS:
        raise UnknownForm(f"there is no form {form[:20]!r}", remedy="Choose json, xlsx or pdf.")
    render, media = _FORMS[form]
    named = {"Content-Disposition": f'attachment; filename="certificate-{day}.{form}"'}
    return Response(render(found), media_type=media, headers=named)


def _as_json(found: SignedDay) -> bytes:
    at = found.signed_at.isoformat()
    return as_file(found.certificate, found.made_by, found.signed_by, at).encode()


def _as_workbook(found: SignedDay) -> bytes:
    return workbook.workbook(sheets_of(found))


_FORMS: Final = {
    "json": (_as_json, "application/json"),
    "xlsx": (_as_workbook, workbook.MEDIA_TYPE),
    "pdf": (paper.paper, paper.MEDIA_TYPE),
}


def _may(visitor: Visitor, permission: Permission) -> bool:
    return visitor.role is not None and allows(visitor.role, permission)
