"""The outermost layer: what is refused before anything is read, and what every answer carries.

In: requests that are wrong as HTTP. Run by pytest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from node.api.guard import JSON_BYTES_MAX
from node.control.roles import Role
from tests.support.api_node import ApiNode, issue_order, key
from tests.support.problems import problem

JSON = {"Content-Type": "application/json"}
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture
def client(small_node: ApiNode) -> Iterator[TestClient]:
    with small_node.client(Role.SERVICE) as made:
        yield made


@pytest.mark.parametrize(
    "content", [b"", b"{", b"{}{}", b"\xff\xfe", b'{"a": NaN}', b"[" * 100_000, b'"\xed\xa0\x80"']
)
def test_a_body_that_cannot_be_read(client: TestClient, content: bytes) -> None:
    answer = client.post("/v1/issues", content=content, headers=JSON | key())
    assert answer.status_code in {400, 422}
    problem(answer, answer.status_code, answer.json()["code"])


@pytest.mark.parametrize("content", [b"null", b"[]", b"1", b'"text"', b"{}"])
def test_a_body_that_is_no_order(client: TestClient, content: bytes) -> None:
    answer = client.post("/v1/issues", content=content, headers=JSON | key())
    problem(answer, 422, "INVALID_REQUEST")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/xml"},
        {"Content-Type": "application/json; charset=latin-1"},
        JSON | {"Content-Encoding": "gzip"},
    ],
)
def test_a_body_of_another_kind(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.post("/v1/issues", content=b"{}", headers=headers | key())
    problem(answer, 415, "UNSUPPORTED_MEDIA_TYPE")


def test_a_body_that_is_too_large(client: TestClient) -> None:
    order = issue_order(end_to_end_id="x" * JSON_BYTES_MAX)
    problem(client.post("/v1/issues", json=order, headers=key()), 413, "BODY_TOO_LARGE")

    def pieces() -> Iterator[bytes]:
        for _ in range(JSON_BYTES_MAX // 1000 + 1):
            yield b" " * 1000

    answer = client.post("/v1/issues", content=pieces(), headers=JSON | key())
    problem(answer, 413, "BODY_TOO_LARGE")


@pytest.mark.parametrize("length", ["-1", "1e3", "9" * 30, "0x10"])
def test_a_length_that_is_none(client: TestClient, length: str) -> None:
    headers = JSON | key() | {"Content-Length": length}
    problem(client.post("/v1/issues", content=b"{}", headers=headers), 400, "MALFORMED_REQUEST")


@pytest.mark.parametrize("name", ["Idempotency-Key", "Content-Type", "X-Request-Id"])
def test_a_header_sent_twice(client: TestClient, name: str) -> None:
    value = JSON["Content-Type"].encode()
    twice = [(name.encode(), value), (name.encode(), value)]
    answer = client.post("/v1/issues", content=b"{}", headers=twice)
    assert name.lower() in problem(answer, 400, "MALFORMED_REQUEST")["detail"]


def test_every_answer_is_named_and_hardened(client: TestClient) -> None:
    for path in ("/v1/accounts", "/nowhere", "/health", "/docs", "/openapi.json"):
        answer = client.get(path)
        assert UUID.fullmatch(answer.headers["x-request-id"])
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
    assert client.get("/v1/accounts").headers["cache-control"] == "no-store"


def test_a_harmless_name_is_kept(client: TestClient) -> None:
    for given, kept in (("trace-1", True), ("a b", False), ("x" * 129, False)):
        answer = client.get("/v1/accounts", headers={"X-Request-Id": given})
        assert (answer.headers["x-request-id"] == given) is kept
