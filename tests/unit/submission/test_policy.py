"""What each key may sign: deny by default."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from node.core.types import ChainId
from node.submission.policy import (
    NotPermitted,
    PolicedSigner,
    PolicyRefused,
    SigningPolicy,
    read_policy,
)
from node.submission.signer import Domain, TypedData, UnsignedTx
from tests.support.chain_keys import MemorySigner, address

ALICE, BOB, TOKEN = address("alice"), address("bob"), address("carol")
CALL = "0xa9059cbb" + "00" * 64  # transfer(address,uint256)
TX = UnsignedTx(ChainId(1), 0, TOKEN, CALL, 0, 100_000, 10**9, 1)
TYPED = TypedData(
    Domain("T", "1", ChainId(1), TOKEN), "Word", {"Word": [("it", "string")]}, {"it": "yes"}
)
TEXT = f"""
[[rule]]
signer = "{ALICE}"
to = "{TOKEN}"
functions = ["transfer(address,uint256)"]
fee_wei_max = "100000000000000"
typed = true
"""


@pytest.fixture
def policy(tmp_path: Path) -> SigningPolicy:
    path = tmp_path / "policy.toml"
    path.write_text(TEXT)
    return read_policy(path)


@pytest.mark.parametrize(
    "tx",
    [
        replace(TX, to=BOB),
        replace(TX, to=None),
        replace(TX, data="0x"),
        replace(TX, data="0x095ea7b3" + "00" * 64),
        replace(TX, value=1),
        replace(TX, fee_wei_max=10**9 + 1),
        replace(TX, gas=100_001),
        replace(TX, to=ALICE, data="0x", value=1),
    ],
    ids=["contract", "creation", "no call", "function", "value", "fee", "gas", "not empty"],
)
def test_what_no_rule_covers_is_not_signed(policy: SigningPolicy, tx: UnsignedTx) -> None:
    keys = MemorySigner("alice", "bob")
    with pytest.raises(NotPermitted) as refused:
        PolicedSigner(keys, policy).sign(ALICE, tx)
    assert "CONCORD_SIGNING_POLICY" in refused.value.remedy
    assert keys.signed == []


def test_a_rule_of_one_key_is_no_rule_of_another(policy: SigningPolicy) -> None:
    keys = PolicedSigner(MemorySigner("alice", "bob"), policy)
    with pytest.raises(NotPermitted):
        keys.sign(BOB, TX)
    with pytest.raises(NotPermitted):
        keys.sign_typed(BOB, TYPED)
    with pytest.raises(NotPermitted):
        keys.sign_typed(ALICE, replace(TYPED, domain=replace(TYPED.domain, contract=BOB)))


def test_without_rules_nothing_is_signed() -> None:
    with pytest.raises(NotPermitted):
        PolicedSigner(MemorySigner("alice"), SigningPolicy()).sign(ALICE, TX)


@pytest.mark.parametrize(
    "text",
    [
        "rule = 5",
        "[[rules]]",
        "[[rule]]\nsigner = '*'",
        TEXT + 'colour = "red"',
        TEXT.replace(ALICE, "alice"),
        TEXT.replace('["transfer(address,uint256)"]', '"transfer(address,uint256)"'),
        TEXT.replace('"100000000000000"', '"much"'),
    ],
)
def test_a_file_that_is_no_policy(tmp_path: Path, text: str) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(text)
    with pytest.raises(PolicyRefused):
        read_policy(path)
    with pytest.raises(PolicyRefused):
        read_policy(tmp_path / "nothing")


def test_what_a_rule_covers_is_signed(policy: SigningPolicy) -> None:
    keys = PolicedSigner(MemorySigner("alice"), policy)
    assert keys.sign(ALICE, TX) == MemorySigner("alice").sign(ALICE, TX)
    assert keys.sign_typed(ALICE, TYPED)
    empty = replace(TX, to=ALICE, data="0x")  # to cancel with
    assert keys.sign(ALICE, empty) == MemorySigner("alice").sign(ALICE, empty)
