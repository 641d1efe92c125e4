"""A block header: what the node reads of it, and all that its hash is made of.

In: the JSON object of a block. Out: `Header`. Called by: rpc, the indexer, header_hash.
Raises KeyError, TypeError or ValueError for an object that is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from node.chain.rpc_shapes import block_ref, hash32
from node.core.types import BlockNumber, BlockRef, Hash32

_BLOOM_LENGTH: Final = 2 + 2 * 256


@dataclass(frozen=True, slots=True)
class Header:
    """One header. `logs_bloom` is 0x text; `fields` is the block as the endpoint told it."""

    number: BlockNumber
    hash: Hash32
    parent_hash: Hash32
    timestamp: int
    logs_bloom: str
    receipts_root: Hash32
    fields: Mapping[str, Any]

    @property
    def ref(self) -> BlockRef:
        """The part of it that the node keeps."""
        return BlockRef(self.number, self.hash, self.parent_hash, self.timestamp)


def header(found: Mapping[str, Any]) -> Header:
    """A header as it was told; whether its hash is its own is proved by header_hash alone."""
    ref, bloom = block_ref(found), found["logsBloom"]
    if not isinstance(bloom, str) or len(bloom) != _BLOOM_LENGTH:
        raise ValueError(f"{str(bloom)[:40]!r} is no logs bloom")
    root = hash32(found["receiptsRoot"])
    return Header(ref.number, ref.hash, ref.parent_hash, ref.timestamp, bloom, root, found)
