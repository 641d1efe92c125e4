"""Nobody comes in without sign-in, no form without its token, no answer without its headers."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from node.console.session import COOKIE, LIFE_SECONDS_MAX, ROTATE_SECONDS, new_visitor, seal, unseal
from node.control.roles import Role
from tests.support.clock import NOW
from tests.support.console_day import Node, sign_in, token_in

PAGES = ("/", "/payments", "/breaks", "/statements", "/accounts", "/search", "/parts/proof")
SECRET = b"secret of the tests, thirty-two b"


@pytest.mark.parametrize("path", [*PAGES, "/payments/x", "/nothing"])
def test_a_stranger_is_led_to_the_sign_in(stranger: TestClient, path: str) -> None:
    answer = stranger.get(path, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=%2F")


def test_a_stranger_gets_no_stream(stranger: TestClient) -> None:
    answer = stranger.get("/stream", headers={"accept": "text/event-stream"})
    assert (answer.status_code, answer.text) == (401, "")


def test_a_part_of_a_page_sends_the_whole_page_to_the_sign_in(stranger: TestClient) -> None:
    answer = stranger.get("/parts/proof", headers={"hx-request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/sign-in")


def test_a_stranger_cannot_load_a_file(stranger: TestClient, node: Node) -> None:
    stranger.get("/sign-in")
    answer = stranger.post("/statements", files={"file": b"x"}, follow_redirects=False)
    assert (answer.status_code, node.received) == (303, [])


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/theme", "/statements"])
@pytest.mark.parametrize("token", ["", "another"])
def test_a_form_without_the_token_of_the_visit_is_refused(
    treasurer: TestClient, path: str, token: str
) -> None:
    data = {"csrf": token, "role": "auditor", "theme": "dark"}
    answer = treasurer.post(path, data=data, follow_redirects=False)
    assert answer.status_code == 403
    assert "FORM_NOT_TRUSTED" in answer.text
    assert "concord_theme" not in answer.headers.get("set-cookie", "")
    assert treasurer.get("/", follow_redirects=False).status_code == 200


@pytest.mark.parametrize("path", ["/", "/sign-in", "/nothing", "/static/console.css"])
def test_every_answer_is_hardened(treasurer: TestClient, path: str) -> None:
    headers = treasurer.get(path).headers
    assert headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == ("no-cache" if "static" in path else "no-store")


@pytest.mark.parametrize("path", [*PAGES, "/sign-in"])
def test_no_page_has_inline_script_or_style(treasurer: TestClient, path: str) -> None:
    text = treasurer.get(path).text
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|hx-on", text)


def test_sign_in_leads_back_and_stays_on_the_site(stranger: TestClient) -> None:
    for asked, led in (("/breaks?state=closed", "/breaks?state=closed"), ("//evil.test", "/"),
                       ("https://evil.test", "/"), ("/\\evil.test", "/")):  # fmt: skip
        page = stranger.get("/sign-in").text
        data = {"csrf": token_in(page), "role": "auditor", "next": asked}
        answer = stranger.post("/sign-in", data=data, follow_redirects=False)
        assert answer.headers["location"] == led


@pytest.mark.parametrize("role", ["partner", "service", "admin", ""])
def test_only_demo_roles_are_given(stranger: TestClient, role: str) -> None:
    token = token_in(stranger.get("/sign-in").text)
    answer = stranger.post("/sign-in", data={"csrf": token, "role": role})
    assert answer.status_code in {400, 403}
    assert stranger.get("/", follow_redirects=False).status_code == 303


def test_without_demo_mode_nobody_is_let_in(node: Node) -> None:
    node.demo = False
    with TestClient(node.app()) as client:
        page = client.get("/sign-in").text
        assert "OIDC" in page
        token = re.search(r'name="csrf" value="([^"]+)"', page)
        assert token
        answer = client.post("/sign-in", data={"csrf": token[1], "role": "treasurer"})
        assert answer.status_code == 403


def test_the_cookie_is_out_of_reach_of_scripts(stranger: TestClient) -> None:
    told = stranger.get("/sign-in").headers["set-cookie"]
    assert "HttpOnly" in told
    assert "SameSite=Lax" in told
    assert "Secure" not in told
    secure = TestClient(stranger.app, base_url="https://console.test")
    assert "Secure" in secure.get("/sign-in").headers["set-cookie"]


def test_sign_out_ends_the_visit_even_for_a_kept_cookie(treasurer: TestClient) -> None:
    kept = treasurer.cookies[COOKIE]
    treasurer.post("/sign-out", data={"csrf": token_in(treasurer.get("/").text)})
    treasurer.cookies.clear()
    treasurer.cookies.set(COOKIE, kept)
    assert treasurer.get("/", follow_redirects=False).status_code == 303


def test_a_visit_is_signed_anew_and_ends_after_eight_hours(
    treasurer: TestClient, node: Node
) -> None:
    first = treasurer.cookies[COOKIE]
    assert "set-cookie" not in treasurer.get("/").headers
    node.clock.at = NOW + timedelta(seconds=ROTATE_SECONDS)
    treasurer.get("/")
    assert treasurer.cookies[COOKIE] != first
    node.clock.at = NOW + timedelta(seconds=LIFE_SECONDS_MAX)
    assert treasurer.get("/", follow_redirects=False).status_code == 303


def test_sign_in_begins_a_visit_of_its_own(stranger: TestClient) -> None:
    before = token_in(stranger.get("/sign-in").text)
    sign_in(stranger)
    assert token_in(stranger.get("/").text) != before


def test_a_forged_cookie_is_no_visit() -> None:
    visitor = new_visitor(NOW, "demo-auditor", Role.AUDITOR)
    sealed = seal(visitor, SECRET)
    assert unseal(sealed, SECRET, NOW) == visitor
    for text in ("", "x", sealed[:-1], sealed + "x", seal(visitor, b"another secret")):
        assert unseal(text, SECRET, NOW) is None


def test_the_theme_is_remembered(treasurer: TestClient) -> None:
    token = token_in(treasurer.get("/").text)
    data = {"csrf": token, "theme": "dark", "place": "/breaks"}
    answer = treasurer.post("/theme", data=data, follow_redirects=False)
    assert answer.headers["location"] == "/breaks"
    assert '<html lang="en" data-theme="dark">' in treasurer.get("/").text
    treasurer.post("/theme", data=data | {"theme": '"><script>'})
    assert "data-theme" not in treasurer.get("/").text
