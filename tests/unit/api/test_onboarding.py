"""Onboarding through the API: wallets and nostros, each taken in once."""

from __future__ import annotations

import pytest

from node.control.roles import Role
from node.db.unit_of_work import read_only
from node.submission import store as submission
from tests.support.api_node import NOBODY, ApiNode
from tests.support.problems import problem

WALLET = {"address": NOBODY, "name": "Dora", "identifier": "C-7", "currencies": ["CAD"]}
NOSTRO = {"currency": "CAD", "number": "555-1", "name": "Bank of the North"}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"address": "0x12"}, "INVALID_REQUEST"),
        ({"name": ""}, "INVALID_REQUEST"),
        ({"name": "a\nb"}, "INVALID_REQUEST"),
        ({"currencies": []}, "INVALID_REQUEST"),
        ({"currencies": ["JPY"]}, "CURRENCY_NOT_TOKENISED"),
        ({"custodial": True}, "INVALID_REQUEST"),
    ],
)
def test_a_wallet_that_is_not_sound_is_not_taken_in(
    node: ApiNode, changed: dict[str, object], code: str
) -> None:
    client = node.client(Role.TREASURER)
    problem(client.post("/v1/wallets", json=WALLET | changed), 422, code)
    assert NOBODY not in {each["address"] for each in client.get("/v1/wallets").json()["items"]}


@pytest.mark.parametrize("changed", [{"number": " 1"}, {"currency": "cad"}, {"name": ""}])
def test_a_nostro_that_is_not_sound_is_not_opened(
    node: ApiNode, changed: dict[str, object]
) -> None:
    client = node.client(Role.TREASURER)
    problem(client.post("/v1/nostros", json=NOSTRO | changed), 422, "INVALID_REQUEST")


def test_a_wallet_is_taken_in_once_and_admitted_on_chain(node: ApiNode) -> None:
    client = node.client(Role.TREASURER)
    for _ in range(2):
        answer = client.post("/v1/wallets", json=WALLET)
        assert (answer.status_code, answer.headers["Location"]) == (202, f"/v1/wallets/{NOBODY}")
    told = client.get(f"/v1/wallets/{NOBODY}").json()
    assert (told["name"], told["identifier"], told["custodial"]) == ("Dora", "C-7", False)
    with read_only(node.engine) as session:
        admitted = [
            each.purpose
            for each in submission.intents(session, limit=1_000)
            if NOBODY.removeprefix("0x") in each.calldata
        ]
    assert admitted == ["ADMIT CAD"]


def test_an_unknown_wallet_is_not_found(node: ApiNode) -> None:
    problem(node.client(Role.AUDITOR).get(f"/v1/wallets/{NOBODY}"), 404, "NOT_FOUND")


def test_a_nostro_is_opened_once(node: ApiNode) -> None:
    client = node.client(Role.TREASURER)
    answers = [client.post("/v1/nostros", json=NOSTRO) for _ in range(2)]
    assert [each.status_code for each in answers] == [201, 201]
    assert answers[1].json() == {"account": "NOSTRO:CAD:555-1"}
    found = client.get(answers[1].headers["Location"]).json()
    assert (found["kind"], found["label"]) == ("NOSTRO", "Bank of the North")
