"""Sign in, sign out, and the choice of colours: the only things a visitor sets here.

In: forms with the visit's token. Out: a new visit, its end, or a cookie with the theme.
"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from node.console.access import Trusted, services_of
from node.console.door import SIGN_IN, cookie
from node.console.page import THEME_COOKIE, THEMES, page
from node.console.session import new_visitor
from node.control.roles import Role
from node.core.errors import Rejected

_SEE_OTHER = 303
_YEAR_SECONDS = 365 * 24 * 60 * 60
_DEMO_ROLES: Final = {
    Role.TREASURER: "Watches the proof, works the breaks, loads bank files.",
    Role.APPROVER: "The second pair of eyes.",
    Role.AUDITOR: "Reads everything, changes nothing.",
}

router = APIRouter()


class SignInUnavailable(Rejected):
    """There is no way to sign in here in that way."""

    code = "SIGN_IN_UNAVAILABLE"
    status = 403
    title = "Sign-in not available"


@router.get("/sign-in")
def sign_in_page(request: Request, next: str = "/") -> Response:  # noqa: A002 - the usual name
    """Who may come in, and how."""
    return page(request, "sign_in.html", roles=_DEMO_ROLES, next=_local(next))


@router.post("/sign-in")
def sign_in(
    request: Request,
    _visitor: Trusted,
    role: Annotated[str, Form()],
    next: Annotated[str, Form()] = "/",  # noqa: A002 - the usual name
) -> Response:
    """Begin a visit in a demo role."""
    services = services_of(request)
    known = {each.value: each for each in _DEMO_ROLES}
    if not services.demo or role not in known:
        raise SignInUnavailable(
            "this node takes sign-ins from the bank's identity provider only",
            remedy="Ask operations to configure OIDC.",
        )
    visitor = new_visitor(services.clock.now(), f"demo-{role}", known[role])
    response = RedirectResponse(_local(next), _SEE_OTHER)
    response.headers.append("set-cookie", cookie(request, visitor, services.token_secret))
    return response


@router.post("/sign-out")
def sign_out(request: Request, visitor: Trusted) -> Response:
    """End the visit."""
    services = services_of(request)
    now = services.clock.now()
    request.app.state.ended.add(visitor, now)
    response = RedirectResponse(SIGN_IN, _SEE_OTHER)
    response.headers.append("set-cookie", cookie(request, new_visitor(now), services.token_secret))
    return response


@router.post("/theme")
def choose_theme(
    request: Request,
    _visitor: Trusted,
    theme: Annotated[str, Form()],
    place: Annotated[str, Form()] = "/",
) -> Response:
    """Remember light, dark, or whatever the system says."""
    response = RedirectResponse(_local(place), _SEE_OTHER)
    response.set_cookie(
        THEME_COOKIE,
        theme if theme in THEMES else "",
        max_age=_YEAR_SECONDS,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response


def _local(address: str) -> str:
    """The address if it stays on this site, else the home page."""
    stays = address.startswith("/") and not address.startswith("//") and "\\" not in address
    return address if stays and address.isprintable() else "/"
