"""Who calls, and what they may do: bearer tokens in, a `Principal` out.

In: the `Authorization` header. Out: `Principal`, or 401 / 403. Called by: guard, routes.
Tokens are JWTs signed HS256 (pinned) with the node's token secret, for this issuer and audience,
with at most ten minutes to live, whoever signed them.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import Depends
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from starlette.requests import Request

from node.api.access import services_of
from node.api.errors import BEARER_REALM, CHALLENGE
from node.control.roles import Permission, Role, require
from node.core.errors import Rejected

ISSUER: Final = "concord"
AUDIENCE: Final = "concord-api"
LIFE_SECONDS_MAX: Final = 600
_ALGORITHM: Final = "HS256"
# All a header of ours says: an access token (RFC 9068), not a session of the console.
_HEADER: Final = {"alg": _ALGORITHM, "typ": "at+jwt"}
_TOKEN_LENGTH_MAX = 4096


class Unauthenticated(Rejected):
    """The call carries no bearer token."""

    code = "UNAUTHENTICATED"
    status = 401
    title = "Sign-in required"
    headers: Final = {CHALLENGE: BEARER_REALM}


class InvalidToken(Rejected):
    """The bearer token is forged, expired, meant for another service or not readable."""

    code = "INVALID_TOKEN"
    status = 401
    title = "Invalid token"
    headers: Final = {CHALLENGE: f'{BEARER_REALM}, error="invalid_token"'}


@dataclass(frozen=True, slots=True)
class Principal:
    """An authenticated caller."""

    subject: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Token:
    """A signed access token and the moment it ends."""

    text: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Permit:
    """A dependency that yields the caller once it holds the permission; made by `caller`."""

    permission: Permission

    async def __call__(self, request: Request) -> Principal:
        """The caller whom the guard has already signed in."""
        principal: Principal = request.state.principal
        return principal

    def check(self, principal: Principal) -> None:
        """Raise `Forbidden` unless one of the caller's roles carries the permission."""
        require(sorted(principal.roles), self.permission)


def caller(permission: Permission) -> Permit:
    """The dependency `Depends(caller(...))`: sign-in and permission of an operation."""
    return Permit(permission)


Reader = Annotated[Principal, Depends(caller(Permission.READ))]
Instructor = Annotated[Principal, Depends(caller(Permission.INSTRUCT))]
Uploader = Annotated[Principal, Depends(caller(Permission.UPLOAD))]
Operating = Annotated[Principal, Depends(caller(Permission.OPERATE))]
Reconciler = Annotated[Principal, Depends(caller(Permission.RECONCILE))]
Accepting = Annotated[Principal, Depends(caller(Permission.ACCEPT))]
Approver = Annotated[Principal, Depends(caller(Permission.APPROVE))]
Onboarder = Annotated[Principal, Depends(caller(Permission.ONBOARD))]


def authenticate(request: Request) -> Principal:
    """The caller named by the request's bearer token; raises `Unauthenticated`, `InvalidToken`."""
    services = services_of(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated(
            "this address needs a bearer token",
            remedy="Send the header Authorization: Bearer <token>.",
        )
    return read_token(token.strip(), services.token_secret, services.clock.now())


def issue_token(subject: str, role: Role, secret: bytes, now: datetime) -> Token:
    """Sign a token for one role; the demo issuer's half of `read_token`."""
    expires_at = now + timedelta(seconds=LIFE_SECONDS_MAX)
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": subject,
        "roles": [role.value],
        "iat": int(now.timestamp()),
        "exp": int(expires_at.timestamp()),
        "jti": str(uuid.uuid4()),
    }
    text = jwt.encode(dict(_HEADER), claims, OctKey.import_key(secret), algorithms=[_ALGORITHM])
    return Token(text, expires_at)


def read_token(text: str, secret: bytes, now: datetime) -> Principal:
    """The caller a token names; raises `InvalidToken` unless all of it holds at `now`."""
    if len(text) > _TOKEN_LENGTH_MAX:
        raise _invalid("it is too long")
    try:
        token = jwt.decode(text, OctKey.import_key(secret), algorithms=[_ALGORITHM])
        _claims_at(int(now.timestamp())).validate(token.claims)
        roles = frozenset(Role(name) for name in token.claims["roles"])
    except (JoseError, ValueError, TypeError) as error:
        raise _invalid(getattr(error, "description", "") or type(error).__name__) from error
    if token.header != _HEADER or not roles:
        raise _invalid("it is not an access token of this node")
    if token.claims["exp"] > now.timestamp() + LIFE_SECONDS_MAX:
        raise _invalid(f"it lives longer than {LIFE_SECONDS_MAX} seconds")
    return Principal(token.claims["sub"], roles)


def _claims_at(now: int) -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        now=now,
        iss={"essential": True, "value": ISSUER},
        aud={"essential": True, "value": AUDIENCE},
        sub={"essential": True},
        exp={"essential": True},
        roles={"essential": True},
    )


def _invalid(why: str) -> InvalidToken:
    return InvalidToken(f"the bearer token is refused: {why}", remedy="Ask for a new token.")
