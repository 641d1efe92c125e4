"""The record of a deployment: refused when it is not ours, the same after a round trip."""

from __future__ import annotations

from pathlib import Path

import pytest

from node.chain.deployments import (
    DeployedContract,
    Deployment,
    DeploymentMissing,
    DeploymentUnreadable,
    deployment_path,
    load_deployment,
    save_deployment,
)
from node.core.types import Address, BlockNumber, ChainId, Hash32

ADDRESS = Address("0xABaBaBaBABabABabAbAbABAbABabababaBaBABaB")


def contract(label: str, currency: str = "") -> DeployedContract:
    return DeployedContract(
        label=label,
        contract="BankAccess",
        address=ADDRESS,
        block_number=BlockNumber(7),
        tx_hash=Hash32("0x" + "1f" * 32),
        constructor_args=("12345678901234567890", True, ("1", False)),
        artifact_hash="ab" * 32,
        currency=currency,
        implementation=ADDRESS if currency else None,
    )


DEPLOYMENT = Deployment(
    chain_id=ChainId(20260),
    contracts=(contract("access"), contract("CAD.token", "CAD"), contract("CAD.gate", "CAD")),
    implementations=(contract("DepositToken.implementation"),),
    plan_hash="cd" * 32,
)


def saved(folder: Path) -> Path:
    path = deployment_path(folder, DEPLOYMENT.chain_id)
    save_deployment(path, DEPLOYMENT)
    return path


def test_a_missing_record_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(DeploymentMissing, match=r"no deployment record at .*20260\.json"):
        load_deployment(deployment_path(tmp_path, 20260))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"label"', '"name"'),
        ('"chain_id": 20260', '"chain_id": 20260, "colour": "red"'),
        ('"block_number": 7', '"block_number": 7, "colour": "red"'),
        (ADDRESS, "0x1234"),
        ("}", ""),
        ('"20260', ""),
    ],
)
def test_a_record_edited_by_hand_is_refused(tmp_path: Path, old: str, new: str) -> None:
    path = saved(tmp_path)
    text = path.read_text("utf-8")
    path.write_text(text.replace(old, new, 1) if old in text else text[:40], "utf-8")
    with pytest.raises(DeploymentUnreadable):
        load_deployment(path)


def test_a_record_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "1.json"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DeploymentUnreadable):
        load_deployment(path)


def test_an_unknown_label_is_refused() -> None:
    with pytest.raises(DeploymentMissing, match=r"'EUR\.gate'"):
        DEPLOYMENT.gate("EUR")


def test_a_record_survives_the_round_trip(tmp_path: Path) -> None:
    path = saved(tmp_path / "new" / "folder")
    assert load_deployment(path) == DEPLOYMENT
    assert [each.name for each in path.parent.iterdir()] == ["20260.json"]


def test_addresses_are_read_in_one_form(tmp_path: Path) -> None:
    path = saved(tmp_path)
    path.write_text(path.read_text("utf-8").replace(ADDRESS, ADDRESS.lower()), "utf-8")
    assert load_deployment(path).access.address == ADDRESS


def test_contracts_are_found_by_label_and_currency() -> None:
    assert DEPLOYMENT.access.label == "access"
    assert DEPLOYMENT.token("CAD").label == "CAD.token"
    assert DEPLOYMENT.gate("CAD").label == "CAD.gate"
    assert DEPLOYMENT.currencies == ("CAD",)
