"""Answers that contradict the question or themselves: each is a failure, none becomes a value."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from node.chain.embedded import EmbeddedChain
from node.chain.rpc import BlockUnknown, Rpc, RpcLied
from tests.support.chain_keys import MemorySigner, address
from tests.support.chain_sending import send
from tests.support.fault_proxy import Fault, Faults, changed, refusal, result, served

A, B = "0x" + "aa" * 20, "0x" + "bb" * 20
TX, OTHER_TX = "0x" + "11" * 32, "0x" + "22" * 32
BLOCK = "0x" + "33" * 32


def a_log(**members: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {
        "address": A,
        "topics": [TX],
        "data": "0xABCD",
        "blockNumber": "0x2",
        "blockHash": BLOCK,
        "transactionHash": TX,
        "logIndex": "0x0",
        "removed": False,
        **members,
    }


def a_receipt(**members: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {
        "transactionHash": TX,
        "blockNumber": "0x2",
        "blockHash": BLOCK,
        "status": "0x1",
        "gasUsed": "0x5208",
        "contractAddress": None,
        "logs": [],
        **members,
    }


def lies(faults: Faults, method: str, fault: Fault, ask: Callable[[Rpc], object]) -> str:
    """Prove that the answer is refused as a contradiction; gives what is said about it."""
    faults.faults[method] = fault
    with pytest.raises(RpcLied) as refused:
        ask(faults.rpc())
    assert refused.value.code == "RPC_CONTRADICTION"
    assert refused.value.retryable
    return refused.value.detail


def test_another_block_than_asked_for(faults: Faults) -> None:
    said = lies(faults, "eth_getBlockByNumber", changed(number="0x2"), lambda rpc: rpc.block(1))
    assert "asked for block 1, got 2" in said


@pytest.mark.parametrize(
    "members",
    [
        {"number": None},
        {"number": 3},
        {"number": "3"},
        {"number": "0xzz"},
        {"number": "-0x3"},
        {"hash": None},
        {"hash": "0x1234"},
        {"hash": "0x" + "zz" * 32},
        {"parentHash": "11" * 33},
        {"timestamp": None},
    ],
    ids=lambda members: "-".join(f"{key}:{str(each)[:8]}" for key, each in members.items()),
)
def test_a_header_that_is_none(faults: Faults, members: dict[str, Any]) -> None:
    lies(faults, "eth_getBlockByNumber", changed(**members), lambda rpc: rpc.block("latest"))


def test_a_block_that_is_not_there(faults: Faults) -> None:
    with pytest.raises(RpcLied):
        faults.rpc().block(99)


def test_a_tag_that_is_none_is_the_caller_s_mistake(faults: Faults) -> None:
    with pytest.raises(ValueError, match="newest is no block tag"):
        faults.rpc().block("newest")


def test_another_block_than_the_hash_asked_for(faults: Faults) -> None:
    head = faults.rpc().block("latest")
    said = lies(
        faults,
        "eth_getBlockByHash",
        changed(hash=head.parent_hash),
        lambda rpc: rpc.block_by_hash(head.hash),
    )
    assert head.hash in said


def test_a_block_by_an_unknown_hash_is_none(faults: Faults) -> None:
    assert faults.rpc().block_by_hash(BLOCK) is None
    head = faults.rpc().block("latest")
    assert faults.rpc().block_by_hash(head.hash.upper().replace("0X", "0x")) == head


@pytest.mark.parametrize("number", ["0x0", "0x4"])
def test_a_log_outside_the_range(faults: Faults, number: str) -> None:
    fault = result([a_log(blockNumber=number)])
    assert "outside the range" in lies(
        faults, "eth_getLogs", fault, lambda rpc: rpc.logs(1, 3, [A])
    )


def test_a_log_of_another_address(faults: Faults) -> None:
    fault = result([a_log(), a_log(address=B)])
    assert B in lies(faults, "eth_getLogs", fault, lambda rpc: rpc.logs(1, 3, [A]))


def test_a_log_of_another_block(faults: Faults) -> None:
    lies(faults, "eth_getLogs", result([a_log()]), lambda rpc: rpc.logs_of_block(TX, [A]))


def test_the_same_log_twice(faults: Faults) -> None:
    twice = result([a_log(), a_log()])
    assert "twice" in lies(faults, "eth_getLogs", twice, lambda rpc: rpc.logs(1, 3, [A]))


def test_an_endpoint_that_is_behind_the_range(faults: Faults) -> None:
    with pytest.raises(BlockUnknown, match="does not have block 4"):
        faults.rpc().logs(1, 4, [A])


def test_a_lie_about_logs_is_passed_over(faults: Faults, chain_id: int) -> None:
    lying = Faults(faults.honest, {"eth_getLogs": result([a_log(address=B)])})
    with served(lying) as first, served(faults) as second:
        assert Rpc([first, second], chain_id=chain_id).logs(1, 3, [A]) == []


@pytest.mark.parametrize(
    "logs",
    [
        None,
        "0x",
        7,
        [None],
        ["0x"],
        [a_log(address="0x12")],
        [a_log(topics=["0x12"])],
        [a_log(topics=None)],
        [a_log(blockNumber=None)],
        [a_log(blockHash=None)],
        [a_log(logIndex=None)],
        [a_log(transactionHash="0x")],
        [a_log(data=None)],
        [a_log(data="0x123")],
        [a_log(data="hello")],
        [a_log(removed=True)],
        [{}],
    ],
)
def test_logs_that_are_none(faults: Faults, logs: object) -> None:
    lies(faults, "eth_getLogs", result(logs), lambda rpc: rpc.logs(1, 3, [A]))


def test_logs_are_kept_in_lower_case(faults: Faults) -> None:
    upper = a_log(address="0x" + "AA" * 20, topics=["0x" + "AB" * 32])
    faults.faults["eth_getLogs"] = result([upper])
    (found,) = faults.rpc().logs(1, 3, ["0x" + "Aa" * 20])
    assert (found.address, found.topics, found.data) == (A, ("0x" + "ab" * 32,), "0xabcd")


def test_no_address_asks_nothing(faults: Faults) -> None:
    assert faults.rpc().logs(0, 3, []) == []
    assert faults.asked == []


def test_a_receipt_of_another_transaction(faults: Faults) -> None:
    said = lies(
        faults,
        "eth_getTransactionReceipt",
        result(a_receipt(transactionHash=OTHER_TX)),
        lambda rpc: rpc.receipt(TX),
    )
    assert OTHER_TX in said


@pytest.mark.parametrize(
    "members",
    [
        {"status": None},
        {"status": "0x2"},
        {"status": True},
        {"blockNumber": None},
        {"gasUsed": "much"},
        {"logs": None},
        {"contractAddress": "0x12"},
        {"transactionHash": None},
    ],
    ids=lambda members: "-".join(f"{key}:{str(each)[:8]}" for key, each in members.items()),
)
def test_a_receipt_that_is_none(faults: Faults, members: dict[str, Any]) -> None:
    lies(
        faults,
        "eth_getTransactionReceipt",
        result(a_receipt(**members)),
        lambda rpc: rpc.receipt(TX),
    )


@pytest.mark.parametrize("told", [None, a_receipt(blockHash=None, blockNumber=None)])
def test_a_transaction_that_waits_has_no_receipt(faults: Faults, told: object) -> None:
    faults.faults["eth_getTransactionReceipt"] = result(told)
    assert faults.rpc().receipt(TX) is None


def test_a_transaction_that_is_not_indexed_yet_has_no_receipt(faults: Faults) -> None:
    faults.faults["eth_getTransactionReceipt"] = refusal(
        -32000, "transaction indexing is in progress"
    )
    assert faults.rpc().receipt(TX) is None


@pytest.mark.parametrize("told", [None, 7, "7", "seven", "0x", [], {"hex": "0x7"}])
def test_a_quantity_that_is_none(faults: Faults, told: object) -> None:
    for method, ask in (
        ("eth_getTransactionCount", lambda rpc: rpc.nonce(A)),
        ("eth_getBalance", lambda rpc: rpc.balance(A)),
        ("eth_estimateGas", lambda rpc: rpc.gas_estimate(A, B, "0x")),
        ("eth_chainId", lambda rpc: rpc.chain_id()),
    ):
        lies(faults, method, result(told), ask)


@pytest.mark.parametrize("told", [None, 7, "7", "0xzz", []])
def test_data_that_is_none(faults: Faults, told: object) -> None:
    for method, ask in (
        ("eth_call", lambda rpc: rpc.call(A, "0x")),
        ("eth_getCode", lambda rpc: rpc.code(A)),
        ("eth_getStorageAt", lambda rpc: rpc.storage(A, 0)),
    ):
        lies(faults, method, result(told), ask)


@pytest.mark.parametrize("told", [None, "0x12", 7, "0x" + "zz" * 32])
def test_a_hash_that_is_none(faults: Faults, told: object) -> None:
    lies(faults, "eth_sendRawTransaction", result(told), lambda rpc: rpc.send_raw(b"\x02"))


@pytest.mark.parametrize("told", [7, "ok", [1], None])
def test_what_is_no_answer_at_all(faults: Faults, told: object) -> None:
    lies(faults, "eth_chainId", lambda _honest, _params: told, lambda rpc: rpc.chain_id())


def test_an_error_that_is_no_object(faults: Faults) -> None:
    fault: Fault = lambda _honest, _params: {"error": "boom"}  # noqa: E731 - one answer
    lies(faults, "eth_chainId", fault, lambda rpc: rpc.chain_id())


def test_what_is_said_of_nonsense_is_short(faults: Faults) -> None:
    said = lies(faults, "eth_chainId", result("x" * 100_000), lambda rpc: rpc.chain_id())
    assert len(said) <= 500


def test_a_short_storage_word_is_a_word(faults: Faults) -> None:
    faults.faults["eth_getStorageAt"] = result("0x7")
    assert faults.rpc().storage(A, 0) == (7).to_bytes(32, "big")


def test_fees_of_a_chain_without_base_fee(faults: Faults) -> None:
    faults.faults["eth_getBlockByNumber"] = changed(baseFeePerGas=None)
    faults.faults["eth_gasPrice"] = result("0x64")
    fees = faults.rpc().fees()
    assert (fees.base_wei, fees.tip_wei) == (100, 0)


def test_honest_answers_are_values(chain: EmbeddedChain) -> None:
    rpc = chain.rpc()
    alice, bob = address("alice"), address("bob")
    sent = send(rpc, MemorySigner("alice"), alice, to=bob, value=5)
    told = rpc.receipt(sent)
    assert told is not None
    assert told.status
    assert told.block_number == rpc.block("latest").number == chain.height
    assert told.block_hash == rpc.block(chain.height).hash
    assert told.gas_used == 21_000
    assert rpc.balance(bob) == 5
    assert rpc.nonce(alice) == rpc.nonce(alice, pending=True) == 1
    assert rpc.code(bob) == b""
    assert re.fullmatch("0x[0-9a-f]{64}", sent)
