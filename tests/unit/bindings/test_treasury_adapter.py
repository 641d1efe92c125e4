"""TreasuryAdapter: how orders are told to it, and that nothing it says is booked.

In: orders, made up. Run by pytest.
"""

from __future__ import annotations

from typing import Any

import pytest

from node.bindings import treasury_adapter
from node.bindings.treasury_adapter import ALL, Exit, Order
from node.chain.artifacts import load
from node.chain.codec import decode_call
from node.chain.deployments import DeployedContract
from node.core.types import Address, BlockNumber, Hash32
from node.posting.rule import NoPosting, PostingRule
from node.submission.service import Call
from tests.support.ledger_events import chain_event

VENUE, ASSET = Address("0x" + "11" * 20), Address("0x" + "22" * 20)
REF = b"\7" * 32
ADAPTER = DeployedContract(
    label="treasury",
    contract=treasury_adapter.CONTRACT,
    address=Address("0x" + "ee" * 20),
    block_number=BlockNumber(1),
    tx_hash=Hash32("0x1"),
    constructor_args=(),
    artifact_hash="",
)
ORDER = Order(ASSET, 5, 4, 1_800_000_000)


def told(call: Call, function: str) -> list[Any]:
    assert call.target == ADAPTER.address
    return list(decode_call(load(treasury_adapter.CONTRACT), function, call.calldata).values())


@pytest.mark.parametrize(
    ("call", "function", "arguments"),
    [
        (treasury_adapter.deposit(ADAPTER, VENUE, 9, 8, REF), "deposit", [VENUE, 9, 8, REF]),
        (
            treasury_adapter.withdraw(ADAPTER, VENUE, Exit(9, 8, 7), REF),
            "withdraw",
            [VENUE, 9, 8, 7, REF],
        ),
        (
            treasury_adapter.withdraw(ADAPTER, VENUE, Exit(), REF),
            "withdraw",
            [VENUE, ALL, 0, ALL, REF],
        ),
        (
            treasury_adapter.swap(ADAPTER, VENUE, ORDER, REF),
            "swap",
            [VENUE, ASSET, 5, 4, 1_800_000_000, REF],
        ),
        (treasury_adapter.sweep(ADAPTER, ASSET, REF), "sweep", [ASSET, REF]),
        (treasury_adapter.lower_cap(ADAPTER, VENUE, 0), "lowerCap", [VENUE, 0]),
        (treasury_adapter.close_venue(ADAPTER, VENUE), "closeVenue", [VENUE]),
        (treasury_adapter.pause(ADAPTER), "pause", []),
    ],
)
def test_an_order_is_told_as_the_contract_takes_it(
    call: Call, function: str, arguments: list[object]
) -> None:
    plain = ["0x" + each.hex() if isinstance(each, bytes) else str(each) for each in arguments]
    assert [str(each) for each in told(call, function)] == plain


@pytest.mark.parametrize("rule", treasury_adapter.RULES, ids=lambda rule: rule.event)
def test_nothing_it_says_is_booked(rule: PostingRule) -> None:
    event = chain_event(rule.event, {}, contract=rule.contract)
    decided = rule.propose(event, (event,))
    assert isinstance(decided, NoPosting)
    assert decided.reason
