"""The stage a story is played on: a composed node, and the short ways a story needs into it.

In: a `Node` on the chain inside it. Out: `Stage`. Called by: day, troubles and messages here.

Every id that a story uses derives from its words, so playing it again changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from node.app import Node
from node.bank import store as bank
from node.chain.embedded import EmbeddedChain
from node.core.errors import Rejected
from node.core.ids import sha256_hex
from node.core.types import Address
from node.db.unit_of_work import read_only
from node.settlement import store as settlement
from node.settlement.commands import (
    Caller,
    IssueCommand,
    NetCommand,
    RedeemCommand,
    SettleCommand,
    TransferCommand,
)
from node.settlement.instruction import Instruction
from node.settlement.settlement import Settlement
from node.submission import store as submission
from node.submission.intent import AFLOAT, IntentState

ACTOR: Final = "demo"
ROUNDS_MAX: Final = 200
_PAGE: Final = 500
Command = IssueCommand | RedeemCommand | TransferCommand
Together = SettleCommand | NetCommand


class DemoNeedsOwnChain(Rejected):
    """A story turns the chain's own levers; no real chain lets anyone do that."""

    code = "DEMO_NEEDS_OWN_CHAIN"
    title = "The demo plays on the chain inside the node"


class StoryStuck(Rejected):
    """Something of the story never came to an end."""

    code = "DEMO_STORY_STUCK"
    title = "The demo's story is stuck"


@dataclass(frozen=True, slots=True)
class Customer:
    """Who has a wallet at the bank; `label` names the key in the demo's keystore."""

    label: str
    name: str
    currencies: tuple[str, ...]
    custodial: bool = True
    identifier: str = ""


class Stage:
    """A node to play on."""

    def __init__(self, node: Node, say: Callable[[str], None]) -> None:
        if node.chain is None:
            raise DemoNeedsOwnChain(
                "a story needs the chain inside the node, CONCORD_RPC_URLS names another one",
                remedy="Unset CONCORD_RPC_URLS, or use `concord run` with your chain.",
            )
        self.node = node
        self.chain: EmbeddedChain = node.chain
        self.say = say

    def onboard(self, customers: Iterable[Customer]) -> dict[str, Address]:
        """Give each customer a wallet and admit it; gives the address by label."""
        wallets: dict[str, Address] = {}
        for each in customers:
            address = self.node.signer.create(each.label)
            wallets[each.label] = address
            self.node.onboarding.customer(
                each.name,
                address,
                currencies=each.currencies,
                custodial=each.custodial,
                identifier=each.identifier,
                by=ACTOR,
            )
        return wallets

    def instruct(self, command: Command) -> Instruction:
        """Send a command as a client would; its UETR is its Idempotency-Key."""
        service, caller = self.node.services.settlement, _caller(command)
        match command:
            case IssueCommand():
                return service.issue(command, caller).instruction
            case RedeemCommand():
                return service.redeem(command, caller).instruction
            case TransferCommand():
                return service.transfer(command, caller).instruction

    def settle(self, command: Together) -> Settlement:
        """The same for what several parties settle together."""
        service, caller = self.node.services.settlements, _caller(command)
        match command:
            case SettleCommand():
                return service.settle(command, caller).settlement
            case NetCommand():
                return service.net(command, caller).settlement

    def hand_in(self, content: bytes, name: str) -> None:
        """Hand a bank file in, once under its name, and keep it beside the node's data.

        What the node refuses it keeps with the reason; the story goes on.
        """
        if self._has(name, sha256_hex(content)):
            return
        folder = self.node.settings.data_folder / "bank"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        try:
            self.node.services.receive_file(content, name, ACTOR)
        except Rejected as refusal:
            self.say(f"{name} is refused: {refusal.detail}")

    def _has(self, name: str, sha256: str) -> bool:
        after = 0
        with read_only(self.node.engine) as session:
            while rows := bank.files(session, after=after, limit=_PAGE):
                if any((each.name, each.sha256) == (name, sha256) for each in rows):
                    return True
                after = rows[-1].id
        return False

    def play(self) -> None:
        """Let the node work, and blocks pass, until nothing is on its way any more."""
        self.node.drive()
        for _ in range(ROUNDS_MAX):
            if not self._on_its_way():
                return
            self.pass_blocks(1)
        raise StoryStuck(
            f"{ROUNDS_MAX} blocks passed and a payment is still on its way",
            remedy="Run `concord doctor`; to start anew: make reset.",
        )

    def pass_blocks(self, count: int) -> None:
        """Let blocks pass, the node looking at each."""
        for _ in range(count):
            self.chain.mine()
            self.node.drive()

    def instruction(self, uetr: str) -> Instruction | None:
        """The instruction of a payment, as it stands."""
        with read_only(self.node.engine) as session:
            return settlement.instruction_by_uetr(session, uetr)

    def _on_its_way(self) -> bool:
        states = (IntentState.PREPARED, IntentState.SIGNED, *AFLOAT)
        chain_id = self.node.deployment.chain_id
        with read_only(self.node.engine) as session:
            return bool(
                settlement.count_open(session)
                or submission.intents_in(session, states, chain_id=chain_id)
            )


def _caller(command: Command | Together) -> Caller:
    return Caller(
        actor=ACTOR,
        scope=f"{ACTOR} {type(command).__name__}",
        idempotency_key=command.uetr,
        fingerprint=sha256_hex(repr(command).encode()),
    )


def told_uetr(*words: str) -> str:
    """A version 4 UUID made of a story's words: the same words, the same payment."""
    digest = bytearray(hashlib.sha256("\x1f".join(("story", *words)).encode()).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x40
    digest[8] = digest[8] & 0x3F | 0x80
    return str(UUID(bytes=bytes(digest)))
