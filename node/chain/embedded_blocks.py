"""Blocks, receipts and logs of the embedded chain as a node tells them over JSON-RPC.

In: py-evm's block and its receipts. Out: JSON objects, whole enough that the hash of the header and
the root of the receipts can be proved from them. Called by: embedded_answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from eth._utils.address import generate_contract_address
from eth.abc import BlockAPI, BlockHeaderAPI, ReceiptAPI, SignedTransactionAPI

Json = dict[str, Any]


def block_json(block: BlockAPI) -> Json:
    """A header with the hashes of its transactions."""
    header: Any = block.header  # py-evm's own interface does not name the newest members
    return {
        **_before_the_merge(header),
        "baseFeePerGas": hex(header.base_fee_per_gas or 0),
        "withdrawalsRoot": _text(header.withdrawals_root),
        "blobGasUsed": hex(header.blob_gas_used),
        "excessBlobGas": hex(header.excess_blob_gas),
        "parentBeaconBlockRoot": _text(header.parent_beacon_block_root),
        "requestsHash": _text(header.requests_hash),
        "transactions": [_text(each.hash) for each in block.transactions],
    }


def receipt_json(block: BlockAPI, receipts: Sequence[ReceiptAPI], index: int) -> Json:
    """What became of one transaction."""
    transaction, receipt = block.transactions[index], receipts[index]
    before = receipts[index - 1].gas_used if index else 0
    tx_hash = _text(transaction.hash)
    return {
        "type": hex(getattr(transaction, "type_id", 0)),
        "transactionHash": tx_hash,
        "transactionIndex": hex(index),
        "blockNumber": hex(block.number),
        "blockHash": _text(block.hash),
        "status": "0x1" if receipt.state_root == b"\x01" else "0x0",
        "cumulativeGasUsed": hex(receipt.gas_used),
        "gasUsed": hex(receipt.gas_used - before),
        "contractAddress": None if transaction.to else _contract_address(transaction),
        "logsBloom": f"0x{receipt.bloom:0512x}",
        "logs": [each for each in logs_json(block, receipts) if each["transactionHash"] == tx_hash],
    }


def logs_json(block: BlockAPI, receipts: Sequence[ReceiptAPI]) -> Iterator[Json]:
    """Every log of a block."""
    index = 0
    for place, (transaction, receipt) in enumerate(zip(block.transactions, receipts, strict=True)):
        for entry in receipt.logs:
            yield {
                "address": _text(entry.address),
                "topics": [f"{topic:#066x}" for topic in entry.topics],
                "data": _text(entry.data),
                "blockNumber": hex(block.number),
                "blockHash": _text(block.hash),
                "transactionHash": _text(transaction.hash),
                "transactionIndex": hex(place),
                "logIndex": hex(index),
            }
            index += 1


def _before_the_merge(header: BlockHeaderAPI) -> Json:
    """The members that every header has had from the first block."""
    return {
        "number": hex(header.block_number),
        "hash": _text(header.hash),
        "parentHash": _text(header.parent_hash),
        "sha3Uncles": _text(header.uncles_hash),
        "miner": _text(header.coinbase),
        "stateRoot": _text(header.state_root),
        "transactionsRoot": _text(header.transaction_root),
        "receiptsRoot": _text(header.receipt_root),
        "logsBloom": f"0x{header.bloom:0512x}",
        "difficulty": hex(header.difficulty),
        "gasLimit": hex(header.gas_limit),
        "gasUsed": hex(header.gas_used),
        "timestamp": hex(header.timestamp),
        "extraData": _text(header.extra_data),
        "mixHash": _text(header.mix_hash),
        "nonce": _text(header.nonce),
    }


def _contract_address(transaction: SignedTransactionAPI) -> str:
    return _text(generate_contract_address(transaction.sender, transaction.nonce))


def _text(raw: bytes | None) -> str:
    return "0x" + (raw or b"").hex()
