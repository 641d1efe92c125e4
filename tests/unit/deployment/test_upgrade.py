"""Code that must not take the place of a token's: refused before it is sent, undone when forced."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from node.chain.artifacts import load
from node.chain.codec import encode_call
from node.chain.deployment.archive import ArtifactNotKept
from node.chain.deployment.upgrade import reasons
from node.chain.deployment.upgrading import UpgradeUnsound
from node.chain.deployments import load_deployment
from node.chain.rpc import CallReverted
from tests.support.deployed import Bank
from tests.support.releases import OPENED, TOKEN, Releases, impostor, mock
from tests.support.upgrades import (
    ALICE,
    BOB,
    WAIT,
    bank_with_accounts,
    code,
    go_on,
    issued,
    sent,
    survey,
    upgrade_faults,
)


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Bank]:
    bank = bank_with_accounts(tmp_path)
    yield bank
    bank.chain.close()


@pytest.fixture
def releases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Releases:
    return Releases(tmp_path / "releases", monkeypatch)


def forced(bank: Bank, new: str) -> str:
    """Schedule new code past every check of ours and do it; what the chain says."""
    deployed = load_deployment(bank.record)
    upgrader, token = deployed.upgrader, deployed.token("CAD")
    call = encode_call(
        load(upgrader.contract), "upgrade", (token.address, new, "0x", ([ALICE, BOB], []))
    )
    bank.send("UPGRADER", deployed.access, "schedule", upgrader.address, call, 0)
    bank.later(WAIT)
    assert not bank.transact("UPGRADER", upgrader.address, call).status
    with pytest.raises(CallReverted) as refused:
        bank.rpc.call(upgrader.address, call, sender=bank.keys.address("UPGRADER"))
    return next(reasons(refused.value.data))


@pytest.mark.parametrize(
    ("function", "place", "what"),
    [
        ("name", 64, "name: AnswerChanged("),
        ("balanceOf", 31, "balanceOf: AnswerChanged("),
        ("authority", 31, "authority: AnswerChanged("),
        ("totalSupply", 31, "totalSupply: AnswerChanged("),
        ("getFrozenTokens", 31, "getFrozenTokens: AnswerChanged("),
        ("mint", OPENED, "mint: LetIn("),
        ("initialize", OPENED, "initialize: LetIn("),
        ("holdId", 31, "UUPSUnauthorizedCallContext()"),  # it could not be upgraded again
    ],
)
def test_code_that_does_otherwise_is_refused_before_anything_is_sent(
    bank: Bank, releases: Releases, function: str, place: int, what: str
) -> None:
    releases.use({"bytecode": impostor(code(bank), function, place)})
    (fault,) = survey(bank).all_faults
    assert what in fault
    with pytest.raises(UpgradeUnsound):
        go_on(bank)
    assert sent(bank) == 0


def test_another_layout_is_refused_for_itself_and_by_the_rehearsal(
    bank: Bank, releases: Releases
) -> None:
    releases.other_layout()
    found = survey(bank)
    assert "where accounts (mapping(address => " in found.faults[0]
    assert "AnswerChanged(" in found.turns[0].fault


@pytest.mark.parametrize("function", ["name", "balanceOf", "authority"])
def test_code_that_does_otherwise_is_undone_as_a_whole_when_it_is_forced(
    bank: Bank, function: str
) -> None:
    place = 64 if function == "name" else 31
    receipt = bank.transact("deployer", None, impostor(code(bank), function, place))
    assert receipt.contract_address is not None
    assert forced(bank, receipt.contract_address).startswith(f"{function}: AnswerChanged(")
    assert upgrade_faults(bank) == []


def test_another_layout_is_undone_as_a_whole_when_it_is_forced(
    bank: Bank, releases: Releases
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        moved = Releases(releases.folder, patch).other_layout().bytecode
    receipt = bank.transact("deployer", None, moved)
    assert receipt.contract_address is not None
    assert "AnswerChanged(" in forced(bank, receipt.contract_address)
    assert upgrade_faults(bank) == []


def test_only_the_upgrader_contract_installs_code(bank: Bank) -> None:
    token = load_deployment(bank.record).token("CAD")
    asked = encode_call(load(TOKEN), "upgradeToAndCall", (code(bank), "0x"))
    for role in ("UPGRADER", "ADMIN", "GUARDIAN"):
        receipt = bank.transact(role, token.address, asked)
        assert not receipt.status


def test_a_function_in_no_table_is_refused(bank: Bank, releases: Releases) -> None:
    releases.use(mock("DepositTokenNext"))
    assert survey(bank).all_faults == [
        "function setTerms is new, and no table says who may call it"
    ]


def test_without_a_copy_of_what_stands_nothing_is_compared(bank: Bank, releases: Releases) -> None:
    stands = load(TOKEN).hash
    releases.later()
    kept = bank.record.parent / "artifacts" / f"{stands}.json"
    kept.write_bytes(kept.read_bytes() + b" ")
    with pytest.raises(ArtifactNotKept, match="missing or was changed"):
        survey(bank)


@pytest.mark.parametrize("function", ["transfer", "transferFrom", "executeHold", "createHold"])
def test_code_that_moves_no_money_is_found_out_by_moving_some(
    bank: Bank, releases: Releases, function: str
) -> None:
    issued(bank, load_deployment(bank.record).upgrader.address, 1)
    releases.use({"bytecode": impostor(code(bank), function, OPENED)})
    assert survey(bank).all_faults[0].startswith("CAD: TrialReverted(")
