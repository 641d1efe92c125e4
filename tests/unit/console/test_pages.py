"""What each page says, over an empty database and over a day's records."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from node.console.views import payments
from node.core.errors import Retryable
from tests.support.console_day import (
    AMOUNT,
    BLOCK,
    HOSTILE,
    OTHER_UETR,
    TX,
    UETR,
    WALLET,
    Node,
    proof_line,
    sign_in,
    token_in,
)

pytestmark = pytest.mark.usefixtures("node")


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/", "There is no currency yet"),
        ("/", "No payment was instructed today"),
        ("/", "Nothing is open"),
        ("/payments", "No payment has been instructed yet"),
        ("/breaks", "Nothing is open"),
        ("/breaks?state=closed", "No break has been closed yet"),
        ("/statements", "No bank file has come in yet"),
        ("/accounts", "The chart has no account yet"),
        ("/search", "Type a UETR"),
        ("/search?q=abcdef12", "begins with"),
    ],
)
def test_an_empty_page_says_what_to_do(treasurer: TestClient, path: str, told: str) -> None:
    answer = treasurer.get(path)
    assert answer.status_code == 200
    assert told in answer.text


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/nothing", 404, "UNKNOWN_PAGE"),
        ("/parts/secrets", 404, "UNKNOWN_PAGE"),
        (f"/payments/{UETR}", 404, "UNKNOWN_PAYMENT"),
        ("/payments/abc", 422, "INVALID_REFERENCE"),
        ("/breaks/none", 404, "UNKNOWN_BREAK"),
        ("/statements/none", 404, "UNKNOWN_STATEMENT"),
        ("/sign-out", 405, "UNREADABLE_REQUEST"),
    ],
)
def test_what_is_not_there_is_told_with_a_way_on(
    treasurer: TestClient, path: str, status: int, code: str
) -> None:
    answer = treasurer.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (
        status,
        "text/html; charset=utf-8",
    )
    assert code in answer.text
    assert "What to do:" in answer.text


def test_a_defect_is_a_page_without_its_internals(
    treasurer: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(session: object) -> None:
        del session
        raise ValueError("internal secret")

    monkeypatch.setattr(payments, "read_payments", broken)
    answer = treasurer.get("/payments")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
    assert "internal secret" not in answer.text
    assert "content-security-policy" in answer.headers


def test_home_still_shows_the_rest_when_the_chain_is_away(day: Node, treasurer: TestClient) -> None:
    day.error = Retryable("no endpoint answers", remedy="Check the RPC.")
    answer = treasurer.get("/")
    assert answer.status_code == 200
    assert "The proof cannot be shown" in answer.text
    assert "no endpoint answers Check the RPC." in answer.text
    assert "1 of 1 settled" in answer.text


@pytest.mark.parametrize(
    ("chain", "books", "bank", "agrees", "told"),
    [
        (AMOUNT, AMOUNT, AMOUNT, True, "agree, 2 open breaks"),
        (AMOUNT, AMOUNT, AMOUNT - 1200, True, "explained by 2 breaks"),
        (AMOUNT, AMOUNT - 1, AMOUNT, False, "not explained"),
        (AMOUNT, AMOUNT, AMOUNT, False, "not explained"),
    ],
)
def test_the_proof_has_three_verdicts(
    day: Node, treasurer: TestClient, chain: int, books: int, bank: int, *, agrees: bool, told: str
) -> None:
    day.lines = (proof_line("CAD", chain, books, bank, agrees=agrees),)
    text = treasurer.get("/parts/proof").text
    assert told in text
    assert "2,565,972.00" in text
    assert "<html" not in text


def test_home_shows_breaks_flow_and_node(day: Node, treasurer: TestClient) -> None:
    del day
    text = treasurer.get("/").text
    assert text.index("nobody announced this") < text.index("no bank line for a final issue")
    assert "the bank kept" not in text  # closed
    assert "1 failed" in text
    assert f'title="{BLOCK}"' in text
    assert "2026-11-24 09:30:00" in text


def test_a_payment_is_followed_from_call_to_bank_line(day: Node, treasurer: TestClient) -> None:
    del day
    text = treasurer.get(f"/payments/{UETR}").text
    for told in ("partner-bank", "E2E-1", TX, BLOCK, WALLET, "CAD.gate Issued", "Entry 1",
                 "NOSTRO:CAD:9875687", "+2,565,972.00 CAD", "stmt-1.xml, line 63", "STMT-77",
                 "chain = books = bank"):  # fmt: skip
        assert told in text, told
    names = ("Instruction", "Sent to the chain", "On chain", "In the books", "At the bank")
    stages = [text.index(f"<h2>{name}</h2>") for name in names]
    assert stages == sorted(stages)


def test_a_refused_payment_says_why(day: Node, treasurer: TestClient) -> None:
    del day
    text = treasurer.get(f"/payments/{OTHER_UETR}").text
    assert "AccountFrozen" in text
    assert "leaves no bank line" in text


@pytest.mark.parametrize(
    "path",
    ["/", f"/payments/{UETR}", "/breaks", "/breaks/b-1", "/statements", "/statements/st-1",
     "/accounts", f"/search?q={HOSTILE}"],
)  # fmt: skip
def test_hostile_text_stays_text(day: Node, treasurer: TestClient, path: str) -> None:
    del day
    text = treasurer.get(path).text
    assert HOSTILE not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_breaks_are_filtered_and_sorted_by_age(day: Node, treasurer: TestClient) -> None:
    del day
    text = treasurer.get("/breaks").text
    assert text.index("/breaks/b-1") < text.index("/breaks/b-2")
    assert "/breaks/b-3" not in text
    only = treasurer.get("/breaks?cause=MISSING&currency=CAD").text
    assert "/breaks/b-2" in only
    assert "/breaks/b-1" not in only
    assert "/breaks/b-3" in treasurer.get("/breaks?state=closed").text
    assert "fits this filter" in treasurer.get("/breaks?currency=EUR").text


def test_a_break_shows_its_effect_and_history(day: Node, treasurer: TestClient) -> None:
    del day
    text = treasurer.get("/breaks/b-1").text
    assert "+15.00 CAD" in text
    assert "7 days" in text
    assert "the missing side arrived" in treasurer.get("/breaks/b-3").text


def test_statements_show_the_refused_file_with_its_line(day: Node, treasurer: TestClient) -> None:
    del day
    text = treasurer.get("/statements").text
    assert "STATEMENT_NOT_CONTINUOUS" in text
    assert "line 17" in text
    page = treasurer.get("/statements/st-1").text
    assert "-96,544.00" in page
    assert f"/payments/{UETR}" in page


def test_only_who_may_upload_loads_a_file(day: Node, stranger: TestClient) -> None:
    sign_in(stranger, "auditor")
    assert "Load file" not in stranger.get("/statements").text
    token = token_in(stranger.get("/statements").text)
    file = {"file": ("day.xml", b"<Document/>")}
    answer = stranger.post("/statements", data={"csrf": token}, files=file)
    assert (answer.status_code, day.received) == (403, [])
    sign_in(stranger, "treasurer")
    token = token_in(stranger.get("/statements").text)
    assert stranger.post("/statements", data={"csrf": token}).status_code == 400
    stranger.post("/statements", data={"csrf": token}, files=file)
    assert day.received == [(b"<Document/>", "day.xml", "demo-treasurer")]


def test_accounts_show_balances_and_trial_balance(day: Node, treasurer: TestClient) -> None:
    del day
    text = treasurer.get("/accounts").text
    assert text.count("2,565,972.00") >= 6
    assert "balanced" in text


def test_search_leads_to_the_payment(day: Node, treasurer: TestClient) -> None:
    del day
    for asked, led in ((UETR, UETR), (f" {UETR.upper()} ", UETR), (UETR[:12], UETR)):
        answer = treasurer.get("/search", params={"q": asked}, follow_redirects=False)
        assert answer.headers["location"] == f"/payments/{led}"
    both = treasurer.get("/search", params={"q": UETR[:8]}).text
    assert UETR in both
    assert OTHER_UETR in both
