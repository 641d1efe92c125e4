"""Intents over HTTP: read by all, commanded by two people."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from node.control.roles import Role
from node.core.types import Address, ChainId
from node.db.unit_of_work import unit_of_work
from node.submission.service import Call, prepare
from tests.support.api_node import ApiNode
from tests.support.clock import NOW
from tests.support.console_day import CHAIN, WALLET
from tests.support.problems import problem

WHY = {"reason": "it waits for long"}


@pytest.fixture
def waiting(engine: Engine) -> ApiNode:
    """A node with one call that was never signed."""
    with unit_of_work(engine) as session:
        prepare(
            session,
            id="call-1",
            instruction_id="",
            purpose="FUND",
            chain_id=ChainId(CHAIN),
            signer=Address(WALLET),
            call=Call(Address(WALLET), "0x", 1),
            at=NOW,
        )
    return ApiNode(engine)


@pytest.fixture
def treasurer(waiting: ApiNode) -> Iterator[TestClient]:
    with waiting.client(Role.TREASURER) as client:
        yield client


def test_commands_that_are_refused(waiting: ApiNode, treasurer: TestClient) -> None:
    problem(treasurer.post("/v1/intents/nothing/bump", json=WHY), 404, "NOT_FOUND")
    problem(treasurer.get("/v1/intents/nothing"), 404, "NOT_FOUND")
    bumped = treasurer.post("/v1/intents/call-1/bump", json=WHY)
    problem(bumped, 409, "INTENT_COMMAND_NOT_POSSIBLE")
    for reason in ("", "two\nlines", "a" * 201):
        answer = treasurer.post("/v1/intents/call-1/cancel", json={"reason": reason})
        problem(answer, 422, "INVALID_REQUEST")
    for role in (Role.PARTNER, Role.SERVICE, Role.AUDITOR, Role.APPROVER):
        with waiting.client(role) as client:
            problem(client.post("/v1/intents/call-1/cancel", json=WHY), 403, "FORBIDDEN")


def test_one_asks_and_another_one_decides(waiting: ApiNode, treasurer: TestClient) -> None:
    asked = treasurer.post("/v1/intents/call-1/cancel", json=WHY)
    assert asked.status_code == 202
    where = asked.headers["location"]
    assert where == f"/v1/approvals/{asked.json()['id']}"
    problem(treasurer.post(f"{where}/approve"), 403, "FORBIDDEN")
    problem(treasurer.post("/v1/intents/call-1/cancel", json=WHY), 409, "APPROVAL_ALREADY_ASKED")
    with waiting.client(Role.APPROVER) as approver:
        decided = approver.post(f"{where}/approve")
        assert (decided.status_code, decided.json()["state"]) == (200, "APPROVED")
        problem(approver.post(f"{where}/decline"), 409, "APPROVAL_ALREADY_DECIDED")
    whole = treasurer.get("/v1/intents/call-1").json()
    assert [each["new"] for each in whole["history"]] == ["PREPARED", "CANCELLED"]
    assert whole["signatures"] == []
    assert [each["state"] for each in whole["approvals"]] == ["APPROVED"]
    listed = treasurer.get("/v1/intents", params={"state": "CANCELLED"}).json()
    assert [each["id"] for each in listed["items"]] == ["call-1"]
    assert treasurer.get("/v1/approvals", params={"state": "ASKED"}).json()["items"] == []
