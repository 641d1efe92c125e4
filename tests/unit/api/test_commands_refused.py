"""Instructions that must be refused, each with its own code, and nothing kept of any.

In: orders that are wrong in one way. Run by pytest.
"""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from node.control import halt
from node.control.roles import Role
from node.db.unit_of_work import read_only, unit_of_work
from node.settlement import store
from tests.support.api_node import (
    ALICE,
    BOB,
    CAROL,
    NOBODY,
    ApiNode,
    issue_order,
    key,
    redeem_order,
    transfer_order,
)
from tests.support.problems import problem


def instructions(node: ApiNode) -> int:
    with read_only(node.engine) as session:
        return len(store.instructions(session))


def amount(text: Any, currency: Any = "CAD") -> dict[str, Any]:  # noqa: ANN401 - also no text
    return {"amount": {"amount": text, "currency": currency}}


WRONG: tuple[tuple[dict[str, Any], int, str], ...] = (
    (amount("100.001"), 422, "INVALID_AMOUNT"),
    (amount("0.00"), 422, "INVALID_AMOUNT"),
    (amount("9" * 25), 422, "INVALID_AMOUNT"),
    (amount("1000000.01"), 422, "AMOUNT_OVER_LIMIT"),
    (amount("-1.00"), 422, "INVALID_REQUEST"),
    (amount("1,000.00"), 422, "INVALID_REQUEST"),
    (amount("1e3"), 422, "INVALID_REQUEST"),
    (amount("\u0661\u0662"), 422, "INVALID_REQUEST"),
    (amount(100.25), 422, "INVALID_REQUEST"),
    (amount(100), 422, "INVALID_REQUEST"),
    (amount("100.25", "EUR"), 422, "CURRENCY_NOT_TOKENISED"),
    (amount("100.25", "euro"), 422, "INVALID_REQUEST"),
    ({"creditor_wallet": NOBODY}, 404, "WALLET_UNKNOWN"),
    ({"creditor_wallet": "0x12"}, 422, "INVALID_REQUEST"),
    ({"nostro": "0815"}, 404, "UNKNOWN_ACCOUNT"),
    ({"nostro": "NOSTRO:EUR:9875687"}, 404, "UNKNOWN_ACCOUNT"),
    ({"nostro": ""}, 422, "INVALID_REQUEST"),
    ({"uetr": "not-a-uetr"}, 422, "INVALID_REQUEST"),
    ({"uetr": "7a562c67-ca16-18ba-b074-65581be6f001"}, 422, "INVALID_REQUEST"),
    ({"value_date": "24.11.2026"}, 422, "INVALID_REQUEST"),
    ({"value_date": 0}, 422, "INVALID_REQUEST"),
    ({"value_date": "1700000000"}, 422, "INVALID_REQUEST"),
    ({"value_date": "2026-02-30"}, 422, "INVALID_REQUEST"),
    ({"end_to_end_id": "x" * 36}, 422, "INVALID_REQUEST"),
    ({"end_to_end_id": "a\u0000b"}, 422, "INVALID_REQUEST"),
    ({"colour": "red"}, 422, "INVALID_REQUEST"),
)


def test_an_issue_is_refused(node: ApiNode, partner: TestClient) -> None:
    for changed, status, code in WRONG:
        answer = partner.post("/v1/issues", json=issue_order(**changed), headers=key())
        assert answer.json()["code"] == code, changed
        assert problem(answer, status, code)["retryable"] is False
    assert instructions(node) == 0


def test_only_wallets_in_custody_pay(node: ApiNode, partner: TestClient) -> None:
    for path, order in (
        ("/v1/transfers", transfer_order(debtor_wallet=CAROL)),
        ("/v1/redemptions", redeem_order(debtor_wallet=CAROL)),
    ):
        answer = partner.post(path, json=order, headers=key())
        problem(answer, 422, "WALLET_NOT_CUSTODIAL")
    assert instructions(node) == 0


def test_nobody_pays_themselves(node: ApiNode, partner: TestClient) -> None:
    order = transfer_order(creditor_wallet=ALICE.upper().replace("X", "x"))
    problem(partner.post("/v1/transfers", json=order, headers=key()), 422, "SAME_WALLET")
    assert instructions(node) == 0


def test_a_uetr_names_one_payment_for_ever(node: ApiNode, partner: TestClient) -> None:
    order = issue_order()
    assert partner.post("/v1/issues", json=order, headers=key()).status_code == 202
    upper = order | {"uetr": order["uetr"].upper()}
    body = problem(partner.post("/v1/issues", json=upper, headers=key()), 409, "UETR_ALREADY_USED")
    assert body["uetr"] == order["uetr"]
    transfer = transfer_order(uetr=order["uetr"])
    problem(partner.post("/v1/transfers", json=transfer, headers=key()), 409, "UETR_ALREADY_USED")
    assert instructions(node) == 1


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "IDEMPOTENCY_KEY_MISSING"),
        ({b"Idempotency-Key": b""}, "IDEMPOTENCY_KEY_MISSING"),
        ({b"Idempotency-Key": b"k" * 201}, "IDEMPOTENCY_KEY_INVALID"),
        ({b"Idempotency-Key": b"cl\xe9"}, "IDEMPOTENCY_KEY_INVALID"),
    ],
)
@pytest.mark.parametrize(
    ("path", "order"),
    [
        ("/v1/issues", issue_order()),
        ("/v1/redemptions", redeem_order()),
        ("/v1/transfers", transfer_order()),
    ],
)
def test_every_command_needs_a_key(
    small_node: ApiNode,
    path: str,
    order: dict[str, Any],
    headers: dict[bytes, bytes],
    code: str,
) -> None:
    before = instructions(small_node)
    with small_node.client(Role.PARTNER) as client:
        problem(client.post(path, json=order, headers=headers), 400, code)
    assert instructions(small_node) == before


def test_a_halted_node_accepts_nothing(node: ApiNode, partner: TestClient) -> None:
    with unit_of_work(node.engine) as session:
        halt.halt(session, halt.Scope.COMMANDS, "deep reorg", node.clock.now())
    answer = partner.post("/v1/issues", json=issue_order(), headers=key())
    body = problem(answer, 503, "NODE_HALTED")
    assert body["retryable"] is True
    assert answer.headers["retry-after"].isdigit()
    assert "deep reorg" not in answer.text  # the inside of the bank is not a partner's business
    assert instructions(node) == 0


def test_a_wrong_order_says_where(partner: TestClient) -> None:
    order = issue_order(uetr="x", amount={"amount": "1"})
    answer = partner.post("/v1/issues", json=order, headers=key())
    errors = problem(answer, 422, "INVALID_REQUEST")["errors"]
    assert {each["pointer"] for each in errors} == {"#/uetr", "#/amount/currency"}


def test_bob_is_paid_and_only_once(node: ApiNode, partner: TestClient) -> None:
    answer = partner.post("/v1/transfers", json=transfer_order(), headers=key())
    assert answer.status_code == 202
    assert answer.json()["creditor_wallet"] == BOB
    assert instructions(node) == 1
