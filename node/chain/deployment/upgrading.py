"""Does an upgrade as far as it can be done now, and goes on where it was stopped.

In: an `Rpc`, the record, whoever pays and whoever holds UPGRADER. Out: `Progress`: where each token
is, and the calls that an account whose key is elsewhere (a Safe) has to send. Called by:
scripts/upgrade.py.

A call is done exactly as it was scheduled, so it is on disk (`pending`) from before it is scheduled
until every token runs on the new code; only then does the record tell of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from node.chain.artifacts import load
from node.chain.codec import encode_call
from node.chain.deployment.apply import created
from node.chain.deployment.archive import keep
from node.chain.deployment.code import Difference
from node.chain.deployment.journal import Journal, PlanDiffers, alone, journal_path
from node.chain.deployment.pending import Pending, pending_path, save_pending
from node.chain.deployment.plan import Plan
from node.chain.deployment.positions import position_differences, positions
from node.chain.deployment.scheduled import Call, Errands, Hands, Stage
from node.chain.deployment.steps import CODE, TOKEN, Creation
from node.chain.deployment.upgrade import (
    UPGRADER_CONTRACT,
    Survey,
    Turn,
    samples,
    surveyed,
    upgrade_of,
)
from node.chain.deployment.verify import verify
from node.chain.deployments import (
    DeployedContract,
    Deployment,
    load_deployment,
    save_deployment,
)
from node.chain.rpc import Rpc
from node.core.errors import Rejected
from node.core.ids import wallet_key
from node.core.types import Address


class UpgradeUnsound(Rejected):
    """The new code must not take the place of what stands."""

    code = "UPGRADE_UNSOUND"
    title = "Upgrade refused"


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the upgrade is now; `done` when every token runs on the code of this release."""

    survey: Survey
    calls: tuple[Call, ...] = ()

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return all(each.stage is Stage.DONE for each in self.survey.turns)


def advance(
    rpc: Rpc,
    record: Path,
    hands: Hands,
    migration: str,
    *,
    progress: Callable[[str], None] = lambda _: None,
) -> Progress:
    """Do all that can be done now.

    Raises `UpgradeUnsound`, `ScheduleGone`, `StepFailed`, `DeploymentBusy`, `PlanDiffers`.
    """
    with alone(record):
        survey = surveyed(rpc, record, migration)
        if not survey.is_needed:
            _clear(record)
            return Progress(survey)
        _refuse_other_account(survey.pending, hands.account)
        if survey.all_faults:
            raise UpgradeUnsound(
                "\n".join(survey.all_faults),
                remedy="Correct the code, or its tables of rights. Nothing was sent.",
            )
        return _Run(rpc, record, hands, survey, progress).run(migration)


def _refuse_other_account(pending: Pending | None, account: Address) -> None:
    if pending is not None and wallet_key(pending.account) != wallet_key(account):
        raise PlanDiffers(
            f"the upgrade under way was begun for {pending.account}, not for {account}",
            remedy="Go on with that account. Nothing was sent.",
        )


def _clear(record: Path) -> None:
    """Forget what was under way: the record tells of it."""
    for path in (pending_path(record), journal_path(pending_path(record))):
        path.unlink(missing_ok=True)


def upgrade_differences(rpc: Rpc, plan: Plan, record: Path) -> Iterator[Difference]:
    """Where what stands is not the plan on this release's code, or not what its events tell."""
    deployment = load_deployment(record)
    if pending_path(record).exists():
        yield Difference("upgrade", "done and on record", "under way")
    yield from verify(rpc, plan, deployment)
    for ccy in deployment.currencies:
        yield from position_differences(rpc, deployment.token(ccy), load(TOKEN))


class _Run:
    """One stretch of an upgrade."""

    def __init__(
        self,
        rpc: Rpc,
        record: Path,
        hands: Hands,
        survey: Survey,
        progress: Callable[[str], None],
    ) -> None:
        self._rpc = rpc
        self._record = record
        self._account = hands.account
        self._survey = survey
        self._deployment = load_deployment(record)
        journal = Journal.open(pending_path(record), survey.new.hash, hands.deployer.address)
        access = self._deployment.access.address
        self._errands = Errands(rpc, access, hands, journal, progress)

    def run(self, migration: str) -> Progress:
        pending = self._survey.pending or self._begun(migration)
        calls = [call for turn in self._survey.turns for call in self._step(turn, pending)]
        found = Progress(surveyed(self._rpc, self._record, migration), tuple(calls))
        if found.done:
            self._finish(pending)
        return found

    def _begun(self, migration: str) -> Pending:
        """Create the code, and fix the calls before one of them is scheduled."""
        code = created(self._errands.pay, Creation(CODE, TOKEN), {})
        calls = {
            turn.currency: self._calldata(turn.token, code.address, migration)
            for turn in self._survey.turns
        }
        pending = Pending(
            artifact_hash=self._survey.new.hash,
            code=code.address,
            block_number=code.block_number,
            tx_hash=code.tx_hash,
            account=self._account,
            calls=calls,
        )
        save_pending(self._record, pending)
        return pending

    def _calldata(self, token: DeployedContract, code: Address, migration: str) -> str:
        chosen = samples(positions(self._rpc, token, self._survey.old))
        args = (token.address, code, migration, chosen)
        return encode_call(load(UPGRADER_CONTRACT), "upgrade", args)

    def _step(self, turn: Turn, pending: Pending) -> Iterator[Call]:
        """Take one token one step on; or say what its account has to send."""
        delayed = upgrade_of(self._deployment, turn.token, pending)
        return self._errands.advance(delayed, turn.stage)

    def _finish(self, pending: Pending) -> None:
        keep(self._record, [TOKEN])
        save_deployment(self._record, _upgraded(self._deployment, pending))
        _clear(self._record)


def _upgraded(deployment: Deployment, pending: Pending) -> Deployment:
    """The record once every token runs on the code."""
    code = DeployedContract(
        label=CODE,
        contract=TOKEN,
        address=pending.code,
        block_number=pending.block_number,
        tx_hash=pending.tx_hash,
        constructor_args=(),
        artifact_hash=pending.artifact_hash,
    )
    others = (each for each in deployment.implementations if each.label != CODE)
    contracts = tuple(
        replace(each, artifact_hash=code.artifact_hash, implementation=code.address)
        if each.contract == TOKEN
        else each
        for each in deployment.contracts
    )
    return replace(deployment, contracts=contracts, implementations=(*others, code))
