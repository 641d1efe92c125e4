"""Errors in the wording of the nodes that banks run, told apart by what is to be done next."""

from __future__ import annotations

import pytest

from node.chain.rpc import (
    AlreadyKnown,
    BlockUnknown,
    CallReverted,
    InsufficientFunds,
    NonceTooLow,
    RangeTooLarge,
    Rpc,
    RpcUnavailable,
    SendRefused,
    Underpriced,
)
from node.core.errors import ConcordError
from tests.support.fault_proxy import Faults, refusal, served

A, B = "0x" + "aa" * 20, "0x" + "bb" * 20
REASON = "0x08c379a0" + f"{32:064x}" + f"{2:064x}" + "6e6f".ljust(64, "0")


@pytest.mark.parametrize(
    ("node", "code", "message", "leaf"),
    [
        ("geth", -32000, "already known", AlreadyKnown),
        ("Besu", -32000, "Known transaction", AlreadyKnown),
        ("Erigon", -32000, "existing tx with same hash: already known", AlreadyKnown),
        ("Nethermind", -32010, "AlreadyKnown", AlreadyKnown),
        ("OpenEthereum", -32010, "Transaction with the same hash was already imported.",
         AlreadyKnown),
        ("anvil", -32003, "transaction already imported", AlreadyKnown),
        ("geth", -32000, "nonce too low: next nonce 7, tx nonce 3", NonceTooLow),
        ("Besu", -32001, "Nonce too low", NonceTooLow),
        ("Erigon", -32000, "nonce too low", NonceTooLow),
        ("Nethermind", -32010, "OldNonce", NonceTooLow),
        ("Nethermind", -32010, "OldNonce, Current nonce: 7, nonce of rejected tx: 3", NonceTooLow),
        ("Hardhat", -32000,
         "Nonce too low. Expected nonce to be 7 but got 3. Note that", NonceTooLow),
        ("Besu", -32001, "Transaction nonce 3 is below current account nonce 7", NonceTooLow),
        ("geth", -32000, "replacement transaction underpriced", Underpriced),
        ("geth", -32000, "transaction underpriced: tip needed 1, tip permitted 0", Underpriced),
        ("geth", -32000,
         "max fee per gas less than block base fee: address 0x1, maxFeePerGas: 1, baseFee: 7",
         Underpriced),
        ("Besu", -32009, "Gas price below configured minimum gas price", Underpriced),
        ("Besu", -32000, "Replacement transaction underpriced", Underpriced),
        ("Erigon", -32000, "replacement transaction underpriced", Underpriced),
        ("Erigon", -32000, "underpriced", Underpriced),
        ("Nethermind", -32010, "FeeTooLow, MaxFeePerGas too low", Underpriced),
        ("Nethermind", -32010, "ReplacementNotAllowed", Underpriced),
        ("geth", -32000, "insufficient funds for gas * price + value: balance 0, tx cost 5",
         InsufficientFunds),
        ("Besu", -32004, "Upfront cost exceeds account balance", InsufficientFunds),
        ("Erigon", -32000, "insufficient funds for gas * price + value", InsufficientFunds),
        ("Nethermind", -32010, "InsufficientFunds, Account balance: 0, cumulative cost: 5",
         InsufficientFunds),
        ("Hardhat", -32000, "Sender doesn't have enough funds to send tx.", InsufficientFunds),
        ("anvil", -32003, "Insufficient funds for gas * price + value", InsufficientFunds),
        ("geth", -32000, "exceeds block gas limit", SendRefused),
        ("geth", -32000, "nonce too high", SendRefused),
        ("Besu", -32006, "Nonce too high", SendRefused),
        ("any", -32602, "rlp: element is larger than containing list", SendRefused),
    ],
)  # fmt: skip
def test_a_transaction_that_is_not_taken(
    faults: Faults, node: str, code: int, message: str, leaf: type[ConcordError]
) -> None:
    faults.faults["eth_sendRawTransaction"] = refusal(code, message)
    with pytest.raises(SendRefused) as refused:
        faults.rpc().send_raw(b"\x02")
    assert type(refused.value) is leaf, node
    assert message in refused.value.detail


@pytest.mark.parametrize(
    ("node", "code", "message"),
    [
        ("geth", -32000, "txpool is full"),
        ("Erigon", -32000, "txpool is full"),
        ("any", -32603, "Internal error"),
        ("any", -32005, "rate limit exceeded"),
        ("any", 429, "Too Many Requests"),
        ("any", -32601, "the method eth_sendRawTransaction does not exist"),
    ],
)
def test_an_endpoint_that_fails_while_sending_is_passed_over(
    faults: Faults, chain_id: int, node: str, code: int, message: str
) -> None:
    broken = Faults(faults.honest, {"eth_sendRawTransaction": refusal(code, message)})
    faults.faults["eth_sendRawTransaction"] = refusal(-32000, "already known")
    with served(broken) as first, served(faults) as second, pytest.raises(AlreadyKnown):
        Rpc([first, second], chain_id=chain_id).send_raw(b"\x02")
    assert broken.asked[-1] == "eth_sendRawTransaction", node


