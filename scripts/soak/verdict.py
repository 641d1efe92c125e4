"""What is left when the soak is over: is all there, once, and do the three records agree.

In: the bank's database and chain, what clients were told, what was done to the node. Out: figures,
and what is wrong. Used by the run.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from node.chain.artifacts import load as artifact
from node.chain.codec import event_topics
from node.db.engine import open_engine
from node.db.unit_of_work import read_only
from node.settlement import store as settlement
from node.settlement.instruction import InstructionState
from scripts.soak.chaos import Chaos
from scripts.soak.ground import CURRENCY, Bank
from scripts.soak.load import Load
from tests.support.anvil import Anvil
from tests.support.command_line import ROOT

PAGE: Final = 1_000
BLOCKS: Final = 500
GROWTH_MAX: Final = 1.15
# Which topic is the reference to the payment.
_TRANSFER, _ISSUED, _REDEEMED = (
    event_topics(artifact("DepositToken"))["TransferRef"],
    event_topics(artifact("IssuanceGate"))["Issued"],
    event_topics(artifact("IssuanceGate"))["Redeemed"],
)
_REFERENCE: Final = {_TRANSFER: 3, _ISSUED: 2, _REDEEMED: 2}


@dataclass(frozen=True)
class Verdict:
    """`wrong` is empty where nothing is."""

    figures: dict[str, Any]
    wrong: list[str] = field(default_factory=list)


def judge(bank: Bank, anvil: Anvil, load: Load, chaos: Chaos, told: dict[str, Any]) -> Verdict:
    states = _states(bank)
    moved = _moved(bank, anvil)
    settled = {uetr for uetr, state in states.items() if state == InstructionState.SETTLED}
    proved, said = _proved(bank, anvil)
    first, last = chaos.flat()
    wrong = [
        *(["clients still wait for an answer"] if not told["heard"] else []),
        *(["instructions are still open"] if not told["at_rest"] else []),
        *(f"refused: {each}" for each in list(load.refused.values())[:3]),
        *_differences("lost", set(load.accepted) - set(states)),
        *_differences("came from nowhere", set(states) - set(load.accepted)),
        *_differences("moved twice", {each for each, count in moved.items() if count > 1}),
        *_differences("settled and never moved", settled - set(moved)),
        *_differences("moved and not settled", set(moved) - settled),
        *([f"memory grew from {first:.0f} to {last:.0f} MiB"] if last > GROWTH_MAX * first else []),
        *([] if proved else [f"concord prove: {said[:600]}"]),
    ]
    waits = sorted(load.waits_seconds)
    figures = told | {
        "submitted": load.submitted,
        "accepted": len(load.accepted),
        "accepted_per_second": round(len(load.accepted) / told["load_seconds"], 1),
        "settled": len(settled),
        "states": dict(Counter(each.value for each in states.values())),
        "asked_again": load.asked_again,
        "accepted_ms_p95": round(1000 * waits[int(0.95 * (len(waits) - 1))]) if waits else None,
        **{name.replace(" ", "_"): count for name, count in sorted(chaos.done.items())},
        "deepest_fork": chaos.deepest,
        "memory_mib": [round(first), round(last)],
        "proved": proved,
    }
    return Verdict(figures, wrong)


def _differences(what: str, uetrs: set[str]) -> list[str]:
    return [f"{what}: {len(uetrs)}, first {min(uetrs)}"] if uetrs else []


def _states(bank: Bank) -> dict[str, InstructionState]:
    """Every instruction by UETR."""
    engine, after = open_engine(bank.database), 0
    found: dict[str, InstructionState] = {}
    while True:
        with read_only(engine) as session:
            rows = settlement.instructions(session, after=after, limit=PAGE)
        if not rows:
            break
        found |= {each.uetr: each.state for each in rows}
        after = rows[-1].sequence
    engine.dispose()
    return found


def _moved(bank: Bank, anvil: Anvil) -> Counter[str]:
    """How often the chain moved each payment, read from the chain itself."""
    addresses = bank.contracts(f"{CURRENCY}.token", f"{CURRENCY}.gate")
    head = int(anvil.ask("eth_blockNumber"), 16)
    moved = Counter[str]()
    for low in range(0, head + 1, BLOCKS):
        query = {
            "fromBlock": hex(low),
            "toBlock": hex(min(low + BLOCKS - 1, head)),
            "address": addresses,
            "topics": [list(_REFERENCE)],
        }
        for log in anvil.ask("eth_getLogs", query):
            moved[_uetr(log["topics"][_REFERENCE[log["topics"][0]]])] += 1
    return moved


def _uetr(ref: str) -> str:
    text = ref[2:34]
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def _proved(bank: Bank, anvil: Anvil) -> tuple[bool, str]:
    """What `concord prove` says, on an endpoint without faults."""
    done = subprocess.run(
        [sys.executable, "-m", "node", "prove", "--json"],
        cwd=ROOT,
        env=bank.variables(anvil.url),
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        agrees = done.returncode == 0 and bool(json.loads(done.stdout))
    except json.JSONDecodeError:
        agrees = False
    return agrees, done.stdout + done.stderr
