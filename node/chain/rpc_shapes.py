"""What an RPC answers, as frozen values instead of dictionaries of hex text.

In: JSON objects of the Ethereum JSON-RPC. Out: `Log`, `Receipt`, `Fees`, `BlockRef`.
Called by: rpc here; their types by every caller of `Rpc`. Raises KeyError, TypeError or ValueError
for an answer that is none; rpc.py turns that into `RpcLied`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from node.core.ids import wallet_key
from node.core.types import Address, BlockNumber, BlockRef, Hash32

_QUANTITY: Final = re.compile("0x[0-9a-fA-F]+")
_HASH: Final = re.compile("0x[0-9a-fA-F]{64}")
_DATA: Final = re.compile("0x([0-9a-fA-F]{2})*")
_SECONDS: Final = re.compile("[0-9]{1,6}", re.ASCII)
_STATUS: Final = {"0x0": False, "0x1": True}
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Log:
    """One log as the chain holds it; `address` in lower case."""

    address: Address
    topics: tuple[str, ...]
    data: str
    block_number: BlockNumber
    block_hash: Hash32
    tx_hash: Hash32
    log_index: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one mined transaction; `status` False means that it reverted."""

    tx_hash: Hash32
    block_number: BlockNumber
    block_hash: Hash32
    status: bool
    gas_used: int
    contract_address: Address | None
    logs: tuple[Log, ...]


@dataclass(frozen=True, slots=True)
class Fees:
    """What gas costs now, in wei: the base fee of the next block, and a tip that is taken."""

    base_wei: int
    tip_wei: int


def pause_seconds(text: str | None) -> int | None:
    """What a `Retry-After` of seconds asks for; a date, or nothing sensible, asks for None."""
    return int(text) if text is not None and _SECONDS.fullmatch(text.strip()) else None


def quantity(text: object) -> int:
    """A JSON-RPC quantity such as 0x1b4."""
    if not isinstance(text, str) or not _QUANTITY.fullmatch(text):
        raise ValueError(f"{text!r} is not a quantity")
    return int(text, 16)


def hash32(text: object) -> Hash32:
    """A 32-byte hash in lower case."""
    if not isinstance(text, str) or not _HASH.fullmatch(text):
        raise ValueError(f"{text!r} is not a hash")
    return Hash32(text.lower())


def data(text: object) -> str:
    """Bytes as 0x text in lower case."""
    if not isinstance(text, str) or not _DATA.fullmatch(text):
        raise ValueError(f"{text!r} is not hex data")
    return text.lower()


def raw_bytes(text: object) -> bytes:
    """Bytes from 0x text; some nodes leave a leading zero out."""
    if not isinstance(text, str) or not text.startswith("0x"):
        raise ValueError(f"{text!r} is not hex data")
    body = text[2:]
    return bytes.fromhex(body.rjust(len(body) + len(body) % 2, "0"))


def block_ref(found: Json) -> BlockRef:
    """A header."""
    return BlockRef(
        BlockNumber(quantity(found["number"])),
        hash32(found["hash"]),
        hash32(found["parentHash"]),
        quantity(found["timestamp"]),
    )


def log(found: Json) -> Log:
    """A log of a mined block."""
    if found.get("removed"):
        raise ValueError("a log that was taken back was given")
    return Log(
        address=wallet_key(found["address"]),
        topics=tuple(hash32(topic) for topic in found["topics"]),
        data=data(found["data"]),
        block_number=BlockNumber(quantity(found["blockNumber"])),
        block_hash=hash32(found["blockHash"]),
        tx_hash=hash32(found["transactionHash"]),
        log_index=quantity(found["logIndex"]),
    )


def check_logs(logs: Sequence[Log], addresses: frozenset[Address], block_hash: str) -> None:
    """Raise ValueError unless these can be the logs of that block."""
    for each in logs:
        if each.address not in addresses:
            raise ValueError(f"a log of {each.address} was given, which was not asked for")
        if each.block_hash != block_hash:
            raise ValueError(f"a log of block {each.block_hash} was given for {block_hash}")
    if len({(each.block_hash, each.log_index) for each in logs}) < len(logs):
        raise ValueError("one log was given twice")


def receipt(found: Json) -> Receipt:
    """A receipt of a mined transaction."""
    made = found.get("contractAddress")
    return Receipt(
        tx_hash=hash32(found["transactionHash"]),
        block_number=BlockNumber(quantity(found["blockNumber"])),
        block_hash=hash32(found["blockHash"]),
        status=_STATUS[found["status"]],
        gas_used=quantity(found["gasUsed"]),
        contract_address=wallet_key(made) if made else None,
        logs=tuple(log(each) for each in found["logs"]),
    )
