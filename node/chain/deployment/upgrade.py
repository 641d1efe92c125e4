"""What it means to put the tokens of a deployment on this release's code, and how far that is.

In: an `Rpc`, the record. Out: `Survey`: what changes, what forbids it, where each token is. It
sends nothing. Called by: upgrading (does it), scripts/upgrade.py (shows it).

A token takes new code only from the upgrader contract, which proves in the same call that nothing
else changed (docs/decisions/0005). Before anything is sent that call is rehearsed on the chain as
it is, with the new code created in the rehearsal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from node.chain import artifacts
from node.chain.artifacts import Artifact, load
from node.chain.codec import decode_error, encode_call, encode_constructor
from node.chain.deployment.archive import find
from node.chain.deployment.code import IMPLEMENTATION_SLOT, code_differences
from node.chain.deployment.functions import function_names
from node.chain.deployment.layout import faults
from node.chain.deployment.pending import Pending, read_pending
from node.chain.deployment.positions import Positions, positions
from node.chain.deployment.scheduled import Delayed, Stage, stage_of
from node.chain.deployment.steps import TOKEN
from node.chain.deployments import DeployedContract, Deployment, checksummed, load_deployment
from node.chain.rpc import CallReverted, Rpc
from node.core.types import Address

UPGRADER_CONTRACT: Final = "TokenUpgrader"
# What one call can compare and still fit into a block; the events prove all the others.
SAMPLES_MAX: Final = 100
# The token's function that an error of the upgrader is about.
_QUESTION: Final = re.compile(r"^\w+\((?:question|call): (0x[0-9a-f]{8})")


@dataclass(frozen=True, slots=True)
class Turn:
    """One token on its way: `ready_at` in Unix seconds, `moved` whether money moves in the trial.

    `fault` is what the rehearsal on the chain says against it.
    """

    token: DeployedContract
    stage: Stage
    ready_at: int = 0
    samples: tuple[int, int] = (0, 0)
    moved: bool = False
    fault: str = ""

    @property
    def currency(self) -> str:
        """Of the token."""
        return self.token.currency


@dataclass(frozen=True, slots=True)
class Survey:
    """What the upgrade means; with a fault nothing of it is done."""

    old: Artifact
    new: Artifact
    faults: tuple[str, ...]
    turns: tuple[Turn, ...]
    upgrader: Address
    pending: Pending | None = None

    @property
    def is_needed(self) -> bool:
        """Whether the record tells of other code than this release's."""
        return self.old.hash != self.new.hash

    @property
    def all_faults(self) -> list[str]:
        """Everything that forbids it."""
        told = (f"{each.currency}: {each.fault}" for each in self.turns if each.fault)
        return [*self.faults, *told]


def surveyed(rpc: Rpc, record: Path, migration: str) -> Survey:
    """What stands, what would change, and what the chain says to a rehearsal. Sends nothing."""
    deployment, new = load_deployment(record), load(TOKEN)
    tokens = tuple(deployment.token(ccy) for ccy in deployment.currencies)
    old = find(record, TOKEN, tokens[0].artifact_hash)
    pending = read_pending(record, new.hash)
    if old.hash == new.hash:
        done = tuple(Turn(each, Stage.DONE) for each in tokens)
        return Survey(old, new, (), done, deployment.upgrader.address)
    found = [*faults(old, new)]
    if pending is None:
        found += [str(each) for token in tokens for each in code_differences(rpc, token, old)]
    turns = tuple(_turn(rpc, deployment, token, pending, (old, migration)) for token in tokens)
    return Survey(old, new, tuple(found), turns, deployment.upgrader.address, pending)


def upgrade_of(deployment: Deployment, token: DeployedContract, pending: Pending) -> Delayed:
    """The call that is scheduled for a token, and later done."""
    call = pending.calls[token.currency]
    target = deployment.upgrader.address
    return Delayed(f"{token.currency}.upgrade", pending.account, target, call)


def samples(found: Positions) -> tuple[list[Address], list[str]]:
    """What the call compares one by one: the largest accounts and the oldest open holds."""
    largest = sorted(found.accounts, key=lambda each: found.accounts[each].balance, reverse=True)
    return largest[:SAMPLES_MAX], list(found.holds)[:SAMPLES_MAX]


def installed(rpc: Rpc, token: DeployedContract) -> Address:
    """Where the code behind a token's proxy is."""
    word = rpc.storage(token.address, int(IMPLEMENTATION_SLOT, 16))
    return checksummed("0x" + word[-20:].hex())


def _turn(
    rpc: Rpc,
    deployment: Deployment,
    token: DeployedContract,
    pending: Pending | None,
    change: tuple[Artifact, str],
) -> Turn:
    if pending is not None:
        return _pending_turn(rpc, deployment, token, pending)
    old, migration = change
    found = positions(rpc, token, old)
    chosen = samples(found)
    creation = load(TOKEN).bytecode + encode_constructor(load(TOKEN), ()).removeprefix("0x")
    args = (token.address, creation, migration, chosen)
    moved, fault = _rehearsed(rpc, deployment.upgrader.address, args)
    counted = len(chosen[0]), len(chosen[1])
    return Turn(token, Stage.NEW, samples=counted, moved=moved, fault=fault)


def _pending_turn(
    rpc: Rpc, deployment: Deployment, token: DeployedContract, pending: Pending
) -> Turn:
    if installed(rpc, token) == pending.code:
        return Turn(token, Stage.DONE)
    delayed = upgrade_of(deployment, token, pending)
    stage, ready_at = stage_of(rpc, deployment.access.address, delayed)
    return Turn(token, stage, ready_at=ready_at)


def _rehearsed(rpc: Rpc, upgrader: Address, args: tuple[object, ...]) -> tuple[bool, str]:
    """Whether money moved in the rehearsal, and what was wrong with it."""
    contract = load(UPGRADER_CONTRACT)
    try:
        rpc.call(upgrader, encode_call(contract, "rehearse", args))
    except CallReverted as error:
        told = "; ".join(reasons(error.data))
        return told == "Rehearsed(moved: True)", "" if told.startswith("Rehearsed(") else told
    return False, "the rehearsal did not end as every rehearsal must"


def reasons(data: str) -> Iterator[str]:
    """A revert of the upgrader contract in words, and the revert within it."""
    known = [load(each) for each in artifacts.names()]
    told = decode_error(known, data)
    about = _QUESTION.search(told)
    name = function_names(TOKEN).get(about[1]) if about else None
    yield f"{name}: {told}" if name else told
    if told.startswith("TrialReverted(reason: 0x"):
        yield from reasons(told.removeprefix("TrialReverted(reason: ").removesuffix(")"))