@pytest.mark.parametrize(
    ("node", "code", "message", "data", "told"),
    [
        ("geth", 3, "execution reverted: no", REASON, REASON),
        ("geth", -32000, "execution reverted", None, "0x"),
        ("Besu", -32000, "Execution reverted", REASON, REASON),
        ("Besu", 3, "Execution reverted: no", REASON, REASON),
        ("Erigon", 3, "execution reverted: no", REASON, REASON),
        ("Parity", -32015, "VM execution error.", f"Reverted {REASON}", REASON),
        ("Nethermind", -32015, "VM execution error.", "Reverted 0x", "0x"),
        ("Hardhat", -32603, "Error: VM Exception while processing transaction: reverted",
         {"message": "no", "data": REASON}, REASON),
        ("Ganache", -32000, "VM Exception while processing transaction: revert no",
         {"0x" + "11" * 32: {"error": "revert", "return": REASON}, "stack": "at"}, REASON),
        ("geth", -32000, "out of gas", None, "0x"),
        ("geth", -32000, "invalid opcode: INVALID", None, "0x"),
        ("geth", 3, "execution reverted", REASON.upper().replace("0X", "0x"), REASON),
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["eth_call", "eth_estimateGas"])
def test_a_call_that_reverts(
    faults: Faults, *, method: str, node: str, code: int, message: str, data: object, told: str
) -> None:
    faults.faults[method] = refusal(code, message, data)
    rpc = faults.rpc()
    with pytest.raises(CallReverted) as refused:
        rpc.call(A, "0x") if method == "eth_call" else rpc.gas_estimate(A, B, "0x")
    assert refused.value.data == told, node


def test_a_revert_is_an_answer_and_no_other_endpoint_is_asked(
    faults: Faults, chain_id: int
) -> None:
    reverting = Faults(faults.honest, {"eth_call": refusal(3, "execution reverted", REASON)})
    with served(reverting) as first, served(faults) as second, pytest.raises(CallReverted):
        Rpc([first, second], chain_id=chain_id).call(A, "0x")
    assert faults.asked == []


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (-32000, "header not found"),
        (-32000, "missing trie node 12ab (path )"),
        (-32603, "Internal error"),
        (-32005, "daily request count exceeded, request rate limited"),
    ],
)
def test_a_call_that_the_endpoint_cannot_run_is_no_revert(
    faults: Faults, code: int, message: str
) -> None:
    faults.faults["eth_call"] = refusal(code, message)
    with pytest.raises(RpcUnavailable, match=str(code)) as refused:
        faults.rpc().call(A, "0x")
    assert refused.value.remedy


@pytest.mark.parametrize(
    "message",
    ["insufficient funds for transfer", "insufficient funds for gas * price + value: address 0x1",
     "Insufficient funds for gas * price + value", "Upfront cost exceeds account balance"],
)  # fmt: skip
def test_an_estimate_for_more_than_the_sender_holds(faults: Faults, message: str) -> None:
    faults.faults["eth_estimateGas"] = refusal(-32000, message)
    with pytest.raises(InsufficientFunds):
        faults.rpc().gas_estimate(A, B, "0x", 10**30)


@pytest.mark.parametrize(
    ("node", "code", "message"),
    [
        ("Infura", -32005, "query returned more than 10000 results"),
        ("Alchemy", -32602, "Log response size exceeded. You can make eth_getLogs requests with"),
        ("Besu", -32005, "Requested range exceeds maximum range limit: 1000"),
        ("Erigon", -32000, "block range is too wide, maximum allowed: 1000"),
        ("QuickNode", -32614, "eth_getLogs is limited to a 10,000 range: block range limit"),
        ("reth", -32602, "query exceeds max block range 100000"),
        ("reth", -32602, "query exceeds max results 20000, retry with the range 1-2"),
        ("any", -32000, "query timeout exceeded"),
    ],
)  # fmt: skip
def test_a_range_that_is_too_large(faults: Faults, node: str, code: int, message: str) -> None:
    faults.faults["eth_getLogs"] = refusal(code, message)
    with pytest.raises(RangeTooLarge) as refused:
        faults.rpc().logs(0, 3, [A])
    assert message in refused.value.detail, node


@pytest.mark.parametrize(
    ("node", "code", "message"),
    [
        ("geth", -32000, "unknown block"),
        ("Erigon", -32000, "block not found: 0x12"),
        ("Besu", -32000, "Block not found"),
        ("reth", -32001, "block 0x12 not found"),
        ("Nethermind", -32001, "header not found"),
        ("ours", -32000, "unknown block"),
    ],
)
def test_a_block_that_left_the_chain(faults: Faults, node: str, code: int, message: str) -> None:
    faults.faults["eth_getLogs"] = refusal(code, message)
    with pytest.raises(BlockUnknown) as refused:
        faults.rpc().logs_of_block("0x" + "12" * 32, [A])
    assert refused.value.retryable, node
