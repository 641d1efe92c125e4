"""Bank files through the API: refused ones first, then one that is taken in and read back.

In: the bytes of messages, right and wrong. Run by pytest.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from node.api.guard import BYTES_MAX_KEY, GuardedRoute
from node.api.routes import statements
from node.bank.reader import SIZE_BYTES_MAX
from node.control.roles import Role
from node.db.unit_of_work import read_only
from node.ledger import store as ledger
from tests.support.api_node import ApiNode
from tests.support.bank_messages import UETR, detail, entry, one_day
from tests.support.problems import problem

XML = {"Content-Type": "application/xml"}
DAY = one_day("0.00", entry("150.00", details=f"<NtryDtls>{detail()}</NtryDtls>"), "150.00")


def files(client: TestClient) -> list[dict[str, object]]:
    listed: list[dict[str, object]] = client.get("/v1/files").json()["items"]
    return listed


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"", "FILE_MALFORMED", "1"),
        (b"<Document", "FILE_MALFORMED", "1"),
        (DAY[:-60], "FILE_MALFORMED", "2"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]>\n<a>&b;</a>", "DOCTYPE_REFUSED", "1"),
        (one_day("0.00", entry("150.00"), "150.01"), "STATEMENT_SUM_WRONG", "2"),
        (one_day("0.00", entry("150.00", ccy="EUR"), "150.00"), "CURRENCY_MISMATCH", "2"),
    ],
)
def test_a_wrong_file_is_kept_and_changes_nothing(
    treasurer: TestClient, node: ApiNode, content: bytes, code: str, line: str
) -> None:
    answer = treasurer.post("/v1/statements?file_name=bad.xml", content=content, headers=XML)
    assert answer.status_code == 422
    body = answer.json()
    assert body["line"] == line
    kept = treasurer.get(f"/v1/files/{body['refused_file']}").json()
    assert (kept["name"], kept["accepted"], kept["error_code"]) == ("bad.xml", False, body["code"])
    assert kept["error_line"] == int(line)
    assert kept["received_by"] == "bank-treasurer"
    assert treasurer.get("/v1/statements").json()["items"] == []
    with read_only(node.engine) as session:
        assert ledger.entries(session) == []
    problem(answer, 422, code)


def test_the_same_file_twice_is_refused(treasurer: TestClient) -> None:
    assert treasurer.post("/v1/statements", content=DAY, headers=XML).status_code == 201
    answer = treasurer.post("/v1/statements", content=DAY, headers=XML)
    assert answer.status_code in {409, 422}
    body = problem(answer, answer.status_code, answer.json()["code"])
    assert "DUPLICATE" in body["code"]
    assert [each["accepted"] for each in files(treasurer)] == [True, False]


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/json"},
        {"Content-Type": "text/html"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {},
        XML | {"Content-Encoding": "gzip"},
    ],
)
def test_only_bank_messages_are_read(treasurer: TestClient, headers: dict[str, str]) -> None:
    answer = treasurer.post("/v1/statements", content=DAY, headers=headers)
    problem(answer, 415, "UNSUPPORTED_MEDIA_TYPE")
    assert files(treasurer) == []


def test_a_file_that_says_it_is_too_large_is_not_read(treasurer: TestClient) -> None:
    headers = XML | {"Content-Length": str(SIZE_BYTES_MAX + 1)}
    answer = treasurer.post("/v1/statements", content=b"<a/>", headers=headers)
    body = problem(answer, 413, "BODY_TOO_LARGE")
    assert str(SIZE_BYTES_MAX) in body["detail"]
    assert files(treasurer) == []


def test_a_file_that_does_not_say_so_is_cut_short(
    monkeypatch: pytest.MonkeyPatch, node: ApiNode
) -> None:
    sent = 0

    def pieces() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(100):
            sent += 1
            yield b" " * 1000

    (route,) = (
        each
        for each in statements.router.routes
        if isinstance(each, GuardedRoute) and each.methods == {"POST"} and each.openapi_extra
    )
    monkeypatch.setitem(route.openapi_extra or {}, BYTES_MAX_KEY, 10_000)
    with node.client(Role.TREASURER) as client:
        answer = client.post("/v1/statements", content=pieces(), headers=XML)
        problem(answer, 413, "BODY_TOO_LARGE")
        assert files(client) == []
    assert sent == 100  # the test's client reads them all before it sends


@pytest.mark.parametrize("name", ["", "a%00b", "a%0ab", "x" * 256])
def test_a_name_is_a_name(treasurer: TestClient, name: str) -> None:
    answer = treasurer.post(f"/v1/statements?file_name={name}", content=DAY, headers=XML)
    problem(answer, 422, "INVALID_REQUEST")
    assert files(treasurer) == []


@pytest.mark.parametrize("media", ["application/xml", "application/octet-stream"])
def test_a_statement_is_taken_in_and_read_back(treasurer: TestClient, media: str) -> None:
    details = detail(refs=f"<UETR>{UETR}</UETR>")
    content = one_day("0.00", entry("150.00", details=f"<NtryDtls>{details}</NtryDtls>"), "150.00")
    answer = treasurer.post(
        "/v1/statements?file_name=d%C3%A9c.xml", content=content, headers={"Content-Type": media}
    )
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert (body["format"], body["entries"]) == ("camt.053.001.08", 1)
    kept = treasurer.get(answer.headers["location"]).json()
    assert (kept["id"], kept["name"], kept["accepted"]) == (body["file_id"], "d\u00e9c.xml", True)
    (statement_id,) = body["statements"]
    statement = treasurer.get(f"/v1/statements/{statement_id}").json()
    assert statement["closing"] == {"amount": "150.00", "currency": "CAD"}
    (line,) = treasurer.get(f"/v1/statements/{statement_id}/lines").json()["items"]
    assert (line["amount"]["amount"], line["uetr"]) == ("150.00", UETR)
    listed = treasurer.get("/v1/statements", params={"account": statement["account"]}).json()
    assert [each["id"] for each in listed["items"]] == [statement_id]
