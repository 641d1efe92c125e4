"""Any order of steps, sensible or not: chain and model answer alike, and the events tell it all.

In: anvil and the committed artifacts. A few runs, always the same, in `make test`; `make verify`
asks for many by CONCORD_RUNS (scripts/proofs/differential.py) and reads what was done where
CONCORD_TALLY says: a line per operation and answer.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import rule, run_state_machine_as_test

from tests.contracts.anvil_chain import AnvilChain
from tests.contracts.differential.duet import Duet
from tests.contracts.differential.fresh import BACKEND
from tests.contracts.differential.gate_rules import GateRules
from tests.contracts.differential.machine import steps_of
from tests.contracts.differential.net_rules import NetRules
from tests.contracts.differential.opening import opened
from tests.contracts.differential.setting import PARTIES, ROLES, Setting, address_of
from tests.contracts.differential.token_rules import ComplianceRules, TokenRules
from tests.support.anvil import CHAIN_ID, anvil, why_absent
from tests.support.optional import absent

pytestmark = [pytest.mark.verify, pytest.mark.npm]
OPTIONS = ("--auto-impersonate", "--timestamp", "1800000000", "--gas-price", "0")
RUNS = os.environ.get("CONCORD_RUNS")
TALLY = os.environ.get("CONCORD_TALLY")
STEPS_PER_RUN = 60


class Bank(TokenRules, ComplianceRules, GateRules, NetRules):
    """All rules together."""


@pytest.fixture(scope="module")
def duet() -> Iterator[Duet]:
    reason = why_absent()
    if reason is not None:
        absent(reason)
    people = [address_of(name) for name in (*ROLES, *PARTIES)]
    with anvil(options=OPTIONS) as running, closing(AnvilChain(running, people)) as chain:
        yield opened(Setting(chain, CHAIN_ID))


def test_chain_and_model_agree(duet: Duet) -> None:
    class Run(Bank):
        opened = duet
        acts = rule(step=steps_of(Bank))(Bank.acts)

    run_state_machine_as_test(
        Run,
        settings=settings(
            max_examples=int(RUNS or 5),
            stateful_step_count=STEPS_PER_RUN,
            derandomize=not RUNS,
            backend=BACKEND,
            database=None,
            deadline=None,
            # Explaining a failure costs more than finding it.
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert {answer for _, answer in duet.tally} > {"accepted"}
    if TALLY:
        told = [[*what, count] for what, count in sorted(duet.tally.items())]
        Path(TALLY).write_text(json.dumps(told), "utf-8")
