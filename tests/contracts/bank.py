"""A bank on a chain: one token, its gate, and an account for every role.

In: the committed artifacts. Out: `Bank`, wired as docs/contracts.md says. Used by the tests beside
this file, which know nothing of the node's own deployment engine.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from node.chain import artifacts
from node.chain.artifacts import Artifact
from tests.contracts.chain import Chain, Contract, Receipt

ALLOWED, NO_SEND, NO_RECEIVE, HAS_FROZEN = 1, 2, 4, 8
PAUSE_TRANSFER, PAUSE_SUPPLY, PAUSE_SETTLE, DEACTIVATED = 1, 2, 4, 8
ADMIN, ISSUER, ATTESTOR, COMPLIANCE, LIMITS, GUARDIAN, UPGRADER, MINTER = range(8)
ENFORCER, SETTLER, TREASURY = range(8, 11)
HOUR = 3600
ZERO = "0x" + "0" * 40

NAME, SYMBOL, CURRENCY, DECIMALS = "Canadian dollar deposits", "dCAD", "CAD", 2
CAPACITY, REFILL, MAX_AGE = 1_000_000, 10, 1_000_000
INITIAL_LIMITS = (CAPACITY, REFILL, MAX_AGE)

# The one that asks for a right; the standard's own form never does anything.
FORCED_TRANSFER = "forcedTransfer(address,address,uint256,bytes32,bytes32)"
# Function to role and execution delay, by contract; what is not here is ADMIN's.
RIGHTS = {
    "token": {
        "mint": MINTER,
        "burn": MINTER,
        "setAccountFlags": COMPLIANCE,
        "freeze": COMPLIANCE,
        "setFrozenTokens": COMPLIANCE,
        FORCED_TRANSFER: ENFORCER,
        "pause": GUARDIAN,
        "unpause": ADMIN,
        "deactivate": ADMIN,
        "upgradeToAndCall": UPGRADER,
    },
    "gate": {
        "issue": ISSUER,
        "redeem": ISSUER,
        "cancelRedemption": ISSUER,
        "attest": ATTESTOR,
        "raiseLimits": LIMITS,
        "lowerLimits": GUARDIAN,
    },
}
DELAYS = {UPGRADER: 48 * HOUR, LIMITS: 24 * HOUR, ENFORCER: HOUR}
MOCKS = Path(__file__).parent / "artifacts"


def ref(payment: int, entry: int = 0) -> str:
    """UETR (16 bytes), then ledger entry id (16 bytes)."""
    return f"0x{payment:032x}{entry:032x}"


def mock(name: str) -> Artifact:
    """A contract that only tests use."""
    found = json.loads((MOCKS / f"{name}.json").read_text("utf-8"))
    fields = {name: found[name] for name in Artifact.__slots__ if name in found}
    return Artifact(**fields, hash="")


@dataclass(frozen=True)
class Terms:
    """The terms of a hold, as Solidity orders them."""

    holder: str
    recipient: str
    amount: int
    notary: str
    expiry: int
    ref: str

    @property
    def abi(self) -> tuple[object, ...]:
        return (self.holder, self.recipient, self.amount, self.notary, self.expiry, self.ref)

    def but(self, **changes: object) -> Terms:
        return replace(self, **changes)  # type: ignore[arg-type]


class Bank:
    """Everything deployed; `alice` and `bob` are admitted, `carol` is not."""

    def __init__(self, chain: Chain | None = None) -> None:
        self.chain = chain or Chain(accounts=16)
        # By role number; MINTER here is a key, so that the token is tested without the gate.
        self.holders = self.chain.accounts[:11]
        self.admin, self.issuer, self.attestor, self.compliance = self.holders[:4]
        self.limits, self.guardian, self.upgrader, self.minter = self.holders[4:8]
        self.enforcer, self.settler, self.treasury = self.holders[8:]
        self.alice, self.bob, self.carol, self.notary, self.stranger = self.chain.accounts[11:]
        self.access = self._deploy("BankAccess", self.admin)
        self.code = self._deploy("DepositToken")
        self.token = self.new_token()
        self.gate = self._deploy(
            "IssuanceGate", self.token.address, self.access.address, INITIAL_LIMITS
        )
        self._give_rights()
        for account in (self.alice, self.bob):
            self.token.send("setAccountFlags", account, ALLOWED, by=self.compliance)

    def new_token(self, currency: str = CURRENCY) -> Contract:
        """A proxy on the token's code, initialised and without any right given."""
        args = (NAME, SYMBOL, currency, DECIMALS, self.access.address)
        proxy = self._deploy("ERC1967Proxy", self.code.address, self.code.data("initialize", *args))
        return replace(proxy, artifact=self.code.artifact)

    def contract(self, label: str) -> Contract:
        return {"token": self.token, "gate": self.gate, "access": self.access}[label]

    def mint(self, to: str, amount: int) -> Receipt:
        return self.token.send("mint", to, amount, by=self.minter)

    def attest(self, liabilities: int) -> Receipt:
        return self.gate.send("attest", liabilities, self.chain.now, by=self.attestor)

    def terms(self, amount: int, payment: int = 1) -> Terms:
        """Alice to Bob, decided by the notary, for an hour."""
        expiry = self.chain.now + HOUR
        return Terms(self.alice, self.bob, amount, self.notary, expiry, ref(payment))

    def redemption(self, amount: int, payment: int = 1) -> Terms:
        gate = self.gate.address
        return self.terms(amount, payment).but(recipient=gate, notary=gate)

    def opened(self, terms: Terms) -> str:
        """Open the hold; its id."""
        self.token.send("createHold", terms.abi, by=terms.holder)
        return self.hold_id(terms)

    def hold_id(self, terms: Terms) -> str:
        return "0x" + bytes(self.token.read("holdId", terms.abi)).hex()

    def position(self, account: str) -> tuple[int, int]:
        """Balance and held amount."""
        return self.token.read("balanceOf", account), self.token.read("heldOf", account)

    def _deploy(self, name: str, *args: object) -> Contract:
        return self.chain.deploy(artifacts.load(name), *args, by=self.chain.accounts[0])

    def _give_rights(self) -> None:
        for label, rights in RIGHTS.items():
            contract = self.contract(label)
            for function, role in rights.items():
                selectors = [contract.selector(function)]
                arguments = (contract.address, selectors, role)
                self.access.send("setTargetFunctionRole", *arguments, by=self.admin)
        for role in range(ISSUER, TREASURY + 1):
            grant = (role, self.holders[role], DELAYS.get(role, 0))
            self.access.send("grantRole", *grant, by=self.admin)
        self.access.send("grantRole", MINTER, self.gate.address, 0, by=self.admin)
        for role in DELAYS:
            self.access.send("setRoleGuardian", role, GUARDIAN, by=self.admin)


@dataclass(frozen=True)
class Delayed:
    """A call that must be scheduled and waited for."""

    bank: Bank
    contract: Contract
    by: str
    calldata: str

    @cached_property
    def _call(self) -> tuple[str, str]:
        return self.contract.address, self.calldata

    def schedule(self) -> None:
        self.bank.access.send("schedule", *self._call, 0, by=self.by)

    def cancel(self, by: str) -> None:
        self.bank.access.send("cancel", self.by, *self._call, by=by)

    def execute(self) -> Receipt:
        """Straight at the contract, as its holder would."""
        return self.bank.chain.send(self.by, self.contract.address, self.calldata)
