"""Who looks at the console: a signed cookie in, a `Visitor` out.

In: the cookie, the node's secret, the time. Out: `Visitor` or none; the cookie's text.
Called by: door (every request), views/sign_in. Pure but for the list of visits that were ended.

The cookie says everything, so any replica can serve it. It ends eight hours after sign-in whatever
happens, and is signed anew every half hour. Sign-out also ends the visit on this process; another
replica would learn of it only by the cookie being gone.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Final

from itsdangerous import BadSignature, URLSafeSerializer

from node.control.roles import Role
from node.core.errors import Rejected

COOKIE: Final = "concord_session"
LIFE_SECONDS_MAX: Final = 8 * 60 * 60
ROTATE_SECONDS: Final = 30 * 60
_SALT = "concord.console.session"
_SKEW_SECONDS_MAX = 60


class ForgedForm(Rejected):
    """A form that was not filled in on a page of this visit."""

    code = "FORM_NOT_TRUSTED"
    status = 403
    title = "Form not accepted"


@dataclass(frozen=True, slots=True)
class Visitor:
    """One visit: `since` and `signed` are seconds since the epoch; no role before sign-in."""

    visit: str
    csrf: str
    since: int
    signed: int
    subject: str = ""
    role: Role | None = None

    @property
    def known(self) -> bool:
        """Whether somebody has signed in."""
        return self.role is not None


def new_visitor(now: datetime, subject: str = "", role: Role | None = None) -> Visitor:
    """A visit with an id and a form token of its own, so that none outlives a sign-in."""
    at = int(now.timestamp())
    return Visitor(secrets.token_urlsafe(16), secrets.token_urlsafe(24), at, at, subject, role)


def seal(visitor: Visitor, secret: bytes) -> str:
    """The visit as the signed text of its cookie."""
    return _serializer(secret).dumps(asdict(visitor))


def unseal(text: str, secret: bytes, now: datetime) -> Visitor | None:
    """The visit a cookie tells; None when it is forged, unreadable or over."""
    try:
        told = _serializer(secret).loads(text)
        role = None if told["role"] is None else Role(told["role"])
        visitor = Visitor(**(told | {"role": role}))
        age = int(now.timestamp()) - int(visitor.since)
    except (BadSignature, ValueError, TypeError, KeyError):
        return None
    return visitor if -_SKEW_SECONDS_MAX <= age < LIFE_SECONDS_MAX else None


def rotated(visitor: Visitor, now: datetime) -> Visitor | None:
    """The visit to be signed anew; None while the present signature is young."""
    at = int(now.timestamp())
    return replace(visitor, signed=at) if at - visitor.signed >= ROTATE_SECONDS else None


def check_form(visitor: Visitor, token: str) -> None:
    """Raise `ForgedForm` unless the token is the one of this visit."""
    if not hmac.compare_digest(visitor.csrf.encode(), token.encode()):
        raise ForgedForm(
            "the form does not belong to this visit; nothing was changed",
            remedy="Go back, load the page again and send the form once more.",
        )


class Ended:
    """The visits that were signed out here, kept until their cookies would end by themselves."""

    def __init__(self) -> None:
        self._until: dict[str, int] = {}

    def add(self, visitor: Visitor, now: datetime) -> None:
        """End a visit."""
        at = int(now.timestamp())
        kept = {visit: until for visit, until in self._until.items() if until > at}
        self._until = kept | {visitor.visit: visitor.since + LIFE_SECONDS_MAX}

    def __contains__(self, visitor: Visitor) -> bool:
        return visitor.visit in self._until


def _serializer(secret: bytes) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt=_SALT, signer_kwargs={"digest_method": hashlib.sha256})
