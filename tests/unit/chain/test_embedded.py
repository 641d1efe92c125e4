"""The embedded chain as its users see it: what it takes, refuses, holds back and takes back."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from itertools import pairwise

import pytest

from node.chain.codec import decode_error
from node.chain.embedded import EmbeddedChain
from node.chain.rpc import (
    AlreadyKnown,
    BlockUnknown,
    CallReverted,
    InsufficientFunds,
    NonceTooLow,
    Rpc,
    RpcUnavailable,
    SendRefused,
    Underpriced,
)
from node.core.types import Address
from tests.support.chain_keys import MemorySigner, account, address, signed
from tests.support.chain_sending import send, unsigned

ALICE, BOB = address("alice"), address("bob")
KEYS = MemorySigner("alice", "bob")


@pytest.fixture
def rpc(chain: EmbeddedChain) -> Rpc:
    """Give the door to the chain."""
    return chain.rpc()


def raw(rpc: Rpc, **changed: object) -> bytes:
    """One wei from alice to bob, signed."""
    made = replace(unsigned(rpc, ALICE, to=BOB, value=1), **changed)  # type: ignore[arg-type]
    return signed(account("alice"), made).raw


# --------------------------------------------------------------------------------------- refusals


def test_a_nonce_that_was_used(rpc: Rpc) -> None:
    send(rpc, KEYS, ALICE, to=BOB, value=1)
    with pytest.raises(NonceTooLow):
        rpc.send_raw(raw(rpc, nonce=0))


def test_a_nonce_that_leaves_a_gap(rpc: Rpc) -> None:
    with pytest.raises(SendRefused, match="nonce too high"):
        rpc.send_raw(raw(rpc, nonce=1))


def test_bytes_that_wait_already(chain: EmbeddedChain, rpc: Rpc) -> None:
    chain.pause()
    twice = raw(rpc)
    rpc.send_raw(twice)
    with pytest.raises(AlreadyKnown):
        rpc.send_raw(twice)


def test_another_transaction_for_a_nonce_that_waits(chain: EmbeddedChain, rpc: Rpc) -> None:
    chain.pause()
    rpc.send_raw(raw(rpc, nonce=0))
    with pytest.raises(Underpriced, match="replacement"):
        rpc.send_raw(raw(rpc, nonce=0, value=2))


def test_an_account_that_cannot_pay(rpc: Rpc) -> None:
    made = unsigned(rpc, BOB, to=ALICE, value=1)
    with pytest.raises(InsufficientFunds):
        rpc.send_raw(signed(account("bob"), made).raw)


def test_more_value_than_the_account_holds(rpc: Rpc) -> None:
    with pytest.raises(InsufficientFunds):
        rpc.send_raw(raw(rpc, value=rpc.balance(ALICE)))


def test_a_fee_below_the_base_fee(chain: EmbeddedChain, rpc: Rpc) -> None:
    height = chain.height
    with pytest.raises(Underpriced):
        rpc.send_raw(raw(rpc, fee_wei_max=1, tip_wei_max=1))
    assert chain.height == height


@pytest.mark.parametrize("gas", [20_999, 30_000_001])
def test_gas_that_no_block_can_take(rpc: Rpc, gas: int) -> None:
    with pytest.raises(SendRefused):
        rpc.send_raw(raw(rpc, gas=gas))


def test_a_transaction_for_another_chain(rpc: Rpc) -> None:
    with pytest.raises(SendRefused):
        rpc.send_raw(raw(rpc, chain_id=1))


@pytest.mark.parametrize("garbage", [b"", b"\x00", b"\x02", b"\x02\xc0", b"\xff" * 40, b"hello"])
def test_bytes_that_are_no_transaction(chain: EmbeddedChain, rpc: Rpc, garbage: bytes) -> None:
    height = chain.height
    with pytest.raises(SendRefused):
        rpc.send_raw(garbage)
    assert chain.height == height


def test_a_signature_that_was_tampered_with(rpc: Rpc) -> None:
    good = raw(rpc)
    with pytest.raises(SendRefused):
        rpc.send_raw(good[:-32] + b"\x00" * 32)


def test_a_method_that_is_not_there(chain: EmbeddedChain) -> None:
    for method in ("eth_mine", "net_version", "eth__head"):
        assert chain.answer(method, [])["error"]["code"] == -32601


def test_a_block_that_is_not_yet_there(rpc: Rpc, chain: EmbeddedChain) -> None:
    with pytest.raises(RpcUnavailable):
        rpc.call(BOB, "0x", block=99)
    with pytest.raises(BlockUnknown):
        rpc.logs_of_block("0x" + "11" * 32, [BOB])
    assert chain.answer("eth_getBlockByNumber", [hex(99), False])["result"] is None


@pytest.mark.parametrize("depth", [-1, 0, 4])
def test_a_reorg_that_cannot_be(chain: EmbeddedChain, depth: int) -> None:
    head = chain.rpc().block("latest")
    with pytest.raises(ValueError, match="blocks"):
        chain.reorg(depth)
    assert chain.rpc().block("latest") == head


# ------------------------------------------------------------------------------------- what it does


def test_each_transaction_has_a_block_of_its_own(chain: EmbeddedChain, rpc: Rpc) -> None:
    hashes = [send(rpc, KEYS, ALICE, to=BOB, value=1) for _ in range(3)]
    receipts = [rpc.receipt(each) for each in hashes]
    assert [each.block_number for each in receipts if each] == [4, 5, 6]
    assert chain.height == 6
    assert rpc.balance(BOB) == 3


def test_time_and_parents_go_up(rpc: Rpc, chain: EmbeddedChain) -> None:
    chain.mine(4)
    blocks = [rpc.block(number) for number in range(chain.height + 1)]
    for parent, child in pairwise(blocks):
        assert child.parent_hash == parent.hash
        assert child.timestamp > parent.timestamp
    assert rpc.block("earliest") == blocks[0]
    assert rpc.block_by_hash(blocks[2].hash) == blocks[2]


def test_what_is_sent_to_a_paused_chain_waits(chain: EmbeddedChain, rpc: Rpc) -> None:
    chain.pause()
    hashes = [send(rpc, KEYS, ALICE, to=BOB, value=1) for _ in range(3)]
    assert chain.height == 3
    assert (rpc.nonce(ALICE), rpc.nonce(ALICE, pending=True)) == (0, 3)
    assert [rpc.receipt(each) for each in hashes] == [None] * 3
    chain.resume()
    assert {each.block_number for each in map(rpc.receipt, hashes) if each} == {4}
    assert rpc.nonce(ALICE) == 3
    send(rpc, KEYS, ALICE, to=BOB, value=1)
    assert chain.height == 5


def test_mining_takes_what_waits_once(chain: EmbeddedChain, rpc: Rpc) -> None:
    chain.pause()
    send(rpc, KEYS, ALICE, to=BOB, value=1)
    chain.mine(2)
    assert (chain.height, rpc.balance(BOB)) == (5, 1)
    chain.resume()
    assert (chain.height, rpc.balance(BOB)) == (5, 1)


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_reorg_takes_back_what_was_mined(chain: EmbeddedChain, rpc: Rpc, depth: int) -> None:
    signed_bytes = [raw(rpc, nonce=nonce) for nonce in range(3)]
    hashes = [rpc.send_raw(each) for each in signed_bytes]
    before = [rpc.block(number) for number in range(chain.height + 1)]
    chain.reorg(depth)
    kept = 3 - depth
    assert chain.height == len(before)  # as many again, and one more
    assert rpc.block(3 + kept) == before[3 + kept]
    for gone in before[4 + kept :]:
        assert rpc.block(gone.number).hash != gone.hash
        assert rpc.block_by_hash(gone.hash) is None
    assert [rpc.receipt(each) is not None for each in hashes] == [True] * kept + [False] * depth
    assert (rpc.nonce(ALICE), rpc.balance(BOB)) == (kept, kept)
    for again in signed_bytes[kept:]:
        rpc.send_raw(again)
    assert (rpc.nonce(ALICE), rpc.balance(BOB)) == (3, 3)
    assert all(rpc.receipt(each) for each in hashes)


def test_what_does_not_fit_a_block_waits_for_the_next(chain: EmbeddedChain, rpc: Rpc) -> None:
    chain.pause()
    hashes = [rpc.send_raw(raw(rpc, nonce=nonce, gas=29_990_000)) for nonce in range(2)]
    chain.mine(2)
    receipts = [rpc.receipt(each) for each in hashes]
    assert [each.block_number for each in receipts if each] == [4, 5]


def test_a_reorg_forgets_what_waits(chain: EmbeddedChain, rpc: Rpc) -> None:
    chain.pause()
    sent = send(rpc, KEYS, ALICE, to=BOB, value=1)
    chain.reorg(1)
    chain.resume()
    assert rpc.receipt(sent) is None
    assert rpc.nonce(ALICE, pending=True) == 0


def test_the_heart_beats_until_all_is_final(chain: EmbeddedChain, rpc: Rpc) -> None:
    chain.heartbeat()
    assert chain.height == 3
    send(rpc, KEYS, ALICE, to=BOB, value=1)
    for _ in range(10):
        chain.heartbeat()
    assert chain.height == 4 + 4
    chain.pause()
    send(rpc, KEYS, ALICE, to=BOB, value=1)
    chain.heartbeat()
    assert chain.height == 8


def test_a_revert_is_told_with_its_reason(rpc: Rpc) -> None:
    reverting = _deploy(rpc, _REVERTS)
    for ask in (
        lambda: rpc.call(reverting, "0x", sender=ALICE),
        lambda: rpc.gas_estimate(ALICE, reverting, "0x"),
    ):
        with pytest.raises(CallReverted) as refused:
            ask()
        assert decode_error([], refused.value.data) == "no"
    told = rpc.receipt(send(rpc, KEYS, ALICE, to=reverting))
    assert told is not None
    assert not told.status
    assert told.logs == ()


def test_a_call_changes_nothing(chain: EmbeddedChain, rpc: Rpc) -> None:
    assert rpc.call(BOB, "0x", sender=ALICE, value=5) == b""
    assert (rpc.balance(BOB), chain.height) == (0, 3)


def test_past_state_can_be_asked_for(rpc: Rpc, chain: EmbeddedChain) -> None:
    storing = _deploy(rpc, _STORES_NUMBER)
    before = chain.height
    assert rpc.call(storing, "0x", block=before) != rpc.call(storing, "0x", block=before - 1)


# Bytecode by hand. Code that reverts with Error("no"); code that gives the block number.
_REVERTS = (
    "7f08c379a000000000000000000000000000000000000000000000000000000000600052"
    "6020600452"
    "6002602452"
    "7f6e6f000000000000000000000000000000000000000000000000000000000000604452"
    "60646000fd"
)
_STORES_NUMBER = "4360005260206000f3"


def _deploy(rpc: Rpc, code: str) -> Address:
    """A contract with exactly this code."""
    length = len(code) // 2
    init = f"60{length:02x}600c60003960{length:02x}6000f3" + code
    made = replace(unsigned(rpc, ALICE, to=BOB), to=None, data="0x" + init)
    told = rpc.receipt(rpc.send_raw(signed(account("alice"), made).raw))
    assert told is not None
    assert told.contract_address is not None
    assert rpc.code(told.contract_address).hex() == code
    return told.contract_address


def test_nested_json_of_a_hostile_peer_does_not_end_the_process() -> None:
    program = "import node.chain.embedded, json; json.loads('[' * 1_000_000)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "RecursionError" in done.stderr
