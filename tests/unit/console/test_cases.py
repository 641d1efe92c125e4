"""Work on a break from its page: one asks, another one decides on what the page showed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from tests.support.console_day import Node, sign_in, token_in
from tests.support.recon_cases import open_breaks
from tests.support.recon_records import Records


@pytest.fixture
def records(node: Node) -> Records:
    return Records(node.engine)


@contextmanager
def signed_in(node: Node, role: str) -> Iterator[TestClient]:
    with TestClient(node.app()) as client:
        sign_in(client, role)
        yield client


def send(client: TestClient, page: str, where: str, **fields: str) -> int:
    """Fill in a form of a page as a browser does."""
    data = {"csrf": token_in(client.get(page).text), **fields}
    return client.post(where, data=data, follow_redirects=False).status_code


def test_a_difference_is_written_off_from_its_page(records: Records, node: Node) -> None:
    payment = str(uuid4())
    records.issue(500, payment)
    records.statement((480, payment))
    (found,) = open_breaks(records)
    page = f"/breaks/{found.id}"
    with signed_in(node, "treasurer") as maker:
        assert send(maker, page, f"{page}/notes", text="asked the correspondent") == 303
        assert send(maker, page, f"{page}/owner", owner="nostro desk") == 303
        assert send(maker, page, f"{page}/ask", command="write-off", reason="its fee") == 303
        assert send(maker, page, f"{page}/ask", command="another", reason="r") == 422
        told = maker.get(page).text
        assert "asked the correspondent" in told
        assert "nostro desk" in told
        assert "Approve" not in told
    with signed_in(node, "approver") as checker:
        told = checker.get(page).text
        assert "Write off" not in told
        where = re.search(r'action="(/approvals/[^"]+)"', told)
        shown = re.search(r'name="shown" value="([0-9a-f]{64})"', told)
        assert where is not None
        assert shown is not None
        assert send(checker, page, where[1], decision="APPROVED", shown="00" * 32) == 409
        assert send(checker, page, where[1], decision="APPROVED", shown=shown[1]) == 303
    assert open_breaks(records) == []
    assert records.prove().agrees


def test_who_may_only_read_sees_no_form_and_is_refused(records: Records, node: Node) -> None:
    records.issue(500, str(uuid4()))
    (found,) = open_breaks(records)
    page = f"/breaks/{found.id}"
    with signed_in(node, "auditor") as auditor:
        assert "Ask for" not in auditor.get(page).text
        assert send(auditor, page, f"{page}/ask", command="accept", reason="r") == 403


def test_what_adds_up_is_offered_with_its_reason(records: Records, node: Node) -> None:
    payment = str(uuid4())
    records.issue(500, payment)
    records.statement((200, ""), (300, ""))
    found = next(each for each in open_breaks(records) if each.uetr)
    with signed_in(node, "treasurer") as maker:
        told = maker.get(f"/breaks/{found.id}").text
        assert "2 that add up to it" in told
        others = re.findall(r'name="others" value="([^"]+)"', told)
        page = f"/breaks/{found.id}"
        form = {"csrf": token_in(told), "command": "match", "reason": "one order"}
        sent = {**form, "others": others}
        asked = maker.post(f"{page}/ask", data=sent, follow_redirects=False)
        assert asked.status_code == 303
        assert "with <a" in maker.get(page).text
