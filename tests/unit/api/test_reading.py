"""What the API says about a day: refusals of wrong questions, then each resource.

In: the day that pages of the console are tested on. Run by pytest.
"""

from __future__ import annotations

from typing import Any, cast

import pytest
from starlette.testclient import TestClient

from node.control.roles import Role
from node.core.errors import ConcordError, Fatal, Retryable
from tests.support.api_node import ALICE, AMOUNT_MAX, ApiNode
from tests.support.console_day import CHAIN, HOLDER, NOSTRO, OTHER_UETR, UETR, proof_line
from tests.support.problems import problem

CAD = "2565972.00"
ABSENT = (
    "/v1/accounts/NOSTRO:CAD:0815",
    "/v1/breaks/no-such",
    "/v1/entries/no-such",
    "/v1/events/999",
    "/v1/files/999",
    "/v1/instructions/no-such",
    "/v1/matches/no-such",
    "/v1/payments/7a562c67-0000-4000-8000-0000000000ff",
    "/v1/statements/no-such",
    "/v1/statements/no-such/lines",
)
WRONG = (
    "/v1/events/0",
    "/v1/events/-1",
    "/v1/events/2147483648",
    "/v1/events/9223372036854775808",
    "/v1/events/one",
    "/v1/entries/a%00b",
    "/v1/breaks/a'b",
    "/v1/payments/7a562c67",
    "/v1/accounts?currency=euro",
    "/v1/accounts/A?value_date=1700000000",
    "/v1/accounts/A?value_date=24.11.2026",
    "/v1/accounts/A?recorded_at=2026-11-24T09:30:00",
    "/v1/accounts/A?recorded_at=0001-01-01T00:00:00%2B23:00",
    "/v1/accounts/A?sequence=-1",
    "/v1/entries?uetr=x",
    "/v1/entries?limit=0",
    "/v1/entries?limit=101",
    "/v1/entries?limit=ten",
    "/v1/entries?valuedate=2026-11-24",
    "/v1/entries?limit=1&limit=2",
    "/v1/instructions?state=DONE",
    "/v1/instructions?kind=issue",
    "/v1/breaks?open=perhaps",
    "/v1/proof?at=now",
)


def test_what_is_not_there_is_said_not_to_be(reader: TestClient) -> None:
    for path in ABSENT:
        body = problem(reader.get(path), 404, "NOT_FOUND")
        assert body["instance"] == path
        assert body["remedy"]


def test_a_wrong_question_is_refused(reader: TestClient) -> None:
    for path in WRONG:
        assert problem(reader.get(path), 422, "INVALID_REQUEST")["detail"]


def test_a_misspelt_parameter_is_named(reader: TestClient) -> None:
    body = problem(reader.get("/v1/entries?acount=x"), 422, "INVALID_REQUEST")
    assert "'acount'" in body["detail"]
    assert "account" in body["remedy"]


@pytest.mark.parametrize("error", [Retryable("node 10.0.0.7 is away"), Fatal("key 0xabc leaked")])
def test_a_failure_is_told_without_its_inside(day: ApiNode, error: ConcordError) -> None:
    day.error = error
    with day.client(Role.AUDITOR) as client:
        answer = client.get("/v1/proof")
        body = problem(answer, error.status, error.code)
        assert error.detail not in answer.text
        assert body["retryable"] is error.retryable
        health = client.get("/health").json()
        assert (health["ready"], health["head"], health["checks"]["chain.head"]) == (
            False, None, False,
        )  # fmt: skip
        assert client.get("/health/ready").status_code == 503
        assert client.get("/health/live").json() == {"live": True, "version": "0.1.0"}


def test_a_defect_is_told_without_its_inside(day: ApiNode) -> None:
    day.lines = cast("Any", ["what nobody foresaw"])
    with day.client(Role.AUDITOR) as client:
        answer = client.get("/v1/proof")
        problem(answer, 500, "INTERNAL")
        assert "foresaw" not in answer.text
        assert "Error" not in answer.text


def test_health_asks_for_no_token(day: ApiNode) -> None:
    with day.client() as client:
        body = client.get("/health").json()
        assert client.get("/health/ready").json() == body
    assert (body["live"], body["ready"]) == (True, True)
    assert body["checks"] == {"clock": True, "chain.head": True, "database.read": True}
    assert (body["head"]["chain_id"], body["head"]["final"]) == (CHAIN, 42)
    assert "finding" not in str(body)


def test_findings_are_for_those_who_may_read(reader: TestClient) -> None:
    (check,) = reader.get("/v1/checks").json()["items"]
    assert check == {"name": "clock", "ok": True, "finding": "in step", "remedy": ""}


def test_the_proof(day: ApiNode) -> None:
    day.lines = (proof_line("CAD", 256_597_200, 256_597_200, 256_597_199, agrees=False),)
    with day.client(Role.AUDITOR) as client:
        body = client.get("/v1/proof").json()
    (line,) = body["lines"]
    assert body["agrees"] is line["agrees"] is False
    assert [line[each]["amount"] for each in ("chain", "books", "bank", "difference")] == [
        CAD, CAD, "2565971.99", "-0.01",
    ]  # fmt: skip
    assert (line["block"], line["ledger_sequence"]) == (42, 2)


