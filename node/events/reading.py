"""Logs of one chain into events as they are kept: checked, decoded, in chain order.

In: logs as the endpoint answered them, the headers of their blocks, the catalog of our contracts.
Out: `NewEvent`s. Called by: look (near the head), backfill (far below it). Touches neither chain
nor database.

A log may only stand in a block whose header was read, at one of our addresses, once. What none of
its contract's events explains is kept as it is, without a name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from operator import attrgetter
from typing import Any, Final

import orjson
import structlog

from node.chain import rpc_shapes
from node.chain.blocks import ChainMoved
from node.chain.codec import DecodedLog
from node.chain.rpc import Log, RpcLied
from node.core.types import BlockRef, ChainId, Hash32
from node.events.catalog import Catalog, Watched, uetr_in
from node.events.event import NewEvent

_log = structlog.get_logger(__name__)
_NONSENSE: Final = (KeyError, TypeError, ValueError, AttributeError)
_UNREADABLE: Final = DecodedLog("", {})
_IN_CHAIN: Final = attrgetter("block_number", "log_index")
Json = Mapping[str, Any]
_Place = tuple[int, Hash32, int]  # number, hash and timestamp of a block


class Reading:
    """Reads the logs of some blocks of one chain."""

    def __init__(self, chain_id: ChainId, catalog: Catalog, blocks: Iterable[BlockRef]) -> None:
        self._chain_id = chain_id
        self._catalog = catalog
        self._blocks: dict[str, _Place] = {
            block.hash: (block.number, block.hash, block.timestamp) for block in blocks
        }
        self._watched: dict[str, Watched] = {}
        self._tx: tuple[str, Hash32] = ("", Hash32(""))

    def logs(self, logs: Iterable[Log]) -> list[NewEvent]:
        """Events of logs that were checked one by one. Raises `ChainMoved`, `RpcLied`."""
        return in_order([self._of_log(each) for each in logs])

    def answer(self, logs: Sequence[Json]) -> list[NewEvent]:
        """Events of logs as the endpoint answered them. Raises `ChainMoved`, `RpcLied`."""
        try:
            return in_order([self._of_json(each) for each in logs])
        except _NONSENSE as error:
            raise RpcLied(f"the endpoint answers eth_getLogs with nonsense: {error}") from error

    def _of_json(self, found: Json) -> NewEvent:
        watched = self._at(found["address"])
        topics, data = found["topics"], found["data"]
        plain = watched.decoder.plain(topics, data)
        if plain is None or found.get("removed"):
            return self._of_log(rpc_shapes.log(found))
        block = self._block(found["blockHash"], int(found["blockNumber"], 16))
        place = (self._tx_hash(found["transactionHash"]), int(found["logIndex"], 16))
        kept = orjson.dumps(topics).decode().lower(), data.lower()
        return self._event(watched, block, place, plain, kept)

    def _of_log(self, log: Log) -> NewEvent:
        watched = self._at(log.address)
        block = self._block(log.block_hash, log.block_number)
        decoded = watched.decoder.decode(log.topics, log.data)
        if decoded is None:
            _log.warning(
                "log without an event of its contract", contract=watched.contract.label,
                topic=log.topics[0] if log.topics else "", tx_hash=log.tx_hash,
                log_index=log.log_index,
            )  # fmt: skip
        kept = orjson.dumps(log.topics).decode(), log.data
        return self._event(watched, block, (log.tx_hash, log.log_index), decoded, kept)

    def _event(
        self,
        watched: Watched,
        block: _Place,
        place: tuple[Hash32, int],
        decoded: DecodedLog | None,
        kept: tuple[str, str],
    ) -> NewEvent:
        contract, told = watched.contract, decoded or _UNREADABLE
        return NewEvent(
            self._chain_id,
            *block,
            *place,
            watched.address,
            contract.contract,
            contract.label,
            contract.currency,
            told.name,
            orjson.dumps(told.args).decode(),
            uetr_in(told.args) if "ref" in told.args else "",
            *kept,
        )

    def _at(self, address: str) -> Watched:
        found = self._watched.get(address)
        if found is None:
            found = self._catalog.watched(address)
            if found is None:
                raise RpcLied(f"the RPC gave a log of {address}, which was not asked for")
            self._watched[address] = found
        return found

    def _block(self, block_hash: str, number: int) -> _Place:
        block = self._blocks.get(block_hash.lower())
        if block is None or block[0] != number:
            raise ChainMoved(f"a log stands in block {number} {block_hash}, which was not read")
        return block

    def _tx_hash(self, text: str) -> Hash32:
        if self._tx[0] != text:
            self._tx = (text, rpc_shapes.hash32(text))
        return self._tx[1]


def in_order(events: list[NewEvent]) -> list[NewEvent]:
    """Events in chain order, each once. Raises `RpcLied` for one that was given twice."""
    events.sort(key=_IN_CHAIN)
    places = [*map(_IN_CHAIN, events)]
    if len(set(places)) < len(places):
        number, index = next(one for one, next_ in pairwise(places) if one == next_)
        raise RpcLied(f"the log at place {index} of block {number} was given twice")
    return events
