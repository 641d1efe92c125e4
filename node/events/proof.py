"""The logs of our contracts in some blocks, proved to be all of them.

In: headers whose hashes were proved, the chain through `Rpc`. Out: logs as they were answered.
Called by: look and batch in the mode `proven`.

A block whose bloom filter knows none of our addresses has no log of ours. Of every other block all
receipts are read and their root is compared with the header's, so a log that is left out, altered
or invented is found, whoever answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Final

from node.chain.blocks import ChainMoved
from node.chain.bloom import BloomTest
from node.chain.header import Header
from node.chain.rpc import BlockUnknown, Rpc
from node.chain.rpc_shapes import Json
from node.core.ids import wallet_key
from node.events.catalog import Catalog

HEADERS_PER_REQUEST: Final = 100
RECEIPTS_PER_REQUEST: Final = 10  # blocks; a full one has megabytes of them


class Mode(StrEnum):
    """How much is believed: that an endpoint leaves out no log, or nothing."""

    FAST = "fast"
    PROVEN = "proven"


class Evidence:
    """Headers and logs of one chain, proved or as they are told."""

    def __init__(self, rpc: Rpc, catalog: Catalog, mode: Mode) -> None:
        self._rpc = rpc
        self._mode = mode
        self._ours = frozenset(wallet_key(each) for each in catalog.addresses)
        self._bloom = BloomTest(self._ours)

    @property
    def is_proven(self) -> bool:
        """Whether logs are taken from receipts that make the header's root."""
        return self._mode is Mode.PROVEN

    def headers(self, numbers: Sequence[int]) -> list[Header]:
        """The headers at these heights, in that order. Raises `ChainMoved` where one is gone."""
        ask = self._rpc.proved_headers if self.is_proven else self._rpc.headers
        found: list[Header] = []
        try:
            for at in range(0, len(numbers), HEADERS_PER_REQUEST):
                found += ask(numbers[at : at + HEADERS_PER_REQUEST])
        except BlockUnknown as error:
            raise ChainMoved(error.detail) from error
        return found

    def logs(self, headers: Sequence[Header]) -> list[Json]:
        """Every log of ours in these blocks. Raises `Unproved`, `ChainMoved`."""
        return list(self._logs([each for each in headers if self._may_hold(each)]))

    def _may_hold(self, header: Header) -> bool:
        return self._bloom.may_contain(header.logs_bloom)

    def _logs(self, headers: Sequence[Header]) -> Iterator[Json]:
        try:
            for at in range(0, len(headers), RECEIPTS_PER_REQUEST):
                for receipts in self._rpc.proved_receipts(headers[at : at + RECEIPTS_PER_REQUEST]):
                    for receipt in receipts:
                        yield from (log for log in receipt["logs"] if log["address"] in self._ours)
        except BlockUnknown as error:
            raise ChainMoved(error.detail) from error
