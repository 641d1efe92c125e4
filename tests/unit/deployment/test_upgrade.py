"""Upgrades: refused for every unsound reason, slow, cancelled, gone on with, proved."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from node.chain.artifacts import load
from node.chain.codec import encode_call
from node.chain.deployment.archive import ArtifactNotKept
from node.chain.deployment.journal import DeploymentBusy, JournalUnreadable, PlanDiffers, alone
from node.chain.deployment.pending import pending_path
from node.chain.deployment.positions import Position, positions
from node.chain.deployment.sending import Sender
from node.chain.deployment.upgrade import Stage, Survey, reasons, surveyed
from node.chain.deployment.upgrading import (
    Hands,
    Progress,
    UpgradeStopped,
    UpgradeUnsound,
    advance,
    upgrade_differences,
)
from node.chain.deployments import checksummed, load_deployment
from node.chain.rpc import CallReverted, Receipt
from node.core.types import Address
from node.submission.deployer import KeystoreDeployer
from tests.support.deployed import Bank
from tests.support.deployment import STEPS as DEPLOYED
from tests.support.deployment import account
from tests.support.releases import OPENED, TOKEN, Releases, impostor, mock

DAY = 86_400
WAIT = 2 * DAY + 600  # blocks of one moment run ahead of the clock
ALICE, BOB = account(0xE1), account(0xE2)
STEPS = ("DepositToken.code", "CAD.schedule", "CAD.upgrade")


class Interrupted(Exception):
    """Stands for the end of the process."""


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Bank]:
    bank = Bank(tmp_path, "CAD")
    bank.apply()
    token = load_deployment(bank.record).token("CAD")
    for each in (ALICE, BOB):
        bank.send("COMPLIANCE", token, "setAccountFlags", each, 1)
    bank.send("COMPLIANCE", token, "setFrozenTokens", BOB, 7)
    yield bank
    bank.chain.close()


@pytest.fixture
def releases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Releases:
    return Releases(tmp_path / "releases", monkeypatch)


def survey(bank: Bank) -> Survey:
    return surveyed(bank.rpc, bank.record, "0x")


def hands(bank: Bank, *, with_key: bool = True) -> Hands:
    held = bank.keys.address("UPGRADER")
    signer = KeystoreDeployer(bank.keys, held) if with_key else None
    return Hands(bank.deployer, checksummed(held), signer)


def go_on(bank: Bank, *, with_key: bool = True) -> Progress:
    return advance(bank.rpc, bank.record, hands(bank, with_key=with_key), "0x")


def stages(found: Progress) -> list[Stage]:
    return [each.stage for each in found.survey.turns]


def sent(bank: Bank) -> int:
    """How many transactions the deployer has had mined since all stood."""
    return bank.rpc.nonce(bank.deployer.address) - len(DEPLOYED)


def upgrade_faults(bank: Bank) -> list[str]:
    return [str(each) for each in upgrade_differences(bank.rpc, bank.plan, bank.record)]


def issued(bank: Bank, to: Address, amount: int) -> None:
    gate = load_deployment(bank.record).gate("CAD")
    now = bank.rpc.block("latest").timestamp
    bank.send("COMPLIANCE", load_deployment(bank.record).token("CAD"), "setAccountFlags", to, 1)
    bank.send("ATTESTOR", gate, "attest", 1000, now)
    bank.send("ISSUER", gate, "issue", 1, f"0x{1:032x}{1:032x}", to, amount)


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


def send_as_upgrader(bank: Bank, found: Progress) -> None:
    for call in found.calls:
        assert bank.transact("UPGRADER", call.to, call.data).status


def interrupted(bank: Bank, step: str, moment: str) -> None:
    """Go on up to the sending of a step, or to just after it."""
    whole = Sender._mined

    def mined(sender: Sender, name: str, raw: bytes) -> Receipt:
        if name == step and moment == "before it is sent":
            raise Interrupted
        receipt = whole(sender, name, raw)
        if name == step:
            raise Interrupted
        return receipt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Sender, "_mined", mined)
        with pytest.raises(Interrupted):
            go_on(bank)


def code(bank: Bank) -> str:
    where = load_deployment(bank.record).token("CAD").implementation
    assert where is not None
    return where


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


def test_another_process_is_waited_for(bank: Bank, releases: Releases) -> None:
    releases.later()
    with alone(bank.record), pytest.raises(DeploymentBusy):
        go_on(bank)


def test_an_upgrade_of_another_release_is_finished_first(bank: Bank, releases: Releases) -> None:
    releases.later()
    go_on(bank)
    releases.use({"source": "another"})
    with pytest.raises(PlanDiffers, match="the code of another release"):
        go_on(bank)
    pending_path(bank.record).write_text("{")
    with pytest.raises(JournalUnreadable, match="not an upgrade under way"):
        go_on(bank)


def test_another_account_does_not_go_on(bank: Bank, releases: Releases) -> None:
    releases.later()
    go_on(bank)
    other = Hands(bank.deployer, ALICE, None)
    with pytest.raises(PlanDiffers, match="was begun for"):
        advance(bank.rpc, bank.record, other, "0x")


def test_the_guardian_stops_an_upgrade(bank: Bank, releases: Releases) -> None:
    releases.later()
    assert stages(go_on(bank)) == [Stage.WAITING]
    deployed = load_deployment(bank.record)
    call = json.loads(pending_path(bank.record).read_text())["calls"]["CAD"]
    account = bank.keys.address("UPGRADER")
    bank.send("GUARDIAN", deployed.access, "cancel", account, deployed.upgrader.address, call)
    with pytest.raises(UpgradeStopped, match="CAD: what was scheduled is gone"):
        go_on(bank)
    bank.later(3 * DAY)
    with pytest.raises(UpgradeStopped):
        go_on(bank)
    assert upgrade_faults(bank)[0].startswith("upgrade: expected done and on record")


def test_an_upgrade_waits_and_is_proved(bank: Bank, releases: Releases) -> None:
    new = releases.later()
    before = code(bank)
    assert stages(go_on(bank)) == [Stage.WAITING]
    assert sent(bank) == 1
    bank.later(2 * DAY - 60)
    assert stages(go_on(bank)) == [Stage.WAITING]
    bank.later(120)
    assert go_on(bank).done
    assert code(bank) != before
    record = load_deployment(bank.record)
    assert [each.artifact_hash for each in record.implementations] == [new.hash]
    assert upgrade_faults(bank) == []
    assert not survey(bank).is_needed
    assert not pending_path(bank.record).exists()
    assert go_on(bank).done


def test_money_of_the_upgrader_goes_round(bank: Bank, releases: Releases) -> None:
    deployed = load_deployment(bank.record)
    upgrader = deployed.upgrader.address
    issued(bank, upgrader, 1)
    releases.later()
    assert [each.moved for each in survey(bank).turns] == [True]
    go_on(bank)
    bank.later(WAIT)
    assert go_on(bank).done
    assert upgrade_faults(bank) == []


@pytest.mark.parametrize("function", ["transfer", "transferFrom", "executeHold", "createHold"])
def test_code_that_moves_no_money_is_found_out_by_moving_some(
    bank: Bank, releases: Releases, function: str
) -> None:
    issued(bank, load_deployment(bank.record).upgrader.address, 1)
    releases.use({"bytecode": impostor(code(bank), function, OPENED)})
    assert survey(bank).all_faults[0].startswith("CAD: TrialReverted(")


def test_what_an_account_elsewhere_has_to_send_is_told(bank: Bank, releases: Releases) -> None:
    releases.later()
    scheduling, again = go_on(bank, with_key=False), go_on(bank, with_key=False)
    assert [each.what for each in scheduling.calls] == ["CAD.schedule"]
    assert again.calls == scheduling.calls
    send_as_upgrader(bank, scheduling)
    assert stages(go_on(bank, with_key=False)) == [Stage.WAITING]
    bank.later(WAIT)
    doing = go_on(bank, with_key=False)
    assert [each.what for each in doing.calls] == ["CAD.upgrade"]
    send_as_upgrader(bank, doing)
    assert go_on(bank, with_key=False).done
    assert upgrade_faults(bank) == []


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("moment", ["before it is sent", "after it was sent"])
def test_an_interrupted_upgrade_goes_on(
    bank: Bank, releases: Releases, step: str, moment: str
) -> None:
    releases.later()
    begun = bank.rpc.nonce(bank.keys.address("UPGRADER"))
    if step == "CAD.upgrade":
        go_on(bank)
        bank.later(WAIT)
    interrupted(bank, step, moment)
    go_on(bank)
    bank.later(WAIT)
    assert go_on(bank).done
    assert bank.rpc.nonce(bank.keys.address("UPGRADER")) == begun + 2
    assert sent(bank) == 1
    assert upgrade_faults(bank) == []


def test_an_end_before_all_is_cleared_is_cleared_later(bank: Bank, releases: Releases) -> None:
    releases.later()
    go_on(bank)
    bank.later(WAIT)
    left = pending_path(bank.record).read_bytes()
    assert go_on(bank).done
    pending_path(bank.record).write_bytes(left)
    assert go_on(bank).done
    assert not pending_path(bank.record).exists()


def test_positions_are_what_the_events_add_up_to(bank: Bank) -> None:
    issued(bank, ALICE, 5)
    token = load_deployment(bank.record).token("CAD")
    found = positions(bank.rpc, token, load(TOKEN))
    assert found.of(ALICE.lower()) == Position(balance=5, held=0, flags=1, frozen=0)
    assert found.of(BOB.lower()) == Position(balance=0, held=0, flags=1, frozen=7)
    assert (found.supply, found.holds) == (5, {})
