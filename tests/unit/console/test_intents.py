"""Calls on the console: shown to all, commanded by two people."""

from __future__ import annotations

import pytest
from sqlmodel import Session
from starlette.testclient import TestClient

from node.submission.operator import OperatorCommand
from node.submission.tables import IntentRow
from tests.support.console_day import Node, sign_in, token_in


@pytest.fixture
def waiting(day: Node) -> Node:
    """The day, with its call taken back to where it waits."""
    with Session(day.engine) as session, session.begin():
        row = session.get_one(IntentRow, "intent-1")
        row.state = "QUARANTINED"
        session.add(row)
    return day


@pytest.mark.usefixtures("waiting")
def test_what_the_console_refuses(treasurer: TestClient) -> None:
    token = token_in(treasurer.get("/intents/intent-1").text)
    form = {"csrf": token, "reason": "why", "command": "intent.bump"}
    assert treasurer.post("/intents/intent-1/ask", data={**form, "csrf": ""}).status_code == 403
    assert treasurer.post("/intents/nothing/ask", data=form).status_code == 404
    assert treasurer.post("/intents/intent-1/ask", data={**form, "command": "x"}).status_code == 422
    assert treasurer.get("/intents/nothing").status_code == 404
    decided = treasurer.post("/approvals/1", data={"csrf": token, "decision": "APPROVED"})
    assert decided.status_code == 403


def test_asked_by_one_and_approved_by_another(waiting: Node, treasurer: TestClient) -> None:
    shown = treasurer.get("/intents/intent-1").text
    assert all(f'value="{each}"' in shown for each in OperatorCommand)
    form = {"csrf": token_in(shown), "reason": "try again", "command": "intent.resume"}
    answer = treasurer.post("/intents/intent-1/ask", data=form, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    assert "try again" in treasurer.get("/intents").text
    assert "Approve" not in treasurer.get("/intents/intent-1").text
    with TestClient(waiting.app()) as approver:
        sign_in(approver, "approver")
        seen = approver.get("/intents/intent-1").text
        assert "Ask for" not in seen
        place = seen.split('action="/approvals/')[1].split('"')[0]
        form = {"csrf": token_in(seen), "decision": "APPROVED"}
        approver.post(f"/approvals/{place}", data=form)
        assert (
            "resumed by demo-treasurer and demo-approver" in approver.get("/intents/intent-1").text
        )
    assert treasurer.get("/intents?state=SIGNED").text.count("/intents/intent-1") == 1
