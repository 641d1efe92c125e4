"""Cursors: refused when they are not ours, and complete when they are.

In: lists longer than a page. Run by pytest.
"""

from __future__ import annotations

import base64

import pytest
from starlette.testclient import TestClient

from node.api.paging import LIMIT_DEFAULT, LIMIT_MAX, InvalidCursor, cursor, position
from node.api.shapes.base import POSITION_MAX
from tests.support.api_node import issue_order, key
from tests.support.problems import problem

LISTS = ("breaks", "entries", "events", "files", "instructions", "matches", "statements")


def made(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "after",
    [
        made("entries"),
        made("entries:"),
        made("entries:-1"),
        made("entries:01"),
        made("entries:1 "),
        made("entries:\u0661"),
        made("entries:2147483648"),
        made("entries:9223372036854775808"),
        made("events:1"),
        made("entries:1") + "A",
        "A",
    ],
)
def test_a_cursor_of_another_s_making_is_refused(after: str) -> None:
    with pytest.raises(InvalidCursor):
        position("entries", after)


def test_what_is_no_cursor_is_refused(partner: TestClient) -> None:
    for after in ("", "a=b", "a%00", "x" * 201, "a+b"):
        problem(partner.get(f"/v1/entries?after={after}"), 422, "INVALID_REQUEST")


def test_each_list_takes_its_own_cursors_only(partner: TestClient) -> None:
    for name in LISTS:
        own, other = cursor(name, POSITION_MAX), cursor("others", 1)
        page = partner.get(f"/v1/{name}?after={own}").json()
        assert page == {"items": [], "has_more": False, "next": own}
        problem(partner.get(f"/v1/{name}?after={other}"), 422, "INVALID_CURSOR")


def test_a_cursor_is_read_as_it_was_written() -> None:
    for at in (0, 1, POSITION_MAX):
        assert position("entries", cursor("entries", at)) == at
    assert position("entries", None) == 0


def test_an_empty_list_has_no_cursor(partner: TestClient) -> None:
    page = partner.get("/v1/instructions").json()
    assert page == {"items": [], "has_more": False, "next": None}


def test_pages_give_everything_once_and_go_on_from_the_end(partner: TestClient) -> None:
    def instruct() -> str:
        order = issue_order()
        assert partner.post("/v1/issues", json=order, headers=key()).status_code == 202
        return str(order["uetr"])

    wanted = [instruct() for _ in range(5)]
    seen: list[str] = []
    query, more = "", True
    while more:
        page = partner.get(f"/v1/instructions?limit=2{query}").json()
        seen += [each["uetr"] for each in page["items"]]
        query, more = f"&after={page['next']}", page["has_more"]
    assert seen == wanted
    assert partner.get(f"/v1/instructions?limit=2{query}").json()["items"] == []
    late = instruct()
    page = partner.get(f"/v1/instructions?limit=2{query}").json()
    assert [each["uetr"] for each in page["items"]] == [late]
    assert page["has_more"] is False


def test_a_page_that_is_just_full_has_no_more(partner: TestClient) -> None:
    for _ in range(2):
        partner.post("/v1/issues", json=issue_order(), headers=key())
    page = partner.get("/v1/instructions?limit=2").json()
    assert (len(page["items"]), page["has_more"]) == (2, False)
    assert LIMIT_DEFAULT <= LIMIT_MAX
