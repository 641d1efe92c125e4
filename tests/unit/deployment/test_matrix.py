"""The matrix that the chain answers: every way in which it may differ from the code is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from node.chain.deployment import functions
from node.chain.deployment.functions import FUNCTIONS, OPEN, changing, function_names
from node.chain.deployment.matrix import Cell, Matrix, Verdict, asked
from node.chain.deployments import Deployment
from tests.support.deployed import Bank
from tests.support.deployment import account

ANYONE = 2**64 - 1


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    bank = Bank(tmp_path_factory.mktemp("bank"), "CAD")
    bank.apply()
    yield bank
    bank.chain.close()


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Bank]:
    """Give a bank that the test may change."""
    bank = Bank(tmp_path, "CAD")
    bank.apply()
    yield bank
    bank.chain.close()


def matrix(bank: Bank) -> Matrix:
    return asked(bank.rpc, bank.apply())


def differences(bank: Bank) -> list[str]:
    return [str(each) for each in matrix(bank).differences()]


def retarget(bank: Bank, deployed: Deployment, function: str, role: int) -> None:
    names = function_names("DepositToken")
    chosen = [code for code, name in names.items() if name == function]
    args = (deployed.token("CAD").address, chosen, role)
    bank.slowly("ADMIN", deployed.access, "setTargetFunctionRole", *args)


def test_a_function_that_asks_for_another_role(bank: Bank) -> None:
    deployed = bank.apply()
    retarget(bank, deployed, "mint", 1)
    gate, issuer = deployed.gate("CAD").address.lower(), bank.keys.address("ISSUER")
    assert sorted(differences(bank)) == [
        f"CAD.token mint by ISSUER {issuer}: expected denied, found allowed",
        f"CAD.token mint by MINTER {gate}: expected allowed, found denied",
    ]


def test_a_function_that_was_opened_to_anyone(bank: Bank) -> None:
    retarget(bank, bank.apply(), "unpause", ANYONE)
    assert differences(bank) == [
        "CAD.token unpause: expected asks for a role, found open to anyone"
    ]


def test_a_member_who_waits_too_short(bank: Bank) -> None:
    limits = bank.keys.address("LIMITS")
    bank.slowly("ADMIN", bank.access, "grantRole", 4, account(9), 3600)
    bank.slowly("ADMIN", bank.access, "grantRole", 4, limits, 0)
    bank.later(25 * 3600)  # a shorter delay holds once the longer one is over
    place = "CAD.gate raiseLimits by LIMITS"
    found = [each for each in differences(bank) if "raiseLimits" in each]
    expected = "expected delayed by at least 86400 s"
    assert found == [
        f"{place} {account(9).lower()}: {expected}, found delayed by 3600 s",
        f"{place} {limits}: {expected}, found allowed",
    ]


def test_a_function_in_no_table(built: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {name: rule for name, rule in FUNCTIONS["IssuanceGate"].items() if name != "attest"}
    monkeypatch.setattr(functions, "FUNCTIONS", {**FUNCTIONS, "IssuanceGate": kept})
    assert differences(built) == [
        "CAD.gate attest: expected a role or a reason in the tables of the code, found none"
    ]


def test_a_function_that_the_code_takes_for_open(
    built: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(functions, "FUNCTIONS", {**FUNCTIONS, "IssuanceGate": {}})
    names = {each["name"]: "a reason" for each in changing("IssuanceGate").values()}
    monkeypatch.setattr(functions, "OPEN", {**OPEN, "IssuanceGate": names})
    assert "CAD.gate issue: expected open to anyone, found asks for a role" in differences(built)


def test_what_was_applied_is_as_the_code_says(built: Bank) -> None:
    found = matrix(built)
    assert list(found.differences()) == []
    rows = {(row.label, row.function): row for row in found.rows}
    assert rows["CAD.token", "transfer"].is_open
    assert rows["CAD.token", "burnHeld"].by_role["MINTER"] == Cell(Verdict.ALLOWED)
    assert rows["CAD.gate", "raiseLimits"].by_role["LIMITS"] == Cell(Verdict.DELAYED, 86_400)
    assert rows["CAD.gate", "raiseLimits"].by_role["GUARDIAN"] == Cell(Verdict.DENIED)
    assert rows["access", "grantRole"].by_role["ADMIN"] == Cell(Verdict.DELAYED, 172_800)
    told = rows["CAD.token", "setAuthority"].by_role.values()
    assert {cell.verdict for cell in told} == {Verdict.DENIED}


def test_an_account_of_two_roles_may_what_either_may(bank: Bank) -> None:
    issuer = bank.keys.address("ISSUER")
    bank.slowly("ADMIN", bank.access, "grantRole", 3, issuer, 0)
    assert differences(bank) == []


def test_a_role_that_nobody_holds_is_left_blank(bank: Bank) -> None:
    settler = bank.keys.address("SETTLER")
    bank.send("SETTLER", bank.access, "renounceRole", 9, settler)
    found = matrix(bank)
    assert found.members["SETTLER"] == ()
    assert all("SETTLER" not in row.by_role for row in found.rows)
