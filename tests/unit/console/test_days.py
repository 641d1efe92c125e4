"""Business days on the console: shown as they stand, signed by two, handed out as files."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from node.days.certificate import verify
from tests.support.console_day import Node, sign_in, token_in
from tests.support.recon_cases import open_breaks
from tests.support.recon_records import TODAY, Records

PAGE = f"/days/{TODAY}"


@pytest.fixture
def bank(node: Node) -> Node:
    records = Records(node.engine)
    payment = str(uuid4())
    records.issue(500, payment)
    records.statement((480, payment))
    open_breaks(records)
    node.proof = records.prove
    return node


def test_a_day_is_signed_from_its_page(bank: Node) -> None:
    with TestClient(bank.app()) as maker, TestClient(bank.app()) as checker:
        sign_in(maker, "treasurer")
        assert "is not signed yet" in maker.get("/days").text
        told = maker.get(PAGE).text
        assert "not signed" in told
        assert "4.80" in told
        form = {"csrf": token_in(told), "reason": "all seen"}
        assert maker.post(f"{PAGE}/sign", data=form, follow_redirects=False).status_code == 303
        sign_in(checker, "approver")
        seen = checker.get(PAGE).text
        assert "Ask for a signature" not in seen
        where = re.search(r'action="(/approvals/[^"]+)"', seen)
        shown = re.search(r'name="shown" value="([0-9a-f]{64})"', seen)
        assert where is not None
        assert shown is not None
        form = {"csrf": token_in(seen), "shown": shown[1], "decision": "APPROVED"}
        signed = checker.post(where[1], data=form, follow_redirects=False)
        assert (signed.status_code, signed.headers["location"]) == (303, PAGE)
        assert "signed by demo-approver" in maker.get(PAGE).text
        assert shown[1][:16] in maker.get("/days").text
        assert verify(maker.get(f"{PAGE}/certificate.json").text).root == shown[1]
        assert maker.get(f"{PAGE}/certificate.pdf").content.startswith(b"%PDF")
        assert maker.get(f"{PAGE}/certificate.xlsx").content.startswith(b"PK")
        assert maker.get(f"{PAGE}/certificate.exe").status_code == 404


def test_a_day_that_cannot_be_signed_says_why(bank: Node) -> None:
    with TestClient(bank.app()) as maker:
        sign_in(maker, "treasurer")
        told = maker.get("/days/2999-01-01").text
        assert "lies ahead" in told
        assert "Ask for a signature" not in told
        assert maker.get("/days/2999-01-01/certificate.json").status_code == 404
