"""SettlementEngine: how contents and cycles are told to it, and that nothing it says is booked.

In: contents and cycles, made up; words are taken apart by hand. Run by pytest.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from node.bindings import settlement_engine
from node.bindings.settlement_engine import Content, Credit, Cycle, Debit, Leg, Obligation
from node.chain.artifacts import load
from node.chain.codec import decode_call
from node.chain.deployments import DeployedContract
from node.core.types import Address, BlockNumber, ChainId, Hash32
from node.posting.rule import PostingRule
from node.submission.signer import typed_digest

A, B, C = (Address("0x" + digit * 40) for digit in "abc")
TOKEN, OTHER = Address("0x" + "22" * 20), Address("0x" + "11" * 20)
ENGINE = DeployedContract(
    label="engine",
    contract="SettlementEngine",
    address=Address("0x" + "ee" * 20),
    block_number=BlockNumber(1),
    tx_hash=Hash32("0x1"),
    constructor_args=(),
    artifact_hash="",
)
REF = b"\7" * 32
CONTENT = Content((Leg(TOKEN, A, B, 5), Leg(OTHER, B, A, 7)), 1_800_000_000, REF, bytes(32))
CYCLE = Cycle(
    id=REF,
    expiry=1_800_000_000,
    obligations=(
        Obligation(TOKEN, C, A, 9),
        Obligation(TOKEN, A, B, 4),
        Obligation(TOKEN, B, C, 1),
        Obligation(OTHER, A, B, 3),
    ),
    debits=(Debit(TOKEN, C, 20, 8), Debit(OTHER, A, 5, 3)),
    credits=(Credit(TOKEN, A, 5), Credit(TOKEN, B, 3), Credit(OTHER, B, 3)),
)


def told(calldata: str, function: str) -> dict[str, Any]:
    return decode_call(load(settlement_engine.CONTRACT), function, calldata)


def halves(words: list[str], bits: int) -> list[tuple[int, ...]]:
    """Half words as (places of 8 bits…, amount of `bits`), without an empty last one."""
    cut = [int(word) >> shift & (1 << 128) - 1 for word in words for shift in (128, 0)]
    cut = cut[:-1] if cut and not cut[-1] else cut
    places = range(120, bits - 1, -8)
    return [(*(each >> at & 0xFF for at in places), each & (1 << bits) - 1) for each in cut]


def test_a_content_is_told_whole() -> None:
    for call, function in (
        (settlement_engine.instruct(ENGINE, CONTENT), "instruct"),
        (settlement_engine.execute(ENGINE, CONTENT), "execute"),
    ):
        content = told(call.calldata, function)["instruction"]
        assert call.target == ENGINE.address
        assert content["legs"][1] == {"token": OTHER, "from": B, "to": A, "amount": "7"}
        assert (content["deadline"], content["ref"]) == ("1800000000", "0x" + REF.hex())


def test_each_consent_goes_with_its_nonce() -> None:
    call = settlement_engine.settle(ENGINE, CONTENT, [(1, b"\1" * 65), (2, b"\2" * 65)])
    assert [tuple(each.values()) for each in told(call.calldata, "settle")["affirmations"]] == [
        ("1", "0x" + "01" * 65),
        ("2", "0x" + "02" * 65),
    ]


def test_an_id_is_of_one_content_engine_and_chain() -> None:
    other = Content(CONTENT.legs, CONTENT.deadline, REF, b"\1" * 32)
    elsewhere = replace(ENGINE, address=Address("0x" + "ef" * 20))
    ids = [
        typed_digest(settlement_engine.typed(engine, ChainId(chain), content))
        for engine, chain, content in (
            (ENGINE, 1, CONTENT),
            (ENGINE, 1, other),
            (ENGINE, 2, CONTENT),
            (elsewhere, 1, CONTENT),
        )
    ]
    assert len(set(ids)) == 4
    assert ids[0] == typed_digest(settlement_engine.typed(ENGINE, ChainId(1), CONTENT))


def test_a_cycle_names_parties_by_their_places() -> None:
    cycle = told(settlement_engine.settle_net(ENGINE, CYCLE).calldata, "settleNet")["cycle"]
    assert cycle["parties"] == [A, B, C]
    assert [each["token"] for each in cycle["sections"]] == [OTHER, TOKEN]
    small, large = cycle["sections"]
    assert halves(small["obligations"], 112) == [(0, 1, 3)]
    assert halves(large["obligations"], 112) == [(2, 0, 9), (0, 1, 4), (1, 2, 1)]
    assert halves(large["credits"], 120) == [(0, 5), (1, 3)]
    (debit,) = map(int, large["debits"])
    assert (debit >> 248, debit >> 128 & (1 << 120) - 1, debit & (1 << 128) - 1) == (2, 20, 8)


def test_holds_of_a_cycle_are_given_back_together() -> None:
    terms = (A, ENGINE.address, 5, ENGINE.address, 9, REF)
    call = settlement_engine.release_net_holds(ENGINE, TOKEN, [terms])
    args = told(call.calldata, "releaseNetHolds")
    assert args["token"] == TOKEN
    assert [each["holder"] for each in args["holds"]] == [A]


@pytest.mark.parametrize("rule", settlement_engine.RULES, ids=lambda rule: rule.event)
def test_what_the_engine_says_moves_nothing(rule: PostingRule) -> None:
    assert rule.name == f"none.{rule.event}"
