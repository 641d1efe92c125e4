"""Adds to what stands: contracts that a plan has and the record lacks, such as a new currency's.

In: an `Rpc`, the plan, the record, whoever pays and whoever holds ADMIN. Out: `Addition`: what is
missing, what was created, and how far the rights are that ADMIN has to give; the record, once they
are given. Called by: scripts/deploy.py.

The contracts come first and can do nothing: every function that asks for a role asks for ADMIN's
until ADMIN has said otherwise, which takes its delay. So nothing half done is ever in force.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from node.chain.artifacts import load
from node.chain.codec import decode_result, encode_call
from node.chain.deployment.apply import created
from node.chain.deployment.archive import keep
from node.chain.deployment.code import Difference
from node.chain.deployment.journal import Journal, PlanDiffers, alone, journal_path
from node.chain.deployment.plan import Plan
from node.chain.deployment.rights import BANK_ACCESS, Right, rights_to_give
from node.chain.deployment.scheduled import (
    Call,
    Delayed,
    Errands,
    Hands,
    Stage,
    next_call,
    stage_of,
)
from node.chain.deployment.steps import CODE, Creation, creations
from node.chain.deployment.verify import verify
from node.chain.deployments import (
    DeployedContract,
    Deployment,
    load_deployment,
    save_deployment,
)
from node.chain.rpc import Rpc
from node.core.types import Address


@dataclass(frozen=True, slots=True)
class Giving:
    """One right that ADMIN has to give, and how far that is."""

    delayed: Delayed
    stage: Stage
    ready_at: int = 0


@dataclass(frozen=True, slots=True)
class Addition:
    """What is to be created, what was, and its rights; `calls` are what ADMIN has to send now."""

    missing: tuple[Creation, ...]
    made: tuple[DeployedContract, ...]
    rights: tuple[Giving, ...] = ()
    calls: tuple[Call, ...] = ()

    @property
    def done(self) -> bool:
        """Whether all is created and every right is given."""
        return not self.missing and all(each.stage is Stage.DONE for each in self.rights)


def addition(rpc: Rpc, plan: Plan, record: Path, admin: Address) -> Addition | None:
    """How far the plan is that adds to what stands; None where it wants something else as well."""
    deployment = load_deployment(record)
    on_record = {each.label for each in (*deployment.contracts, *deployment.implementations)}
    lacking = tuple(each for each in creations(plan) if each.label not in on_record)
    if not lacking or any(each.label == CODE for each in lacking):
        return None
    made = _made(record, plan)
    so_far = replace(deployment, contracts=(*deployment.contracts, *made))
    if any(not _is_under_way(each, lacking, made) for each in verify(rpc, plan, so_far)):
        return None
    labels = {each.label for each in made}
    missing = tuple(each for each in lacking if each.label not in labels)
    rights = () if missing else _rights(rpc, deployment, made, admin)
    access = deployment.access.address
    calls = (next_call(each.stage, access, each.delayed) for each in rights)
    return Addition(missing, made, rights, tuple(each for each in calls if each))


def _is_under_way(
    found: Difference, lacking: tuple[Creation, ...], made: tuple[DeployedContract, ...]
) -> bool:
    """Whether a difference is only that the addition is not done yet."""
    kind, _, about = found.subject.partition(" ")
    match kind:
        case "currency":
            return about in {each.currency for each in lacking}
        case "contract":
            return about in {each.label for each in lacking}
        case "function":
            return about.partition(" ")[0] in {each.label for each in made}
        case "member":
            return about.rpartition(" ")[2] in {each.address.lower() for each in made}
    return False


def add(
    rpc: Rpc,
    plan: Plan,
    record: Path,
    hands: Hands,
    *,
    progress: Callable[[str], None] = lambda _: None,
) -> Addition:
    """Do all that can be done now.

    Raises `PlanDiffers`, `StepFailed`, `ScheduleGone`, `DeploymentBusy`.
    """
    with alone(record):
        found = addition(rpc, plan, record, hands.account)
        if found is None:
            raise PlanDiffers(
                "what stands differs from the plan in more than contracts to be added",
                remedy="Show the differences with `plan`. Nothing was sent.",
            )
        return _Run(rpc, plan, record, hands, progress).run(found)


class _Run:
    """One stretch of an addition."""

    def __init__(
        self,
        rpc: Rpc,
        plan: Plan,
        record: Path,
        hands: Hands,
        progress: Callable[[str], None],
    ) -> None:
        self._rpc = rpc
        self._plan = plan
        self._record = record
        self._admin = hands.account
        self._deployment = load_deployment(record)
        self._journal = Journal.open(_adding_path(record), plan.hash, hands.deployer.address)
        access = self._deployment.access.address
        self._errands = Errands(rpc, access, hands, self._journal, progress)

    def run(self, found: Addition) -> Addition:
        made = (*found.made, *self._created(found))
        save_deployment(_adding_path(self._record), self._with(made, on_record=False))
        rights = _rights(self._rpc, self._deployment, made, self._admin)
        calls = tuple(
            call for each in rights for call in self._errands.advance(each.delayed, each.stage)
        )
        rights = _rights(self._rpc, self._deployment, made, self._admin)
        added = Addition((), made, rights, calls)
        if added.done:
            keep(self._record, (each.contract for each in made))
            save_deployment(self._record, self._with(made, on_record=True))
            self._journal.path.unlink(missing_ok=True)
            _adding_path(self._record).unlink()
        return added

    def _created(self, found: Addition) -> Iterator[DeployedContract]:
        stands = (*self._deployment.contracts, *self._deployment.implementations, *found.made)
        addresses = {each.label: each.address for each in stands}
        for each in found.missing:
            contract = created(self._errands.pay, each, addresses)
            addresses[each.label] = contract.address
            yield contract

    def _with(self, made: tuple[DeployedContract, ...], *, on_record: bool) -> Deployment:
        """The record with the contracts, or of the contracts alone."""
        before = self._deployment.contracts if on_record else ()
        contracts = (*before, *made)
        behind = self._deployment.implementations if on_record else ()
        return replace(
            self._deployment,
            contracts=contracts,
            implementations=behind,
            plan_hash=self._plan.hash,
        )


def _adding_path(record: Path) -> Path:
    return record.with_suffix(".adding.json")


def _made(record: Path, plan: Plan) -> tuple[DeployedContract, ...]:
    """What was created for this plan already. Raises `PlanDiffers` for what was for another."""
    path = _adding_path(record)
    if not path.exists():
        return ()
    found = load_deployment(path)
    if found.plan_hash != plan.hash:
        raise PlanDiffers(
            f"{path.name} adds what another plan has",
            remedy=f"Go on with that plan; or remove it and {journal_path(path).name}, and what it"
            " created stays without any right. Nothing was sent.",
        )
    return found.contracts


def _rights(
    rpc: Rpc, deployment: Deployment, made: tuple[DeployedContract, ...], admin: Address
) -> tuple[Giving, ...]:
    access, found = deployment.access.address, []
    for right in rights_to_give(made):
        delayed = Delayed(right.what, admin, access, right.data)
        if _is_given(rpc, access, right):
            found.append(Giving(delayed, Stage.DONE))
        else:
            found.append(Giving(delayed, *stage_of(rpc, access, delayed)))
    return tuple(found)


def _is_given(rpc: Rpc, access: Address, right: Right) -> bool:
    artifact = load(BANK_ACCESS)
    for function, args, expected in right.reads:
        answer = rpc.call(access, encode_call(artifact, function, args))
        if decode_result(artifact, function, answer) != expected:
            return False
    return True
