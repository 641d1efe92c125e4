"""The node's own signing policy: what it does is covered, what it never does is not."""

from __future__ import annotations

import pytest

from node.bindings import deposit_token, issuance_gate
from node.core.money import Money, currency
from node.core.types import Address, ChainId
from node.settlement.signing import own_policy
from node.submission.policy import NotPermitted
from node.submission.service import Call
from node.submission.signer import UnsignedTx
from tests.support.chain_bank import deployment, desk
from tests.support.chain_keys import address

DEPLOYMENT = deployment()
TOKEN, GATE = DEPLOYMENT.token("CAD"), DEPLOYMENT.gate("CAD")
CAD = Money(100, currency("CAD"))
ISSUE = issuance_gate.attest(GATE, CAD, 1)
ADMIT = deposit_token.set_account_flags(TOKEN, address("bob"), deposit_token.ALLOWED)
PAY = deposit_token.transfer_with_ref(TOKEN, address("bob"), CAD, bytes([0x11]) * 32)


def checked(signer: str, call: Call) -> None:
    tx = UnsignedTx(ChainId(1), 0, call.target, call.calldata, call.value, 100_000, 10**9, 1)
    own_policy(desk(DEPLOYMENT)).check(address(signer), tx)


@pytest.mark.parametrize(
    ("signer", "call"),
    [
        ("issuer", ISSUE),
        ("alice", ADMIT),
        ("compliance", deposit_token.transfer(TOKEN, address("bob"), CAD)),
        ("alice", Call(address("bob"), "0x", 1)),
        ("funder", Call(address("bob"), "0x", 10**18 + 1)),
        ("funder", Call(Address(TOKEN.address), "0xdeadbeef", 0)),
    ],
    ids=["another's role", "no role", "no such use", "no funder", "too much", "no function"],
)
def test_what_the_node_never_does_is_not_signed(signer: str, call: Call) -> None:
    with pytest.raises(NotPermitted):
        checked(signer, call)


@pytest.mark.parametrize(
    ("signer", "call"),
    [
        ("attestor", ISSUE),
        ("compliance", ADMIT),
        ("alice", PAY),
        ("funder", Call(address("bob"), "0x", 10**18)),
    ],
)
def test_what_the_node_does_is_signed(signer: str, call: Call) -> None:
    checked(signer, call)
