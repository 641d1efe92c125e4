"""Business days over HTTP: reviewed, signed by two, handed out in three forms."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import Engine

from node.control.roles import Role
from node.days.certificate import verify
from tests.support.api_node import ApiNode
from tests.support.problems import problem
from tests.support.recon_cases import open_breaks
from tests.support.recon_records import TODAY, Records

WHERE, WHY = f"/v1/days/{TODAY}", {"reason": "all seen"}


@pytest.fixture
def node(engine: Engine) -> ApiNode:
    records = Records(engine)
    payment = str(uuid4())
    records.issue(500, payment)
    records.statement((500, payment))
    open_breaks(records)
    return ApiNode(engine, proof=records.prove)


def test_a_day_is_signed_by_two_and_its_certificate_holds(node: ApiNode) -> None:
    with node.client(Role.TREASURER) as treasurer, node.client(Role.APPROVER) as approver:
        problem(treasurer.get(WHERE), 404, "DAY_NOT_SIGNED")
        for spelled in ("soon", "0", "20261005", "2026-10-05T00:00:00"):
            problem(treasurer.get(f"/v1/days/{spelled}"), 422, "INVALID_REQUEST")
        problem(treasurer.post("/v1/days/2199-01-01/sign", json=WHY), 422, "DAY_CANNOT_BE_SIGNED")
        problem(approver.post(f"{WHERE}/sign", json=WHY), 403, "FORBIDDEN")
        review = treasurer.get(f"{WHERE}/review").json()
        assert review["certificate"]["breaks"] == []
        asked = treasurer.post(f"{WHERE}/sign", json=WHY)
        assert asked.status_code == 202, asked.text
        shown = {"shown": asked.json()["shown"]}
        signed = approver.post(f"{asked.headers['location']}/approve", json=shown)
        assert signed.json()["state"] == "APPROVED"
        day = treasurer.get(WHERE).json()
        assert (day["root"], day["number"], day["breaks_open"]) == (shown["shown"], 1, 0)
        assert treasurer.get("/v1/days").json()["items"] == [day]
        file = treasurer.get(f"{WHERE}/certificate")
        assert verify(file.text).root == day["root"]
        assert file.headers["content-disposition"].endswith(f'certificate-{TODAY}.json"')
        for form, start in (("xlsx", b"PK"), ("pdf", b"%PDF")):
            given = treasurer.get(f"{WHERE}/certificate", params={"format": form})
            assert given.content.startswith(start)
        problem(treasurer.post(f"{WHERE}/sign", json=WHY), 409, "DAY_ALREADY_SIGNED")
