"""The same bank twice: on anvil, and as the model that says what it must do.

In: a chain that knows the people. Out: `Setting`: contracts by label, people by name with their
keys, and a new model of it as it stands at the start. Every role acts at once here: its delay is
the access manager's matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from eth_keys.datatypes import PrivateKey
from eth_utils.crypto import keccak

from node.chain import artifacts
from tests.contracts.anvil_chain import AnvilChain
from tests.contracts.bank import (
    ALLOWED,
    ATTESTOR,
    DELAYS,
    INITIAL_LIMITS,
    ISSUER,
    MINTER,
    NAME,
    RIGHTS,
    SETTLER,
    Bank,
)
from tests.contracts.chain import Contract, Log
from tests.contracts.differential.hearing import Hearing
from tests.contracts.model.engine import Engine
from tests.contracts.model.gate import Gate, Limits
from tests.contracts.model.token import Token
from tests.contracts.model.world import NOBODY, World

ROLES = (
    *("admin", "issuer", "attestor", "compliance", "limits", "guardian", "upgrader", "minter"),
    *("enforcer", "settler", "treasury"),
)
ENGINE_RIGHTS = {"settleNet": SETTLER, "releaseNetHolds": SETTLER}
PARTIES = ("alice", "bob", "carol", "notary", "stranger")
# A wallet that signs by writing (ERC-1271): it accepts a digest under which its storage has a one.
WALLET = "0x60043554631626ba7e60e01b0260005260206000f3"


def key_of(name: str) -> PrivateKey:
    return PrivateKey(keccak(text=name))


def address_of(name: str) -> str:
    return key_of(name).public_key.to_address()


@dataclass
class Setting:
    """`wallet` is a contract; `twofold` has the roles of issuer and attestor."""

    chain: AnvilChain
    chain_id: int
    contracts: dict[str, Contract] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = (*ROLES, *PARTIES, "twofold", "wallet")
        addresses = {name: address_of(name) for name in names}
        self.bank = Bank(self.chain)
        self.people = addresses | {"nobody": NOBODY, "gate": self.bank.gate.address}
        self.chain.ask("anvil_setCode", self.people["wallet"], WALLET)
        self.contracts = {
            "cad": self.bank.token,
            "eur": self.bank.new_token("EUR"),
            "gate": self.bank.gate,
            "engine": self._engine(),
        }
        self.people["engine"] = self.contracts["engine"].address
        for name in ("wallet", "twofold", "gate", "engine"):
            self.chain.fund(self.people[name])
        self._give_rights()
        self.hearing = Hearing(self.contracts)
        self.history = list(self._told())

    def label(self, address: str) -> str:
        (found,) = [name for name, each in self.contracts.items() if each.address == address]
        return found

    def accept(self, hashed: bytes) -> None:
        """Let the wallet accept a digest."""
        one = "0x" + "0" * 63 + "1"
        self.chain.ask("anvil_setStorageAt", self.people["wallet"], "0x" + hashed.hex(), one)

    def world(self) -> World:
        """The model of a bank in which nothing has happened yet."""
        world = World(self.chain_id, now=self.chain.now)
        for role, name in enumerate(ROLES):
            world.members[role] = {self.people[name]}
        world.members[ISSUER].add(self.people["twofold"])
        world.members[ATTESTOR].add(self.people["twofold"])
        world.members[MINTER].add(self.people["gate"])
        cad = Token(world, self.contracts["cad"].address, name=NAME)
        Token(world, self.contracts["eur"].address, name=NAME)
        for name in ("alice", "bob"):
            cad.flags[self.people[name]] = ALLOWED
        Gate(world, self.people["gate"], cad, Limits(*INITIAL_LIMITS))
        Engine(world, self.people["engine"])
        return world

    def _told(self) -> Iterator[tuple[str, str, dict[str, Any], int]]:
        """Every event until now, and when."""
        addresses = [each.address for each in self.contracts.values()]
        logs = self.chain.ask("eth_getLogs", {"fromBlock": "0x0", "address": addresses})
        for each in logs:
            log = Log(each["address"], tuple(each["topics"]), each["data"])
            address, name, args = self.hearing.event(log)
            yield self.label(address), name, args, int(each["blockTimestamp"], 16)

    def _engine(self) -> Contract:
        artifact = artifacts.load("SettlementEngine")
        return self.chain.deploy(artifact, self.bank.access.address, by=self.bank.admin)

    def _give_rights(self) -> None:
        access, admin = self.bank.access, self.bank.admin
        for label, rights in (("eur", RIGHTS["token"]), ("engine", ENGINE_RIGHTS)):
            contract = self.contracts[label]
            for function, role in rights.items():
                arguments = (contract.address, [contract.selector(function)], role)
                access.send("setTargetFunctionRole", *arguments, by=admin)
        for role in DELAYS:
            holder = self.bank.holders[role]
            access.send("revokeRole", role, holder, by=admin)
            access.send("grantRole", role, holder, 0, by=admin)
        for role in (ISSUER, ATTESTOR):
            access.send("grantRole", role, self.people["twofold"], 0, by=admin)
