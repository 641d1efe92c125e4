"""What waits at the access manager: how far a call is, and what is done about it now.

In: an `Rpc`, the access manager, an account and a call that needs a delay. Out: `Stage`s, and
the `Call` that is next: sent where the account's key is at hand, else told (a Safe sends it).
Called by: upgrade, upgrading, adding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from node.chain.artifacts import load
from node.chain.codec import decode_result, encode_call
from node.chain.deployment.journal import Journal, tx_hash
from node.chain.deployment.rights import BANK_ACCESS
from node.chain.deployment.sending import Deployer, Sender
from node.chain.rpc import Receipt, Rpc
from node.core.errors import Rejected
from node.core.types import Address

SCHEDULE: Final = "schedule"


class ScheduleGone(Rejected):
    """What was scheduled is gone: somebody cancelled it, or its week has passed."""

    code = "SCHEDULED_CALL_GONE"
    title = "Scheduled call gone"


class Stage(StrEnum):
    """How far a call is."""

    NEW = "not scheduled"
    WAITING = "scheduled"
    READY = "may be done"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Hands:
    """Who pays for new contracts; and the account that schedules, with its key if at hand."""

    deployer: Deployer
    account: Address
    signer: Deployer | None


@dataclass(frozen=True, slots=True)
class Call:
    """What an account has to send itself."""

    what: str
    account: Address
    to: Address
    data: str


@dataclass(frozen=True, slots=True)
class Delayed:
    """A call that its account may make only after it was scheduled and has waited."""

    what: str
    account: Address
    target: Address
    data: str


def stage_of(rpc: Rpc, access: Address, delayed: Delayed) -> tuple[Stage, int]:
    """How far it is unless it is done, and from when it may be done (Unix seconds, or zero)."""
    artifact = load(BANK_ACCESS)
    content = (delayed.account, delayed.target, delayed.data)
    hashing = encode_call(artifact, "hashOperation", content)
    operation = decode_result(artifact, "hashOperation", rpc.call(access, hashing))
    asking = encode_call(artifact, "getSchedule", (operation,))
    ready_at = int(decode_result(artifact, "getSchedule", rpc.call(access, asking)))
    if ready_at == 0:
        return Stage.NEW, 0
    waits = ready_at > rpc.block("latest").timestamp
    return (Stage.WAITING if waits else Stage.READY), ready_at


def next_call(stage: Stage, access: Address, delayed: Delayed) -> Call | None:
    """What its account has to send now; None while it waits and when it is done."""
    if stage is Stage.READY:
        return Call(delayed.what, delayed.account, delayed.target, delayed.data)
    if stage is Stage.NEW:
        data = encode_call(load(BANK_ACCESS), SCHEDULE, (delayed.target, delayed.data, 0))
        return Call(f"{delayed.what}.{SCHEDULE}", delayed.account, access, data)
    return None


@dataclass(frozen=True, slots=True)
class Errands:
    """Does what can be done now, each step once; `progress` hears the name of each."""

    rpc: Rpc
    access: Address
    hands: Hands
    journal: Journal
    progress: Callable[[str], None]

    def pay(self, step: str, to: Address | None, data: str) -> Receipt:
        """Send a step for whoever pays. Raises `StepFailed`."""
        return self._send(self.hands.deployer, step, to, data)

    def advance(self, delayed: Delayed, stage: Stage) -> Iterator[Call]:
        """Take a delayed call one step on; or give what its account has to send.

        Raises `ScheduleGone`, `StepFailed`.
        """
        call = next_call(stage, self.access, delayed)
        if call is not None and self.hands.signer is not None:
            _refuse_gone(self.rpc, self.journal, call)
            self._send(self.hands.signer, call.what, call.to, call.data)
        elif call is not None:
            yield call

    def _send(self, signer: Deployer, step: str, to: Address | None, data: str) -> Receipt:
        self.progress(step)
        return Sender(self.rpc, signer, self.journal).send(step, to, data)


def _refuse_gone(rpc: Rpc, journal: Journal, call: Call) -> None:
    """Raise `ScheduleGone` where the same was scheduled before and is not scheduled any more."""
    raw = journal.find(call.what)
    if call.what.endswith(f".{SCHEDULE}") and raw and rpc.receipt(tx_hash(raw)):
        raise ScheduleGone(
            f"{call.what}: what was scheduled is gone: cancelled, or not done within a week",
            remedy=f"Find out why. To schedule it again remove {journal.path.name}."
            " Nothing was sent.",
        )
