"""An upgrade on its way: waited for, cancelled, gone on with after any end, proved."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from node.chain.artifacts import load
from node.chain.deployment.journal import DeploymentBusy, JournalUnreadable, PlanDiffers, alone
from node.chain.deployment.pending import pending_path
from node.chain.deployment.positions import Position, positions
from node.chain.deployment.scheduled import Hands, ScheduleGone, Stage
from node.chain.deployment.upgrading import Progress, advance
from node.chain.deployments import load_deployment
from tests.support.deployed import Bank, interrupted
from tests.support.releases import TOKEN, Releases
from tests.support.upgrades import (
    ALICE,
    BOB,
    DAY,
    WAIT,
    bank_with_accounts,
    code,
    go_on,
    issued,
    sent,
    stages,
    survey,
    upgrade_faults,
)

STEPS = ("DepositToken.code", "CAD.upgrade.schedule", "CAD.upgrade")


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Bank]:
    bank = bank_with_accounts(tmp_path)
    yield bank
    bank.chain.close()


@pytest.fixture
def releases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Releases:
    return Releases(tmp_path / "releases", monkeypatch)


def send_as_upgrader(bank: Bank, found: Progress) -> None:
    for call in found.calls:
        assert bank.transact("UPGRADER", call.to, call.data).status


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
    with pytest.raises(ScheduleGone, match="what was scheduled is gone"):
        go_on(bank)
    bank.later(3 * DAY)
    with pytest.raises(ScheduleGone):
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


def test_what_an_account_elsewhere_has_to_send_is_told(bank: Bank, releases: Releases) -> None:
    releases.later()
    scheduling, again = go_on(bank, with_key=False), go_on(bank, with_key=False)
    assert [each.what for each in scheduling.calls] == ["CAD.upgrade.schedule"]
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
    with interrupted(step, sent=moment == "after it was sent"):
        go_on(bank)
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
