"""DepositToken: which Transfer stands alone, what each event moves, and the calls we make.

In: events of one receipt, written by hand. Run by pytest.
"""

from dataclasses import replace
from typing import Any

import pytest
from eth_abi.abi import decode
from eth_utils.abi import function_signature_to_4byte_selector

from node.bindings import deposit_token, rulebook
from node.bindings.deposit_token import HoldTerms, pairs
from node.chain.deployments import DeployedContract
from node.core.errors import InvalidAmount
from node.core.money import Money, currency
from node.core.types import Address, BlockNumber, Hash32
from node.events.event import ChainEvent
from node.posting.rule import NoPosting
from node.posting.rulebook import Proposal
from node.submission.service import Call
from tests.support.ledger_books import ALICE, BOB, SUSPENSE
from tests.support.ledger_events import (
    ALICE_ADDRESS,
    BOB_ADDRESS,
    NOBODY,
    chain_event,
    issued,
    redeemed,
    transfer,
    transfer_ref,
)

TERMS = "(address,address,uint256,address,uint64,bytes32)"
TOKEN = DeployedContract(
    label="EUR.token",
    contract="DepositToken",
    address=Address("0x" + "11" * 20),
    block_number=BlockNumber(1),
    tx_hash=Hash32("0x1"),
    constructor_args=(),
    artifact_hash="",
    currency="EUR",
)
EUR_5 = Money(500, currency("EUR"))


def minted(amount: int = 100, log_index: int = 0) -> ChainEvent:
    return transfer(amount, payer=NOBODY, payee=ALICE_ADDRESS, log_index=log_index)


def proposed(event: ChainEvent, *receipt: ChainEvent) -> Proposal | NoPosting:
    return rulebook().propose(event, receipt or (event,), None)


def moved(event: ChainEvent) -> tuple[str, str, int]:
    found = proposed(event)
    assert isinstance(found, Proposal)
    return found.debit, found.credit, found.movement.amount


def arguments(call: Call, signature: str, types: str) -> tuple[Any, ...]:
    """The arguments of a call, read without the node's own codec."""
    data = bytes.fromhex(call.calldata.removeprefix("0x"))
    assert call.target == TOKEN.address
    assert data[:4] == function_signature_to_4byte_selector(signature)
    return decode(types.split(";"), data[4:])


@pytest.mark.parametrize(
    "reason",
    [
        issued(99, log_index=1),
        issued(100, to=BOB_ADDRESS, log_index=1),
        issued(100, currency="JPY", log_index=1),
        redeemed(100, log_index=1),
        transfer_ref(100, log_index=1),
        replace(issued(100, log_index=1), name="Attested"),
    ],
    ids=["amount", "wallet", "currency", "redemption", "transfer", "no-reason"],
)
def test_a_reason_for_another_movement_accompanies_nothing(reason: ChainEvent) -> None:
    event = minted()
    assert not pairs(event, (event, reason))


def test_a_transfer_alone_in_its_receipt_stands_alone() -> None:
    assert not pairs(transfer(), (transfer(),))


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (minted(), issued(log_index=1)),
        (transfer(payee=NOBODY), redeemed(log_index=1)),
        (transfer(), transfer_ref(log_index=1)),
        (transfer(log_index=5), transfer_ref(log_index=1)),
    ],
    ids=["issue", "redemption", "reference", "reason-first"],
)
def test_a_transfer_beside_its_reason_only_accompanies_it(
    event: ChainEvent, reason: ChainEvent
) -> None:
    assert pairs(event, (event, reason))
    assert isinstance(proposed(event, event, reason), NoPosting)
    assert isinstance(proposed(reason, event, reason), Proposal)


def test_of_three_equal_transfers_and_two_reasons_the_third_stands_alone() -> None:
    equal = [transfer(log_index=index) for index in (0, 2, 4)]
    receipt = (*equal, transfer_ref(log_index=1), transfer_ref(log_index=3))
    assert [pairs(each, receipt) for each in equal] == [True, True, False]


def test_the_order_in_which_a_receipt_is_given_changes_nothing() -> None:
    equal = [transfer(log_index=index) for index in (0, 2, 4)]
    receipt = (*reversed(equal), transfer_ref(log_index=1))
    assert [pairs(each, receipt) for each in equal] == [True, False, False]


def test_equal_amounts_between_others_are_not_counted() -> None:
    ours, theirs = transfer(log_index=2), transfer(payer=BOB_ADDRESS, payee=ALICE_ADDRESS)
    assert pairs(ours, (theirs, ours, transfer_ref(log_index=3)))


def test_the_same_amount_of_another_token_is_not_counted() -> None:
    yen, euro = transfer(currency="JPY"), transfer(log_index=1)
    receipt = (yen, euro, transfer_ref(log_index=2))
    assert [pairs(each, receipt) for each in (yen, euro)] == [False, True]


ENGINE, CYCLE = "0x" + "ee" * 20, "0x" + "c1" * 32


def netted(token: str = "0x" + "01" * 20, log_index: int = 9) -> ChainEvent:
    """The engine says that a cycle is settled in a token."""
    args = {"cycle": CYCLE, "token": token, "grossHash": "0x", "debits": "1", "credits": "1"}
    said = chain_event("NetSettled", args, contract="SettlementEngine", log_index=log_index)
    return replace(said, address=Address(ENGINE), currency="")


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (transfer(payee=ENGINE), netted(token="0x" + "02" * 20)),
        (transfer(), netted()),
        (transfer(payee=ENGINE, log_index=12), netted()),
    ],
    ids=["another token", "past the engine", "after the cycle"],
)
def test_what_a_cycle_does_not_cover_is_a_movement_of_its_own(
    event: ChainEvent, said: ChainEvent
) -> None:
    found = proposed(event, event, said)
    assert isinstance(found, Proposal)
    assert (found.movement.kind, found.movement.ref) == ("MOVE", "")


