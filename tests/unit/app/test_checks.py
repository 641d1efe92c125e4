"""The doctor: every check says what is wrong and what to do, and one failing hides no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from node.app import Node
from node.chain.deployment.demo_plan import demo_plan
from node.chain.finality import embedded
from node.chain.rpc import Rpc
from node.checks import Doctor
from node.core.types import Address
from node.db import leases
from node.jobs.leadership import ROLE
from node.pipeline import Parts
from node.reconciliation.verdict import Tolerance
from node.services import Check
from tests.support.fault_proxy import Faults, result
from tests.support.node_folder import issue, opened


@dataclass(frozen=True)
class FixedClock:
    at: datetime

    def now(self) -> datetime:
        return self.at

    def today(self) -> date:
        return self.at.date()


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A node that has done some work."""
    with opened(tmp_path_factory.mktemp("checked") / "var") as opened_node:
        issue(opened_node)
        opened_node.drive(to_final=True)
        yield opened_node


def _parts(node: Node) -> Parts:
    return Parts(
        engine=node.engine,
        clock=node.clock,
        rpc=node.rpc,
        policy=embedded(),
        desk=node.desk,
        signer=node.signer,
        tolerance=Tolerance("50.00"),
    )


def _checks(parts: Parts, **more: bool) -> dict[str, Check]:
    found = Doctor(parts, None, embedded=more.get("embedded", True)).checks()
    return {each.name: each for each in found}


def _faulty(node: Node, method: str, answer: object) -> Rpc:
    assert node.chain is not None
    return Faults(node.chain.answer, {method: result(answer)}).rpc()


def test_every_check_is_well_on_a_node_that_is(node: Node) -> None:
    assert [each.name for each in node.services.checks() if not each.ok] == []


def test_a_chain_that_does_not_answer_hides_no_other_finding(node: Node) -> None:
    found = _checks(replace(_parts(node), rpc=Rpc(["http://127.0.0.1:1"])))
    assert {name for name, each in found.items() if not each.ok} == {
        "chain",
        "contracts",
        "keystore",
        "cursors",
    }
    assert found["chain"].remedy
    assert found["ledger"].ok


@pytest.mark.parametrize(
    ("ahead", "finding"),
    [(timedelta(hours=1), "s old"), (timedelta(hours=-1), "ahead of this machine")],
)
def test_a_clock_that_is_wrong_is_found(node: Node, ahead: timedelta, finding: str) -> None:
    head = datetime.fromtimestamp(node.rpc.block("latest").timestamp, UTC)
    parts = replace(_parts(node), clock=FixedClock(head + ahead))
    found = _checks(parts, embedded=False)["clock"]
    assert not found.ok
    assert finding in found.finding
    assert found.remedy


def test_a_clock_in_step_is_well(node: Node) -> None:
    head = datetime.fromtimestamp(node.rpc.block("latest").timestamp, UTC)
    assert _checks(replace(_parts(node), clock=FixedClock(head)), embedded=False)["clock"].ok


def test_a_contract_that_is_another_is_found(node: Node) -> None:
    found = _checks(replace(_parts(node), rpc=_faulty(node, "eth_getCode", "0x6000")))
    assert not found["contracts"].ok
    assert found["contracts"].remedy


def test_rights_that_differ_from_the_plan_are_found(node: Node) -> None:
    keys = {label: node.signer.address(label) for label in node.signer.labels}
    swapped = keys | {"issuer": keys["limits"], "limits": keys["issuer"]}
    plan = demo_plan(node.deployment.chain_id, swapped, ("EUR",))
    found = {each.name: each for each in Doctor(_parts(node), plan, embedded=True).checks()}
    assert not found["roles"].ok
    assert "ISSUER" in found["roles"].finding
    assert "verify_deployment" in found["roles"].remedy


def test_a_key_of_the_desk_that_is_missing_is_found(node: Node) -> None:
    stranger = Address("0x" + "ab" * 20)
    parts = replace(_parts(node), desk=replace(node.desk, attestor=stranger))
    found = _checks(parts)["keystore"]
    assert (found.ok, found.finding) == (False, "no key for attestor")


def test_an_account_that_cannot_pay_gas_is_found(node: Node) -> None:
    found = _checks(replace(_parts(node), rpc=_faulty(node, "eth_getBalance", "0x0")))["keystore"]
    assert not found.ok
    assert "issuer" in found.finding


def test_stages_that_are_far_behind_are_found(node: Node) -> None:
    head = node.rpc.block("latest")
    ahead = {
        "number": hex(head.number + 500),
        "hash": head.hash,
        "parentHash": head.parent_hash,
        "timestamp": hex(head.timestamp),
    }
    found = _checks(replace(_parts(node), rpc=_faulty(node, "eth_getBlockByNumber", ahead)))
    assert not found["cursors"].ok
    assert "chain blocks 500" in found["cursors"].finding


def test_the_lease_says_who_runs_the_stages(tmp_path: Path) -> None:
    with opened(tmp_path / "var") as node:
        assert "free" in _checks(_parts(node))["lease"].finding
        assert leases.acquire(node.engine, ROLE, "somebody") is not None
        assert "somebody, epoch 1" in _checks(_parts(node))["lease"].finding


def test_who_asks_often_is_told_what_was_just_found(node: Node) -> None:
    assert node.chain is not None
    faults, seconds = Faults(node.chain.answer), [0]
    parts = replace(_parts(node), rpc=faults.rpc())
    doctor = Doctor(parts, None, embedded=True, monotonic=lambda: seconds[0])
    asked = faults.asked
    told = doctor.checks()
    count = len(asked)
    assert count
    assert doctor.checks() == told
    assert len(asked) == count
    seconds[0] += 5
    doctor.checks()
    quick = len(asked) - count
    assert 0 < quick < count
    seconds[0] += 100
    doctor.checks()
    assert len(asked) == count + quick + count


def test_a_row_of_the_trail_that_was_changed_is_found(tmp_path: Path) -> None:
    with opened(tmp_path / "var") as node:
        issue(node)
        with node.engine.begin() as connection:
            connection.execute(text("UPDATE audit SET actor = 'nobody' WHERE sequence = 1"))
        found = _checks(_parts(node))["audit"]
    assert not found.ok
    assert found.finding == "audit 1: its content was changed"
