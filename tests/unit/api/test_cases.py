"""Work on breaks over HTTP: one asks, another one decides on what was shown, the records agree."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from node.control.roles import Role
from tests.support.api_node import ApiNode
from tests.support.problems import problem
from tests.support.recon_cases import open_breaks
from tests.support.recon_records import Records

WHY = {"reason": "the correspondent says so"}


@pytest.fixture
def records(engine: Engine) -> Records:
    return Records(engine)


@pytest.fixture
def treasurer(engine: Engine) -> Iterator[TestClient]:
    with ApiNode(engine).client(Role.TREASURER) as client:
        yield client


@pytest.fixture
def approver(engine: Engine) -> Iterator[TestClient]:
    with ApiNode(engine).client(Role.APPROVER) as client:
        yield client


@pytest.mark.parametrize("command", ["match", "write-off", "accept", "reopen", "owner"])
def test_what_is_refused(treasurer: TestClient, command: str) -> None:
    where = f"/v1/breaks/nothing/{command}"
    body = {**WHY, "breaks": ["other"], "owner": "desk"}
    wanted = {"match": ("reason", "breaks"), "owner": ("owner",)}.get(command, ("reason",))
    sent = {name: body[name] for name in wanted}
    problem(treasurer.post(where, json=sent), 404, "NOT_FOUND")
    problem(treasurer.post(where, json={}), 422, "INVALID_REQUEST")
    problem(treasurer.get("/v1/breaks/nothing/case"), 404, "NOT_FOUND")
    problem(treasurer.get("/v1/breaks/nothing/notes/1/file"), 404, "NOT_FOUND")


def test_a_short_payment_is_written_off_by_two(
    records: Records, treasurer: TestClient, approver: TestClient
) -> None:
    payment = str(uuid4())
    records.issue(500, payment)
    records.statement((480, payment))
    (found,) = open_breaks(records)
    asked = treasurer.post(f"/v1/breaks/{found.id}/write-off", json=WHY)
    assert asked.status_code == 202
    where, shown = asked.headers["location"], asked.json()["shown"]
    problem(treasurer.post(f"{where}/approve", json={"shown": shown}), 403, "FORBIDDEN")
    problem(approver.post(f"{where}/approve"), 409, "NOT_AS_SHOWN")
    problem(approver.post(f"{where}/approve", json={"shown": "00" * 32}), 409, "NOT_AS_SHOWN")
    assert approver.get(where).json()["detail"]["shown"]["breaks"][0]["amount"] == "EUR -0.20"
    decided = approver.post(f"{where}/approve", json={"shown": shown})
    assert (decided.status_code, decided.json()["state"]) == (200, "APPROVED")
    assert open_breaks(records) == []
    assert records.prove().agrees
    ended = approver.get(f"/v1/breaks/{found.id}").json()
    assert (ended["open"], ended["accepted"]) == (False, "")


def test_suggestions_name_what_adds_up_and_are_matched_by_two(
    records: Records, treasurer: TestClient, approver: TestClient
) -> None:
    records.issue(500, str(uuid4()))
    records.statement((200, ""), (300, ""), (77, ""))
    payment = next(each for each in open_breaks(records) if each.uetr)
    case = treasurer.get(f"/v1/breaks/{payment.id}/case").json()
    (suggested,) = case["suggestions"]
    assert suggested["reason"] == "2 that add up to it"
    asked = treasurer.post(
        f"/v1/breaks/{payment.id}/match", json={**WHY, "breaks": suggested["breaks"]}
    )
    shown = {"shown": asked.json()["shown"]}
    assert approver.post(f"{asked.headers['location']}/approve", json=shown).status_code == 200
    assert [each.amount for each in open_breaks(records)] == [77]
    assert records.prove().agrees


def test_a_line_of_the_same_amount_is_suggested_first(
    records: Records, treasurer: TestClient
) -> None:
    records.issue(500, str(uuid4()))
    records.issue(500, str(uuid4()))
    records.statement((500, ""))
    line = next(each for each in open_breaks(records) if not each.uetr)
    case = treasurer.get(f"/v1/breaks/{line.id}/case").json()
    assert [each["reason"] for each in case["suggestions"]] == ["same amount, same day"] * 2


def test_notes_and_files_are_kept_with_the_case(records: Records, treasurer: TestClient) -> None:
    records.issue(500, str(uuid4()))
    (found,) = open_breaks(records)
    where = f"/v1/breaks/{found.id}"
    assert treasurer.post(f"{where}/owner", json={"owner": "desk"}).status_code == 204
    assert treasurer.post(f"{where}/notes", json={"text": "asked them"}).status_code == 204
    binary = {"content-type": "application/octet-stream"}
    named = {"file_name": "é.txt", "text": "their answer"}
    kept = treasurer.post(f"{where}/files", params=named, content=b"their answer", headers=binary)
    assert kept.status_code == 204
    first, note = treasurer.get(f"{where}/case").json()["notes"]
    assert (first["text"], first["file_name"]) == ("asked them", "")
    assert (note["text"], note["file_name"]) == ("their answer", "é.txt")
    handed = treasurer.get(f"{where}/notes/{note['id']}/file")
    assert handed.content == b"their answer"
    assert handed.headers["content-disposition"] == "attachment; filename*=UTF-8''%C3%A9.txt"
    large = b"x" * 5_000_001
    refused = treasurer.post(f"{where}/files", params=named, content=large, headers=binary)
    problem(refused, 413, "BODY_TOO_LARGE")


def test_an_accepted_break_is_reopened_by_one(
    records: Records, treasurer: TestClient, approver: TestClient
) -> None:
    records.issue(500, str(uuid4()))
    (found,) = open_breaks(records)
    asked = treasurer.post(f"/v1/breaks/{found.id}/accept", json=WHY)
    approver.post(f"{asked.headers['location']}/approve", json={"shown": asked.json()["shown"]})
    assert treasurer.get(f"/v1/breaks/{found.id}").json()["accepted"] == asked.json()["id"]
    assert treasurer.post(f"/v1/breaks/{found.id}/reopen", json=WHY).status_code == 204
    assert treasurer.get(f"/v1/breaks/{found.id}").json()["accepted"] == ""
