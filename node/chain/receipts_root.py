"""Whether receipts are all of a block's, and unaltered: their root is the one in its header.

In: a header, the JSON objects of the receipts. Out: nothing, or `Unproved`. Called by: rpc.

What a root proves: that none is missing, none invented, and of each its status, gas, bloom and of
each log address, topics and data. Which transaction a receipt is of, and the places of its logs,
are not in it: those are checked against the block's own list and by counting.
Sources: Ethereum yellow paper 4.3.1; EIP-2718, 2930, 1559, 4844, 7702; OP Stack specification
(deposits); Nitro's go-ethereum, core/types/receipt.go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from node.chain.header import Header
from node.chain.ordered_trie import root_of
from node.chain.rlp_text import data_text, digits_of, list_head, listed, quantity_text, string
from node.chain.rpc_errors import RpcLied
from node.chain.rpc_shapes import Json, hash32, quantity

ETHEREUM_TYPES: Final = frozenset(range(5))  # legacy, 2930, 1559, 4844, 7702
ARBITRUM_TYPES: Final = frozenset({0x64, 0x65, 0x66, 0x68, 0x69, 0x6A})
ARBITRUM_LEGACY: Final = 0x78  # encoded as an untyped one
OPTIMISM_DEPOSIT: Final = 0x7E
_UNTYPED: Final = frozenset({0, ARBITRUM_LEGACY})
_KNOWN: Final = ETHEREUM_TYPES | ARBITRUM_TYPES | {ARBITRUM_LEGACY, OPTIMISM_DEPOSIT}
_STATUS: Final[Mapping[object, str]] = {"0x0": "80", "0x1": "01"}
_BLOOM_BYTES: Final = 256
_TOPIC_LENGTH: Final = 66
_ADDRESS_LENGTH: Final = 42
_TOPICS_MAX: Final = 4
_TOPIC_BYTES: Final = 33  # one length byte and the topic


class Unproved(RpcLied):
    """An answer whose proof against a header fails; it was not used."""

    code = "RPC_UNPROVED"
    title = "Chain data that cannot be proved"


class ReceiptTypeUnknown(Unproved):
    """A receipt of a type whose encoding this node does not know."""

    code = "RECEIPT_TYPE_UNKNOWN"
    title = "Receipt type unknown"


def check_receipts(header: Header, receipts: Sequence[Json]) -> None:
    """Raise `Unproved` unless these are all receipts of that block, in order and unaltered.

    Malformed ones raise KeyError, TypeError or ValueError.
    """
    found = receipts_root(receipts)
    if found != header.receipts_root:
        raise Unproved(
            f"block {header.number} {header.hash}: its {len(receipts)} receipts have root {found},"
            f" the header says {header.receipts_root}: some are missing, altered or invented",
            remedy="Nothing to do if it heals: another endpoint is asked. If it does not, an"
            " endpoint is wrong; compare CONCORD_RPC_URLS.",
        )
    _check_places(header, receipts)


def receipts_root(receipts: Sequence[Json]) -> str:
    """The root over receipts in the order of their transactions."""
    return root_of([encoded(each) for each in receipts])


def encoded(receipt: Json) -> str:
    """A receipt as it stands in the trie, as hex text."""
    kind = quantity(receipt.get("type", "0x0"))
    if kind not in _KNOWN:
        raise ReceiptTypeUnknown(
            f"receipt {receipt.get('transactionHash')} is of type {kind:#x}",
            remedy="Read this chain in the mode `fast`, or update the node.",
        )
    status = receipt.get("status")
    body = (
        (data_text(receipt["root"], 32) if status is None else _STATUS[status])
        + quantity_text(receipt["cumulativeGasUsed"])
        + data_text(receipt["logsBloom"], _BLOOM_BYTES)
        + listed("".join(map(_log, receipt["logs"])))
    )
    if kind == OPTIMISM_DEPOSIT and receipt.get("depositReceiptVersion") is not None:
        # From Canyon on; before it the nonce is told, but not hashed.
        body += quantity_text(receipt["depositNonce"])
        body += quantity_text(receipt["depositReceiptVersion"])
    return listed(body) if kind in _UNTYPED else f"{kind:02x}" + listed(body)


def _log(log: Mapping[str, Any]) -> str:
    """Each part has exactly its length: else bytes could pass from one to the next unseen."""
    address, topics = log["address"], log["topics"]
    if len(topics) > _TOPICS_MAX:
        raise ValueError(f"{str(log)[:80]} is no log")
    body = "94" + _exactly(address, _ADDRESS_LENGTH) + list_head(_TOPIC_BYTES * len(topics))
    for topic in topics:
        body += "a0" + _exactly(topic, _TOPIC_LENGTH)
    body += string(digits_of(log["data"]))
    return list_head(len(body) // 2) + body


def _exactly(text: str, length: int) -> str:
    """Digits in the one form that whoever looks for them compares with."""
    if len(text) != length or text[:2] != "0x" or text != text.lower():
        raise ValueError(f"{text[:80]!r} is not {length - 2} digits in lower case")
    return text[2:]


def _check_places(header: Header, receipts: Sequence[Json]) -> None:
    told = header.fields.get("transactions")
    if told is not None and [each["transactionHash"] for each in receipts] != told:
        raise Unproved(f"block {header.number}: the receipts are of other transactions than told")
    count = 0
    for receipt in receipts:
        tx_hash = receipt["transactionHash"]
        for log in receipt["logs"]:
            is_here = log["transactionHash"] == tx_hash and log["blockHash"] == header.hash
            if not is_here or quantity(log["logIndex"]) != count:
                raise Unproved(f"block {header.number}: a log of {hash32(tx_hash)} is out of place")
            count += 1
