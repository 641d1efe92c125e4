"""Killed at any commit or call to the chain and started again, a node ends as one left alone.

Compared are books, instructions, what the contracts said, how much each key sent. `make test` takes
a sample of the moments; `make verify` takes all, on both databases, a share per process.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.anvil import Anvil
from tests.support.kill_banks import fresh
from tests.support.kill_matrix import Matrix, matrix

pytestmark = pytest.mark.npm

SAMPLE = 10
# Which moments of all: `2/3` is every third, from the third on. Unset: a sample.
SHARE = os.environ.get("CONCORD_SHARE", "")
TALLY = os.environ.get("CONCORD_TALLY", "")


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def bank(
    request: pytest.FixtureRequest, running_anvil: Anvil, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Matrix]:
    folder = tmp_path_factory.mktemp(request.param)
    url, copies = fresh(request, request.param, folder)
    with matrix(running_anvil, url, copies, folder) as made:
        yield made


@pytest.fixture(scope="module")
def undisturbed(bank: Matrix) -> dict[str, Any]:
    return bank.undisturbed()


def test_the_day_is_the_same_twice_and_holds_every_kind_of_end(
    bank: Matrix, undisturbed: dict[str, Any]
) -> None:
    # Which moments it passes may differ a little: a call may be mined before it is asked for.
    assert bank.undisturbed()["facts"] == undisturbed["facts"]
    states = Counter(state for _, state, _ in undisturbed["facts"]["instructions"])
    assert states == {"SETTLED": 7, "REFUSED": 1}
    purposes = {purpose for _, purpose, _, _ in undisturbed["facts"]["intents"]}
    assert {"ATTEST", "ISSUE", "TRANSFER", "HOLD", "REDEEM", "HOLD_2", "EXECUTE"} <= purposes
    moments = Counter(undisturbed["passed"])
    assert moments["before commit"] == moments["after commit"] > 50
    assert moments["before eth_sendRawTransaction"] > 5


def test_killed_at_a_moment_and_started_again_it_ends_the_same(
    bank: Matrix, undisturbed: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    moments, passed = _chosen(undisturbed["passed"]), undisturbed["passed"]
    differs = {}
    for moment in moments:
        ended = bank.killed(moment)["facts"]
        if ended != undisturbed["facts"]:
            differs[f"{moment} {passed[moment]}"] = _difference(undisturbed["facts"], ended)
    if TALLY:
        kind = request.node.callspec.params["bank"]
        tried = Counter(f"{kind} {passed[moment]}" for moment in moments)
        _told(Path(TALLY), tried)
    assert differs == {}


@pytest.mark.skipif(bool(SHARE), reason="the sample has it")
def test_killed_again_while_it_recovers(bank: Matrix, undisturbed: dict[str, Any]) -> None:
    few = len(undisturbed["passed"])
    for moments in ((few // 2, 9, 40, 2), (few // 3, few // 4, few // 5)):
        assert bank.killed(*moments)["facts"] == undisturbed["facts"]


def _chosen(passed: list[str]) -> list[int]:
    """The share asked for, or a sample: around what is sent and committed, and elsewhere."""
    if SHARE:
        first, count = map(int, SHARE.split("/"))
        return list(range(first, len(passed), count))
    effects = [at for at, name in enumerate(passed) if "send" in name or "commit" in name]
    sent = [at for at in effects if "send" in passed[at]][::3]
    return sorted({*sent, *effects[:: len(effects) // (SAMPLE - len(sent))]})


def _difference(expected: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {"left alone": value, "killed": found[name]}
        for name, value in expected.items()
        if found[name] != value
    }


def _told(path: Path, tried: Counter[str]) -> None:
    before = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    path.write_text(json.dumps(Counter(before) + tried), "utf-8")
