"""A command sent again: one effect, the same answer, and a mark that it was said before.

In: commands under the same key, one after the other and at once. Run by pytest.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from starlette.testclient import TestClient

from node.api.idempotency import REPLAYED
from node.control.roles import Role
from node.db.unit_of_work import read_only
from node.settlement import store
from node.submission import store as submission
from tests.support.api_node import (
    ApiNode,
    bearer,
    issue_order,
    key,
    redeem_order,
    token,
    transfer_order,
)
from tests.support.problems import problem

AT_ONCE = 6


def uetrs(node: ApiNode) -> list[str]:
    with read_only(node.engine) as session:
        return [each.uetr for each in store.instructions(session)]


def test_the_same_key_with_another_body_is_refused(node: ApiNode, partner: TestClient) -> None:
    order, named = issue_order(), key()
    assert partner.post("/v1/issues", json=order, headers=named).status_code == 202
    for changed in (issue_order(), order | {"end_to_end_id": "E2E-2"}):
        answer = partner.post("/v1/issues", json=changed, headers=named)
        problem(answer, 422, "IDEMPOTENCY_KEY_REUSED")
    assert uetrs(node) == [order["uetr"]]


def test_a_refused_command_leaves_its_key_free(node: ApiNode, partner: TestClient) -> None:
    order, named = issue_order(), key()
    wrong = order | {"nostro": "0815"}
    problem(partner.post("/v1/issues", json=wrong, headers=named), 404, "UNKNOWN_ACCOUNT")
    assert partner.post("/v1/issues", json=order, headers=named).status_code == 202
    assert uetrs(node) == [order["uetr"]]


def test_a_key_is_its_caller_s_own(node: ApiNode) -> None:
    named = key()
    with node.client() as client:
        for subject in ("bank-a", "bank-b"):
            headers = named | bearer(token(Role.PARTNER, subject))
            answer = client.post("/v1/issues", json=issue_order(), headers=headers)
            assert (answer.status_code, REPLAYED in answer.headers) == (202, False)
    assert len(uetrs(node)) == 2


def test_a_key_names_one_kind_of_call(node: ApiNode, partner: TestClient) -> None:
    named = key()
    for path, order in (
        ("/v1/issues", issue_order()),
        ("/v1/redemptions", redeem_order()),
        ("/v1/transfers", transfer_order()),
    ):
        answer = partner.post(path, json=order, headers=named)
        assert (answer.status_code, REPLAYED in answer.headers) == (202, False)
    assert len(uetrs(node)) == 3


def test_sent_again_it_gives_the_same_and_says_so(node: ApiNode, partner: TestClient) -> None:
    order, named = issue_order(end_to_end_id="INV-1"), key()
    first = partner.post("/v1/issues", json=order, headers=named)
    shuffled = dict(reversed(order.items()))
    again = partner.post("/v1/issues", json=shuffled, headers=named)
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]
    assert (REPLAYED in first.headers, again.headers[REPLAYED]) == (False, "true")
    assert uetrs(node) == [order["uetr"]]


def test_what_was_made_can_be_followed(partner: TestClient) -> None:
    order, named = issue_order(), key()
    first = partner.post("/v1/issues", json=order, headers=named)
    assert first.json()["state"] == "INSTRUCTED"
    made = partner.get(first.headers["location"]).json()
    assert made["id"] == first.json()["id"]
    assert [each["purpose"] for each in made["intents"]][-1] == "ISSUE"
    assert {each["state"] for each in made["intents"]} == {"PREPARED"}


def test_at_once_one_is_made(node: ApiNode) -> None:
    order, named = issue_order(), key()
    start = Barrier(AT_ONCE)

    def send(client: TestClient) -> Any:  # noqa: ANN401 - the client's answer
        start.wait()
        return client.post("/v1/issues", json=order, headers=named)

    with node.client(Role.PARTNER) as client, ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(send, [client] * AT_ONCE))
    assert [each.status_code for each in answers] == [202] * AT_ONCE
    assert len({each.json()["id"] for each in answers}) == 1
    assert sum(REPLAYED in each.headers for each in answers) == AT_ONCE - 1
    assert uetrs(node) == [order["uetr"]]
    with read_only(node.engine) as session:
        sent = submission.intents(session, instruction_id=answers[0].json()["id"])
    assert len({each.purpose for each in sent}) == len(sent)


def test_at_once_under_other_keys_one_is_made(node: ApiNode) -> None:
    order = issue_order()
    start = Barrier(AT_ONCE)

    def send(client: TestClient) -> Any:  # noqa: ANN401 - the client's answer
        start.wait()
        return client.post("/v1/issues", json=order, headers=key())

    with node.client(Role.PARTNER) as client, ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(send, [client] * AT_ONCE))
    refused = [each for each in answers if each.status_code != 202]
    assert len(refused) == AT_ONCE - 1
    for each in refused:
        problem(each, 409, "UETR_ALREADY_USED")
    assert uetrs(node) == [order["uetr"]]
