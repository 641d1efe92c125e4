"""What `Rpc` reads of many blocks at once; each question goes to the endpoint that does best.

In: heights, hashes, addresses. Out: headers, logs, receipts, views. Called by: rpc, as its part.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from node.chain import rpc_bulk
from node.chain.header import Header
from node.chain.log_view import View
from node.chain.rpc_pool import Pool
from node.chain.rpc_shapes import Json, Log
from node.core.ids import wallet_key
from node.core.types import Address


class Reads:
    """The reads of `Rpc` that the indexer lives on."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def headers(self, numbers: Sequence[int]) -> list[Header]:
        """The headers at these heights, in that order. Raises `BlockUnknown`."""
        return self._pool.first(lambda endpoint: rpc_bulk.headers(endpoint, numbers))

    def proved_headers(self, numbers: Sequence[int]) -> list[Header]:
        """The same, each with a hash that its fields make. Raises `HeaderUnproved`."""
        return self._pool.first(lambda endpoint: rpc_bulk.proved_headers(endpoint, numbers))

    def logs(
        self,
        from_block: int,
        to_block: int,
        addresses: Iterable[str],
        topics: Sequence[Any] | None = None,
    ) -> list[Log]:
        """Logs of these contracts within a range of blocks, both ends included."""
        numbers, wanted = range(from_block, to_block + 1), _keys(addresses)
        return self._pool.first(lambda each: rpc_bulk.logs(each, numbers, wanted, topics))

    def raw_logs(
        self,
        from_block: int,
        to_block: int,
        addresses: Iterable[str],
        topics: Sequence[Any] | None = None,
    ) -> list[Json]:
        """The same as JSON objects, as they were answered by an endpoint that holds `to_block`.

        Raises `RangeTooLarge`, whose `suggested` says how many blocks the endpoint would take, and
        `BlockUnknown` where no endpoint holds the last block.
        """
        numbers, wanted = range(from_block, to_block + 1), _keys(addresses)
        return self._pool.first(lambda each: rpc_bulk.raw_logs(each, numbers, wanted, topics))

    def logs_of_block(self, block_hash: str, addresses: Iterable[str]) -> list[Log]:
        """Logs of these contracts in exactly one block. Raises `BlockUnknown` when it is gone."""
        wanted = _keys(addresses)
        return self._pool.first(lambda each: rpc_bulk.logs_of_block(each, block_hash, wanted))

    def raw_receipts(self, block_hash: str) -> list[Json]:
        """All receipts of a block as JSON objects, in order. Raises `BlockUnknown`."""
        return self.receipts_of_blocks([block_hash])[0]

    def receipts_of_blocks(self, block_hashes: Sequence[str]) -> list[list[Json]]:
        """All receipts of each of these blocks, asked for together."""
        return self._pool.first(lambda each: rpc_bulk.raw_receipts(each, block_hashes))

    def proved_receipts(self, headers: Sequence[Header]) -> list[list[Json]]:
        """The same, all and unaltered by the root in each header. Raises `Unproved`."""
        return self._pool.first(lambda each: rpc_bulk.proved_receipts(each, headers))

    def views(self, numbers: range, addresses: Iterable[str]) -> list[tuple[str, View]]:
        """How each endpoint that answers sees a range of blocks, with the endpoint's name."""
        wanted = _keys(addresses)
        told = self._pool.each(lambda endpoint: rpc_bulk.seen(endpoint, numbers, wanted))
        return [(endpoint.name, found) for endpoint, found in told]


def _keys(addresses: Iterable[str]) -> frozenset[Address]:
    return frozenset(wallet_key(each) for each in addresses)