def test_accounts_and_their_balances(reader: TestClient) -> None:
    listed = reader.get("/v1/accounts", params={"currency": "CAD"}).json()["items"]
    assert [each["code"] for each in listed] == [NOSTRO, HOLDER]
    assert [each["balance"]["posted"]["amount"] for each in listed] == [CAD, CAD]
    assert reader.get("/v1/accounts", params={"kind": "WALLET"}).json()["items"] == listed[1:]
    now = reader.get(f"/v1/accounts/{HOLDER}").json()
    assert now == listed[1]
    before = reader.get(f"/v1/accounts/{HOLDER}", params={"value_date": "2026-11-23"}).json()
    assert before["balance"]["posted"]["amount"] == "0.00"
    later = {"recorded_at": "2026-11-24T10:30:00+01:00"}
    assert reader.get(f"/v1/accounts/{HOLDER}", params=later).json() == now
    at = {"sequence": "0"}
    assert reader.get(f"/v1/accounts/{HOLDER}", params=at).json() == before


def test_the_trial_balance(reader: TestClient) -> None:
    (line,) = reader.get("/v1/trial-balance").json()["items"]
    assert (line["debits"]["amount"], line["credits"]["amount"], line["ok"]) == (CAD, CAD, True)


def test_entries(reader: TestClient) -> None:
    (entry,) = reader.get("/v1/entries", params={"uetr": UETR.upper()}).json()["items"]
    assert {each["side"]: each["account"] for each in entry["postings"]} == {
        "DEBIT": NOSTRO, "CREDIT": HOLDER,
    }  # fmt: skip
    assert reader.get(f"/v1/entries/{entry['id']}").json() == entry
    assert reader.get("/v1/entries", params={"account": HOLDER}).json()["items"] == [entry]
    assert reader.get("/v1/entries", params={"account": "FEES:CAD"}).json()["items"] == []


def test_events(reader: TestClient) -> None:
    (event,) = reader.get("/v1/events", params={"uetr": UETR}).json()["items"]
    assert (event["name"], event["args"]["amount"]) == ("Issued", "256597200")
    assert reader.get("/v1/events/1").json() == event | {"standing": "FINAL"}
    by_contract = reader.get("/v1/events?contract=IssuanceGate&name=Issued").json()
    assert by_contract["items"] == [event]
    for wrong in ("contract=DepositToken", "name=Redeemed", f"uetr={OTHER_UETR}"):
        assert reader.get(f"/v1/events?{wrong}").json()["items"] == []


def test_statements_and_files(reader: TestClient) -> None:
    (statement,) = reader.get("/v1/statements").json()["items"]
    assert (statement["opening"]["amount"], statement["number"]) == ("-96544.00", None)
    assert reader.get("/v1/statements/st-1").json() == statement
    (line,) = reader.get("/v1/statements/st-1/lines").json()["items"]
    assert (line["uetr"], line["amount"]["amount"], line["line"]) == (UETR, CAD, 63)
    good, bad = reader.get("/v1/files").json()["items"]
    assert (good["accepted"], bad["accepted"], bad["error_line"]) == (True, False, 17)
    assert reader.get("/v1/files/2").json() == bad
    assert "content" not in good


def test_breaks(reader: TestClient) -> None:
    every = reader.get("/v1/breaks").json()["items"]
    still = reader.get("/v1/breaks?open=true").json()["items"]
    assert [each["id"] for each in every] == ["b-1", "b-2", "b-3"]
    assert still == every[:2]
    assert [each["age_days"] for each in every] == [7, 1, 4]
    assert every[2]["closed_reason"] == "the missing side arrived"
    assert reader.get("/v1/breaks/b-1").json() == every[0]
    assert reader.get("/v1/breaks", params={"uetr": UETR}).json()["items"] == []


def test_matches(reader: TestClient) -> None:
    (match,) = reader.get("/v1/matches").json()["items"]
    assert (match["sides"], match["complete"]) == (["chain", "books", "bank"], True)
    assert [each["amount"]["amount"] for each in match["items"]] == [CAD] * 3
    assert reader.get("/v1/matches/m-1").json() == match


def test_instructions(reader: TestClient) -> None:
    issue, transfer = reader.get("/v1/instructions").json()["items"]
    assert reader.get("/v1/instructions?kind=ISSUE").json()["items"] == [issue]
    assert reader.get("/v1/instructions?state=REFUSED").json()["items"] == [transfer]
    assert reader.get("/v1/instructions?state=REFUSED&kind=ISSUE").json()["items"] == []
    assert transfer["reason"] == "AccountFrozen"
    followed = reader.get("/v1/instructions/in-1").json()
    (intent,) = followed.pop("intents")
    assert followed == issue
    assert (intent["state"], intent["nonce"], intent["block_number"]) == ("FINAL", 7, 42)
    assert "raw" not in intent


def test_one_payment_through_every_record(reader: TestClient) -> None:
    body = reader.get(f"/v1/payments/{UETR.upper()}").json()
    assert body["uetr"] == UETR
    assert body["instruction"]["id"] == "in-1"
    assert [each["purpose"] for each in body["instruction"]["intents"]] == ["ISSUE"]
    assert [each["standing"] for each in body["events"]] == ["FINAL"]
    assert [len(body[each]) for each in ("entries", "lines", "breaks")] == [1, 1, 0]
    assert body["match"]["id"] == "m-1"
    other = reader.get(f"/v1/payments/{OTHER_UETR}").json()
    assert (other["instruction"]["state"], other["events"], other["match"]) == ("REFUSED", [], None)


def test_what_the_node_can_do(reader: TestClient) -> None:
    body = reader.get("/v1/capabilities").json()
    assert (body["chain_id"], body["version"]) == (CHAIN, "0.1.0")
    (cad,) = body["currencies"]
    assert (cad["currency"], cad["decimals"]) == ("CAD", 2)
    assert cad["instruction_max"] == {"amount": f"{AMOUNT_MAX}.00", "currency": "CAD"}
    assert cad["token"] != cad["gate"] != ALICE
