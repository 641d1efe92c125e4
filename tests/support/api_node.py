"""A node behind the HTTP API: real settlement and import over a database, a chain that is made up.

In: the URL of a migrated database. Out: `ApiNode`, whose application a test calls, and callers of
every role. Used by tests of the API; nothing is sent to a chain, so none is needed.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from node.api.app import create_api
from node.api.auth import issue_token
from node.bank.importer import Received, receive
from node.chain.deployments import DeployedContract, Deployment, checksummed
from node.control.limits import Limits
from node.control.roles import Role
from node.core.types import BlockNumber, ChainId, Hash32
from node.services import Services
from node.settlement.desk import Desk
from node.settlement.onboarding import Onboarding
from node.settlement.service import SettlementService
from tests.support.bank_messages import NUMBER
from tests.support.clock import NOW
from tests.support.console_day import CHAIN, SECRET, Node

ALICE, BOB, CAROL = ("0x" + digit * 40 for digit in "abc")
NOBODY = "0x" + "9" * 40
AMOUNT_MAX = "1000000"


def _contract(label: str, kind: str, number: int, currency: str = "") -> DeployedContract:
    return DeployedContract(
        label=label,
        contract=kind,
        address=checksummed(f"0x{number:040x}"),
        block_number=BlockNumber(1),
        tx_hash=Hash32("0x" + "1f" * 32),
        constructor_args=(),
        artifact_hash="ab" * 32,
        currency=currency,
    )


DEPLOYMENT = Deployment(
    chain_id=ChainId(CHAIN),
    contracts=(
        _contract("access", "BankAccess", 0xC0),
        _contract("CAD.token", "DepositToken", 0xC1, "CAD"),
        _contract("CAD.gate", "IssuanceGate", 0xC2, "CAD"),
    ),
)
DESK = Desk(
    deployment=DEPLOYMENT,
    issuer=checksummed(f"0x{0xD1:040x}"),
    attestor=checksummed(f"0x{0xD2:040x}"),
    compliance=checksummed(f"0x{0xD3:040x}"),
    funder=checksummed(f"0x{0xD4:040x}"),
    settler=checksummed(f"0x{0xD5:040x}"),
)


@dataclass
class ApiNode(Node):
    """The node of a partner bank's tests; one bank account, three customers."""

    def services(self) -> Services:
        """What the API is given."""
        settlement = SettlementService(
            engine=self.engine, clock=self.clock, desk=DESK, limits=Limits(AMOUNT_MAX)
        )
        onboarding = Onboarding(engine=self.engine, clock=self.clock, desk=DESK)
        return replace(
            super().services(),
            settlement=settlement,
            onboarding=onboarding,
            receive_file=self._receive,
        )

    def app(self) -> FastAPI:
        """The API over this node."""
        return create_api(self.services())

    def onboard(self) -> None:
        """Let the bank know its correspondent and customers; Carol keeps her own key."""
        desk = self.services().onboarding
        desk.correspondent("CAD", NUMBER, "Royal Bank", by="test")
        for name, address in (("Alice", ALICE), ("Bob", BOB), ("Carol", CAROL)):
            custodial = name != "Carol"
            desk.customer(name, address, currencies=["CAD"], custodial=custodial, by="test")

    def client(self, role: Role | None = None, **more: Any) -> TestClient:  # noqa: ANN401
        """Somebody with a token of a role; nobody in particular without one."""
        headers = {} if role is None else bearer(token(role))
        app = self.app()
        return TestClient(app, raise_server_exceptions=False, headers=headers, **more)

    def _receive(self, content: bytes, name: str, received_by: str) -> Received:
        return receive(self.engine, content, name, received_by=received_by, clock=self.clock)


def token(role: Role, subject: str = "") -> str:
    """A good token of a role."""
    return issue_token(subject or f"bank-{role}", role, SECRET, NOW).text


def bearer(text: str) -> dict[str, str]:
    """The header that carries a token."""
    return {"Authorization": f"Bearer {text}"}


def key(text: str = "") -> dict[str, str]:
    """The header that names a call; a new name when none is given."""
    return {"Idempotency-Key": text or str(uuid.uuid4())}


def issue_order(**changed: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON, right or wrong
    """A sound issue to Alice, to be bent by the test that needs it."""
    order = {
        "amount": {"amount": "100.25", "currency": "CAD"},
        "uetr": str(uuid.uuid4()),
        "creditor_wallet": ALICE,
        "nostro": NUMBER,
    }
    return order | changed


def redeem_order(**changed: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON, right or wrong
    """A sound redemption by Alice."""
    order = issue_order()
    del order["creditor_wallet"]
    return order | {"debtor_wallet": ALICE} | changed


def transfer_order(**changed: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON, right or wrong
    """A sound transfer from Alice to Bob."""
    order = issue_order(creditor_wallet=BOB, debtor_wallet=ALICE)
    del order["nostro"]
    return order | changed
