"""IssuanceGate: what its events move, and the calls we make.

In: events written by hand. Run by pytest.
"""

from typing import Any

import pytest
from eth_abi.abi import decode
from eth_utils.abi import function_signature_to_4byte_selector

from node.bindings import issuance_gate, rulebook
from node.chain.deployments import DeployedContract
from node.core.errors import InvalidAmount
from node.core.money import Money, currency
from node.core.types import Address, BlockNumber, Hash32
from node.events.event import ChainEvent
from node.posting.rule import Movement, NoPosting
from node.posting.rulebook import Proposal
from node.submission.service import Call
from tests.support.ledger_books import ALICE, SUSPENSE
from tests.support.ledger_events import ALICE_ADDRESS, chain_event, issued, redeemed

TERMS = "(address,address,uint256,address,uint64,bytes32)"
GATE = DeployedContract(
    label="EUR.gate",
    contract="IssuanceGate",
    address=Address("0x" + "22" * 20),
    block_number=BlockNumber(1),
    tx_hash=Hash32("0x1"),
    constructor_args=(),
    artifact_hash="",
    currency="EUR",
)
REF = b"\7" * 32
EUR_5 = Money(500, currency("EUR"))
HOLD = (ALICE_ADDRESS, GATE.address, 500, GATE.address, 1_800_000_000, REF)


def movement(event: ChainEvent) -> Movement:
    found = rulebook().propose(event, (event,), None)
    assert isinstance(found, Proposal)
    return found.movement


def arguments(call: Call, signature: str, types: str) -> tuple[Any, ...]:
    """The arguments of a call, read without the node's own codec."""
    data = bytes.fromhex(call.calldata.removeprefix("0x"))
    assert call.target == GATE.address
    assert data[:4] == function_signature_to_4byte_selector(signature)
    return decode(types.split(";"), data[4:])


@pytest.mark.parametrize("event", [issued(0), redeemed(0)])
def test_an_amount_of_zero_moves_nothing(event: ChainEvent) -> None:
    assert isinstance(rulebook().propose(event, (event,), None), NoPosting)


@pytest.mark.parametrize("event", [issued(2**63), redeemed(2**256 - 1)])
def test_an_amount_over_63_bits_is_refused(event: ChainEvent) -> None:
    with pytest.raises(InvalidAmount):
        movement(event)


def test_an_attestation_moves_nothing() -> None:
    event = chain_event("Attested", {"liabilities": "5", "asOf": "1"}, contract="IssuanceGate")
    assert isinstance(rulebook().propose(event, (event,), None), NoPosting)


def test_an_issue_is_owed_to_the_wallet_and_comes_from_where_it_was_announced() -> None:
    found = movement(issued(70))
    assert (found.kind, found.currency, found.amount) == ("ISSUE", "EUR", 70)
    assert (found.debit, found.credit, found.unannounced) == (SUSPENSE, ALICE, SUSPENSE)
    assert found.narrative == "issue of EUR 0.70"


def test_a_redemption_is_no_more_owed_to_the_wallet() -> None:
    found = movement(redeemed(70))
    assert (found.kind, found.currency, found.amount) == ("REDEEM", "EUR", 70)
    assert (found.debit, found.credit) == (ALICE, SUSPENSE)
    assert found.narrative == "redemption of EUR 0.70"


def test_an_issue_is_called_with_sequence_and_reference() -> None:
    call = issuance_gate.issue(GATE, 9, REF, Address(ALICE_ADDRESS), EUR_5)
    signature, types = "issue(uint256,bytes32,address,uint256)", "uint256;bytes32;address;uint256"
    assert arguments(call, signature, types) == (9, REF, ALICE_ADDRESS, 500)


def test_a_redemption_is_called_with_the_terms_of_its_hold() -> None:
    call = issuance_gate.redeem(GATE, 9, REF, HOLD)
    signature = f"redeem(uint256,bytes32,{TERMS})"
    assert arguments(call, signature, f"uint256;bytes32;{TERMS}") == (9, REF, HOLD)


def test_a_redemption_is_cancelled_by_the_terms_of_its_hold() -> None:
    call = issuance_gate.cancel_redemption(GATE, HOLD)
    assert arguments(call, f"cancelRedemption({TERMS})", TERMS) == (HOLD,)


def test_an_attestation_is_called_with_amount_and_time() -> None:
    call = issuance_gate.attest(GATE, EUR_5, 1_800_000_000)
    types = "uint256;uint64"
    assert arguments(call, "attest(uint256,uint64)", types) == (500, 1_800_000_000)