@pytest.mark.parametrize("event", [transfer(payee=ENGINE), transfer(payer=ENGINE)])
def test_each_movement_of_a_cycle_was_announced_under_it(event: ChainEvent) -> None:
    found = proposed(event, event, netted())
    assert isinstance(found, Proposal)
    assert (found.movement.kind, found.movement.ref) == ("TRANSFER", CYCLE)


def enforced(log_index: int, token: str = "0x" + "01" * 20) -> ChainEvent:
    """The token says under which reference it was forced."""
    args = {"ref": CYCLE, "legalBasis": "0x" + "1e" * 32}
    return replace(chain_event("Enforced", args, log_index=log_index), address=Address(token))


@pytest.mark.parametrize(
    "said",
    [enforced(6), enforced(4), enforced(3), enforced(5, token="0x" + "02" * 20)],
    ids=["later", "itself", "before", "another token"],
)
def test_an_order_is_for_the_transfer_right_before_it(said: ChainEvent) -> None:
    event = transfer(log_index=4)
    found = proposed(event, event, said)
    assert isinstance(found, Proposal)
    assert (found.movement.kind, found.movement.ref) == ("MOVE", "")


def test_a_forced_transfer_is_booked_under_its_order() -> None:
    event = transfer(70, log_index=4)
    found = proposed(event, event, enforced(5))
    assert isinstance(found, Proposal)
    assert (found.debit, found.credit) == (ALICE.code, BOB.code)
    assert (found.movement.kind, found.movement.ref) == ("TRANSFER", CYCLE)
    assert found.movement.narrative.startswith("forced transfer of ")


def test_a_transfer_moves_from_payer_to_payee() -> None:
    assert moved(transfer(70)) == (ALICE.code, BOB.code, 70)
    assert moved(transfer_ref(70)) == (ALICE.code, BOB.code, 70)


def test_a_mint_without_reason_comes_out_of_suspense() -> None:
    assert moved(minted(70)) == (SUSPENSE.code, ALICE.code, 70)


def test_a_burn_without_reason_goes_into_suspense() -> None:
    assert moved(transfer(70, payee=NOBODY)) == (ALICE.code, SUSPENSE.code, 70)


def test_a_transfer_to_oneself_moves_the_wallet_on_both_sides() -> None:
    assert moved(transfer(70, payee=ALICE_ADDRESS)) == (ALICE.code, ALICE.code, 70)


@pytest.mark.parametrize("event", [transfer(0), transfer_ref(0), minted(0)])
def test_a_transfer_of_nothing_moves_nothing(event: ChainEvent) -> None:
    assert isinstance(proposed(event), NoPosting)


@pytest.mark.parametrize("event", [transfer(2**63), transfer_ref(2**256 - 1)])
def test_an_amount_over_63_bits_is_refused(event: ChainEvent) -> None:
    with pytest.raises(InvalidAmount):
        proposed(event)


def test_a_referenced_payment_is_called_with_its_reference() -> None:
    call = deposit_token.transfer_with_ref(TOKEN, Address(BOB_ADDRESS), EUR_5, b"\7" * 32)
    signature = "transferWithRef(address,uint256,bytes32)"
    assert arguments(call, signature, "address;uint256;bytes32") == (BOB_ADDRESS, 500, b"\7" * 32)


def test_a_plain_payment_is_called_without() -> None:
    call = deposit_token.transfer(TOKEN, Address(BOB_ADDRESS), EUR_5)
    assert arguments(call, "transfer(address,uint256)", "address;uint256") == (BOB_ADDRESS, 500)


def test_a_hold_is_called_with_all_its_terms() -> None:
    holder, recipient, notary = (Address(f"0x{digit * 40}") for digit in "123")
    terms = HoldTerms(holder, recipient, 500, notary, 1_800_000_000, b"\7" * 32)
    call = deposit_token.create_hold(TOKEN, terms)
    assert arguments(call, f"createHold({TERMS})", TERMS) == (
        (holder, recipient, 500, notary, 1_800_000_000, b"\7" * 32),
    )


def test_flags_and_freezes_are_called_with_their_bits() -> None:
    allowed = deposit_token.set_account_flags(TOKEN, Address(BOB_ADDRESS), deposit_token.ALLOWED)
    frozen = deposit_token.freeze(TOKEN, Address(BOB_ADDRESS), deposit_token.NO_SEND)
    assert arguments(allowed, "setAccountFlags(address,uint32)", "address;uint32") == (
        BOB_ADDRESS,
        1,
    )
    assert arguments(frozen, "freeze(address,uint32)", "address;uint32") == (BOB_ADDRESS, 2)


def test_the_supply_is_asked_without_arguments() -> None:
    call = deposit_token.total_supply(TOKEN)
    assert call.calldata == "0x18160ddd"


def test_the_terms_of_a_hold_are_read_back_from_its_call() -> None:
    holder, recipient, notary = (Address(f"0x{digit * 40}") for digit in "123")
    terms = HoldTerms(holder, recipient, 500, notary, 1_800_000_000, b"\7" * 32)
    assert HoldTerms.of_call(deposit_token.create_hold(TOKEN, terms).calldata) == terms


def test_a_hold_is_let_go_of_under_the_same_terms() -> None:
    holder, recipient, notary = (Address(f"0x{digit * 40}") for digit in "123")
    terms = HoldTerms(holder, recipient, 500, notary, 1_800_000_000, b"\7" * 32)
    call = deposit_token.release_hold(TOKEN.address, terms)
    assert arguments(call, f"releaseHold({TERMS})", TERMS) == (
        (holder, recipient, 500, notary, 1_800_000_000, b"\7" * 32),
    )
