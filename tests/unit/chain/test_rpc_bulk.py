"""Reads of many blocks at once: what is refused, and that batches are the same as single asks."""

from __future__ import annotations

from typing import Any

import pytest

from node.chain.embedded import EmbeddedChain
from node.chain.rpc import BlockUnknown, RangeTooLarge, Rpc, RpcLied
from tests.support.chain_keys import MemorySigner, address
from tests.support.chain_sending import send
from tests.support.fault_proxy import Fault, Faults, changed, refusal, result, served

A, B = "0x" + "aa" * 20, "0x" + "bb" * 20
HASH = "0x" + "11" * 32


def a_log(**members: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {
        "address": A,
        "topics": [HASH],
        "data": "0x",
        "blockNumber": "0x2",
        "blockHash": HASH,
        "transactionHash": HASH,
        "logIndex": "0x0",
        **members,
    }


@pytest.mark.parametrize(
    "logs",
    [
        None,
        {},
        [None],
        [{}],
        [a_log(address=B)],
        [a_log(address=None)],
        [a_log(blockNumber="0x0")],
        [a_log(blockNumber="0x4")],
        [a_log(blockNumber=2)],
        [a_log(removed=True)],
        [a_log(), a_log()],
    ],
)
def test_raw_logs_that_cannot_be_those_asked_for(faults: Faults, logs: object) -> None:
    faults.faults["eth_getLogs"] = result(logs)
    with pytest.raises(RpcLied):
        faults.rpc().raw_logs(1, 3, [A])


def test_raw_logs_come_as_they_were_told(faults: Faults) -> None:
    told = [a_log(address=A.upper().replace("X", "x")), a_log(logIndex="0x1", extra=True)]
    faults.faults["eth_getLogs"] = result(told)
    with served(faults) as url:
        assert Rpc([url]).raw_logs(1, 3, [A]) == told


def test_an_endpoint_that_lacks_the_last_block_is_not_believed(faults: Faults) -> None:
    lagging = Faults(faults.honest, {"eth_getLogs": result([])})
    with served(lagging) as url, pytest.raises(BlockUnknown) as refused:
        Rpc([url]).raw_logs(1, 4, [A])
    assert refused.value.code == "RPC_BLOCK_UNKNOWN"


def test_the_proof_of_the_last_block_is_a_block_of_that_height(faults: Faults) -> None:
    faults.faults["eth_getBlockByNumber"] = changed(number="0x2")
    with pytest.raises(RpcLied, match="asked for block 3"):
        faults.rpc().raw_logs(1, 3, [A])


def test_a_range_that_is_too_large_says_what_would_do(faults: Faults, chain_id: int) -> None:
    faults.faults["eth_getLogs"] = refusal(-32614, "eth_getLogs is limited to a 10,000 range")
    other = Faults(faults.honest)
    with (
        served(faults) as first,
        served(other) as second,
        pytest.raises(RangeTooLarge) as refused,
    ):
        Rpc([first, second], chain_id=chain_id).raw_logs(1, 3, [A])
    assert refused.value.suggested == 10_000
    assert other.asked == []


def test_a_range_that_is_too_large_may_say_nothing(faults: Faults) -> None:
    faults.faults["eth_getLogs"] = refusal(-32005, "query returned more than 10000 results")
    with pytest.raises(RangeTooLarge) as refused:
        faults.rpc().raw_logs(1, 3, [A])
    assert refused.value.suggested is None


def test_headers_that_are_not_there(faults: Faults) -> None:
    with served(faults) as url, pytest.raises(BlockUnknown, match="does not have block 4"):
        Rpc([url]).headers([2, 4])


@pytest.mark.parametrize(
    "members", [{"number": "0x1"}, {"logsBloom": "0x00"}, {"logsBloom": None}, {"receiptsRoot": 7}]
)
def test_headers_that_are_none(faults: Faults, members: dict[str, Any]) -> None:
    faults.faults["eth_getBlockByNumber"] = changed(**members)
    with pytest.raises(RpcLied):
        faults.rpc().headers([2])


@pytest.mark.parametrize("batches", [True, False])
def test_headers_come_in_the_order_asked_for(faults: Faults, *, batches: bool) -> None:
    faults.batches = batches
    with served(faults) as url:
        found = Rpc([url]).headers([3, 1, 2])
    assert [each.number for each in found] == [3, 1, 2]
    assert [each.ref for each in found] == [faults.rpc().block(at) for at in (3, 1, 2)]


def test_an_endpoint_that_refuses_batches_is_asked_singly_from_then_on(faults: Faults) -> None:
    faults.batches = False
    with served(faults) as url:
        rpc = Rpc([url])
        rpc.headers([0, 1, 2, 3])
        refused = len(faults.asked)
        rpc.headers([0, 1, 2, 3])
    assert refused == 4
    assert faults.asked == ["eth_getBlockByNumber"] * 8


@pytest.mark.parametrize("limit", [1, 2, 7])
def test_a_batch_that_is_too_large_is_cut(chain: EmbeddedChain, limit: int) -> None:
    chain.mine(20)
    faults = Faults(chain.answer)
    faults.batch_calls_max = limit
    with served(faults) as url:
        assert [each.number for each in Rpc([url]).headers(range(20))] == list(range(20))


@pytest.fixture
def paid(chain: EmbeddedChain) -> str:
    """Give the hash of a block in which alice has paid bob."""
    rpc = chain.rpc()
    sent = send(rpc, MemorySigner("alice"), address("alice"), to=address("bob"), value=5)
    told = rpc.receipt(sent)
    assert told is not None
    return told.block_hash


def test_receipts_of_an_unknown_block(faults: Faults) -> None:
    with pytest.raises(BlockUnknown):
        faults.rpc().raw_receipts(HASH)


@pytest.mark.parametrize(
    "fault",
    [
        result({}),
        result([None]),
        changed(blockHash=HASH),
        changed(transactionIndex="0x1"),
        changed(transactionIndex=None),
    ],
)
def test_receipts_that_are_none(faults: Faults, paid: str, fault: Fault) -> None:
    faults.faults["eth_getBlockReceipts"] = fault
    with pytest.raises(RpcLied):
        faults.rpc().raw_receipts(paid)


def test_receipts_come_singly_where_the_endpoint_gives_no_others(faults: Faults, paid: str) -> None:
    whole = faults.rpc().raw_receipts(paid)
    faults.faults["eth_getBlockReceipts"] = refusal(-32601, "the method does not exist")
    with served(faults) as url:
        rpc = Rpc([url])
        assert rpc.raw_receipts(paid) == whole
        assert rpc.raw_receipts(paid) == whole
    assert faults.asked.count("eth_getBlockReceipts") == 2


def test_single_receipts_that_are_missing_are_not_left_out(faults: Faults, paid: str) -> None:
    faults.faults["eth_getBlockReceipts"] = refusal(-32601, "the method does not exist")
    faults.faults["eth_getTransactionReceipt"] = result(None)
    with pytest.raises(RpcLied):
        faults.rpc().raw_receipts(paid)
