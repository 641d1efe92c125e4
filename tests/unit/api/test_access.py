"""Who gets in where: every route against every caller, deny by default.

In: the routes as they are found in the code, so that a new one is held too. Run by pytest.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi import APIRouter
from joserfc import jwt
from joserfc.jwk import OctKey
from starlette.testclient import TestClient

from node.api import auth, routes
from node.api.app import PREFIXES
from node.api.auth import AUDIENCE, ISSUER, issue_token
from node.api.guard import PUBLIC, GuardedRoute
from node.control.roles import Permission, Role, allows
from node.core.plugins import discover
from tests.support.api_node import ApiNode, bearer, token
from tests.support.clock import NOW
from tests.support.console_day import SECRET
from tests.support.problems import problem

READ, INSTRUCT, UPLOAD = Permission.READ, Permission.INSTRUCT, Permission.UPLOAD
OPEN = {
    ("GET", "/docs"),
    ("GET", "/docs/style.css"),
    ("GET", "/errors"),
    ("GET", "/errors/{code}"),
    ("GET", "/health"),
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
    ("POST", "/v1/tokens"),
}
WRITING = {
    ("POST", "/v1/issues"): INSTRUCT,
    ("POST", "/v1/redemptions"): INSTRUCT,
    ("POST", "/v1/transfers"): INSTRUCT,
    ("POST", "/v1/statements"): UPLOAD,
    ("POST", "/v1/nostros"): Permission.ONBOARD,
    ("POST", "/v1/wallets"): Permission.ONBOARD,
    ("POST", "/v1/intents/{intent_id}/bump"): Permission.OPERATE,
    ("POST", "/v1/intents/{intent_id}/cancel"): Permission.OPERATE,
    ("POST", "/v1/intents/{intent_id}/resume"): Permission.OPERATE,
    ("POST", "/v1/breaks/{break_id}/owner"): Permission.RECONCILE,
    ("POST", "/v1/breaks/{break_id}/notes"): Permission.RECONCILE,
    ("POST", "/v1/breaks/{break_id}/files"): Permission.RECONCILE,
    ("POST", "/v1/breaks/{break_id}/reopen"): Permission.RECONCILE,
    ("POST", "/v1/breaks/{break_id}/match"): Permission.RECONCILE,
    ("POST", "/v1/breaks/{break_id}/write-off"): Permission.RECONCILE,
    ("POST", "/v1/breaks/{break_id}/accept"): Permission.ACCEPT,
    ("POST", "/v1/matches/{match_id}/split"): Permission.RECONCILE,
    ("POST", "/v1/days/{day}/sign"): Permission.RECONCILE,
    ("POST", "/v1/approvals/{approval_id}/approve"): Permission.APPROVE,
    ("POST", "/v1/approvals/{approval_id}/decline"): Permission.APPROVE,
}
FILLED = {"{code:path}": "NOSTRO:CAD:1", "{uetr}": "7a562c67-0000-4000-8000-00000000abcd"}


def every_route() -> Iterator[tuple[str, str, GuardedRoute]]:
    for module in discover(routes):
        for route in module.router.routes:
            assert isinstance(route, GuardedRoute), f"{route.path} stands before no guard"
            for method in route.methods or ():
                yield method, route.path, route


def needed(method: str, path: str) -> Permission | None:
    return None if (method, path) in OPEN else WRITING.get((method, path), READ)


ROUTES = [(method, path) for method, path, _ in every_route()]
GUARDED = [each for each in ROUTES if each not in OPEN]


def address(path: str) -> str:
    parts = [FILLED.get(each, "1" if each.startswith("{") else each) for each in path.split("/")]
    return "/".join(parts)


def signed(header: dict[str, Any] | None = None, secret: bytes = SECRET, **claims: object) -> str:
    good = {"iss": ISSUER, "aud": AUDIENCE, "sub": "bank-a", "roles": ["service"]}
    at = {"iat": int(NOW.timestamp()), "exp": int(NOW.timestamp()) + 300}
    told = {name: value for name, value in (good | at | claims).items() if value is not None}
    whole = {"alg": "HS256", "typ": "at+jwt"} | (header or {})
    algorithms = [whole["alg"]]
    return jwt.encode(whole, told, OctKey.import_key(secret), algorithms=algorithms)


def unsigned() -> str:
    _, claims, _ = signed().split(".")
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "at+jwt"}).encode())
    return f"{header.decode().rstrip('=')}.{claims}."


def tampered() -> str:
    header, claims, signature = signed(roles=["auditor"]).split(".")
    _, other, _ = signed(roles=["service"]).split(".")
    assert claims != other
    return f"{header}.{other}.{signature}"


BAD_TOKENS = {
    "unsigned": unsigned(),
    "tampered": tampered(),
    "by another key": signed(secret=b"another secret, also thirty-two b"),
    "by another algorithm": signed({"alg": "HS512"}, SECRET * 2),
    "expired": signed(exp=int(NOW.timestamp()) - 1),
    "without end": signed(exp=None),
    "living too long": signed(exp=int(NOW.timestamp()) + 86_400),
    "not valid yet": signed(nbf=int(NOW.timestamp()) + 60),
    "by another issuer": signed(iss="elsewhere"),
    "for another audience": signed(aud="console"),
    "of nobody": signed(sub=None),
    "without role": signed(roles=[]),
    "with a role as text": signed(roles="service"),
    "with an unknown role": signed(roles=["root"]),
    "of another kind": signed({"typ": "JWT"}),
    "with a critical header": signed({"crit": ["b64"], "b64": True}),
    "no token": "not.a.token",
    "no text": "\u00e9",
    "endless": "a" * 5000,
}


@pytest.fixture
def stranger(small_node: ApiNode) -> Iterator[TestClient]:
    with small_node.client() as client:
        yield client


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_nobody_enters_without_a_token(stranger: TestClient, method: str, path: str) -> None:
    for headers in ({}, {"Authorization": ""}, {"Authorization": f"Basic {token(Role.SERVICE)}"}):
        answer = stranger.request(method, address(path), headers=headers)
        problem(answer, 401, "UNAUTHENTICATED")
        assert answer.headers["www-authenticate"] == 'Bearer realm="concord"'


@pytest.mark.parametrize("text", BAD_TOKENS.values(), ids=list(BAD_TOKENS))
def test_a_bad_token_opens_no_door(stranger: TestClient, text: str) -> None:
    headers = {b"Authorization": f"Bearer {text}".encode("latin-1")}
    for method, path in GUARDED:
        answer = stranger.request(method, address(path), headers=headers)
        problem(answer, 401, "INVALID_TOKEN")
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]
        assert text not in answer.text


def test_a_token_ends_on_time(small_node: ApiNode, stranger: TestClient) -> None:
    headers = bearer(token(Role.AUDITOR))
    small_node.clock.at = NOW + timedelta(seconds=auth.LIFE_SECONDS_MAX - 1)
    assert stranger.get("/v1/accounts", headers=headers).status_code == 200
    small_node.clock.at = NOW + timedelta(seconds=auth.LIFE_SECONDS_MAX)
    problem(stranger.get("/v1/accounts", headers=headers), 401, "INVALID_TOKEN")


def test_two_tokens_are_none(stranger: TestClient) -> None:
    header = f"Bearer {token(Role.AUDITOR)}".encode()
    twice = [(b"Authorization", header), (b"Authorization", header)]
    problem(stranger.get("/v1/accounts", headers=twice), 400, "MALFORMED_REQUEST")


@pytest.mark.parametrize("role", Role)
def test_every_role_enters_exactly_its_doors(stranger: TestClient, role: Role) -> None:
    headers = bearer(token(role))
    for method, path in GUARDED:
        answer = stranger.request(method, address(path), headers=headers)
        permission = needed(method, path)
        assert permission is not None
        if allows(role, permission):
            assert answer.status_code not in {401, 403}, (method, path)
        else:
            problem(answer, 403, "FORBIDDEN")
            assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]


def test_the_open_doors_are_these_and_no_others() -> None:
    open_doors = {
        (method, path)
        for method, path, route in every_route()
        if (route.openapi_extra or {}).get("security") == []
    }
    assert open_doors == OPEN
    assert set(ROUTES) >= OPEN


def test_the_document_tells_what_each_door_needs() -> None:
    for method, path, route in every_route():
        permission = needed(method, path)
        said = [{"bearer": [permission.value]}] if permission else []
        assert (route.openapi_extra or {})["security"] == said, path


def test_a_route_that_says_nothing_cannot_be_made() -> None:
    router = APIRouter(route_class=GuardedRoute)
    with pytest.raises(TypeError, match="names no permission"):
        router.add_api_route("/v1/secret", lambda: "")
    router.add_api_route("/v1/open", lambda: "", openapi_extra=PUBLIC)


def test_every_address_is_under_a_prefix_that_is_told() -> None:
    for _, path, _ in every_route():
        assert any(path == each or path.startswith(f"{each}/") for each in PREFIXES), path


@pytest.mark.parametrize("path", ["/", "/v1", "/v2/accounts", "/v1/entries/", "/redoc", "/static"])
def test_elsewhere_is_nothing(stranger: TestClient, path: str) -> None:
    problem(stranger.get(path), 404, "UNKNOWN_ROUTE")


def test_the_method_must_fit(stranger: TestClient) -> None:
    answer = stranger.delete("/v1/issues", headers=bearer(token(Role.SERVICE)))
    problem(answer, 405, "METHOD_NOT_ALLOWED")
    assert answer.headers["allow"] == "POST"


def test_a_demo_node_hands_out_tokens(stranger: TestClient) -> None:
    for role in Role:
        answer = stranger.post("/v1/tokens", json={"role": role})
        assert answer.status_code == 201
        body = answer.json()
        assert (body["token_type"], body["expires_in"]) == ("Bearer", auth.LIFE_SECONDS_MAX)
        principal = auth.read_token(body["access_token"], SECRET, NOW)
        assert (principal.subject, principal.roles) == (f"demo-{role}", frozenset({role}))
        assert answer.headers["cache-control"] == "no-store"


def test_no_other_node_does(small_node: ApiNode) -> None:
    small_node.demo = False
    with small_node.client() as client:
        problem(client.post("/v1/tokens", json={"role": "service"}), 404, "UNKNOWN_ROUTE")


@pytest.mark.parametrize("body", [{}, {"role": "root"}, {"role": "auditor", "subject": "a b"}])
def test_the_issuer_knows_its_roles(stranger: TestClient, body: dict[str, str]) -> None:
    problem(stranger.post("/v1/tokens", json=body), 422, "INVALID_REQUEST")


def test_the_secret_is_not_shown(small_node: ApiNode) -> None:
    assert SECRET.decode() not in repr(small_node.services())
    assert "eyJ" not in repr(issue_token("a", Role.AUDITOR, SECRET, NOW))
