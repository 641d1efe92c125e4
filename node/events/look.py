"""One look at the chain: where it agrees with the blocks we hold, and what follows behind them.

In: the blocks we hold, the chain through `Rpc`, the catalog of our contracts, the finality policy.
Out: `Look`, checked to be one chain: each block names its parent, each event a block that was read.
Called by: the indexer, which writes what was seen. Reads no database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from node.chain.blocks import ChainMoved, check_linked, common_block
from node.chain.finality import FinalityPolicy, Heights
from node.chain.ranges import RangeSizer, in_parts
from node.chain.rpc import BlockUnknown, Log, Rpc
from node.core.errors import Fatal
from node.core.types import BlockRef
from node.events.catalog import Catalog
from node.events.event import NewEvent
from node.events.proof import Evidence
from node.events.reading import Reading

BLOCKS_PER_LOOK: Final = 100


class DeepReorg(Fatal):
    """The chain took back a block that we had called final."""

    code = "DEEP_REORG"
    title = "Reorg deeper than final"

    def __init__(self, detail: str) -> None:
        super().__init__(
            detail,
            remedy="Check that the RPC serves the right chain; if it does, stop and call the"
            " chain's operator. To start anew with a demo: make reset.",
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """Where we stand on the chain: the newest block that is on it too, and the chain's heights.

    `common` is the height of `block`, or that before our first block while we hold none.
    """

    block: BlockRef | None
    common: int
    forked: bool
    heights: Heights
    ahead: bool  # whether the chain goes on behind that block

    @property
    def final_ahead(self) -> int:
        """How many blocks are final that we have not read."""
        return 0 if self.forked or not self.ahead else max(self.heights.final - self.common, 0)


@dataclass(frozen=True, slots=True)
class Look:
    """One reading of the chain: where it agrees with us, and what follows."""

    standing: Standing
    blocks: tuple[BlockRef, ...] = ()
    events: tuple[NewEvent, ...] = ()

    @property
    def indexed(self) -> int:
        """The height that is known once this reading is written."""
        return self.blocks[-1].number if self.blocks else self.standing.common


class Looker:
    """Reads the chain; a chain that moves meanwhile is `ChainMoved`, and the next look is new."""

    def __init__(
        self,
        *,
        rpc: Rpc,
        catalog: Catalog,
        policy: FinalityPolicy,
        evidence: Evidence,
        sizer: RangeSizer,
    ) -> None:
        self._rpc = rpc
        self._catalog = catalog
        self._policy = policy
        self._evidence = evidence
        self._sizer = sizer
        self._chain_id = rpc.chain_id()

    def head(self) -> BlockRef:
        """The newest block."""
        return self._rpc.block("latest")

    def standing(self, head: BlockRef, held: Sequence[BlockRef], ours: BlockRef | None) -> Standing:
        """Where we stand, seen from `head`.

        `held` are the newest blocks we hold, in rising order; `ours` is the one at the head's
        height, or the newest below it. Raises `DeepReorg`.
        """
        heights = self._policy.heights(head.number, self._tagged())
        if held and self._reaches(held[-1], head, ours):
            # Nothing new, or an endpoint that is behind us: its silence takes nothing back.
            return Standing(held[-1], held[-1].number, forked=False, heights=heights, ahead=False)
        block = self._common(held, head)
        common = block.number if block else self._catalog.first_block - 1
        forked = bool(held) and common != held[-1].number
        return Standing(block, common, forked, heights, ahead=True)

    def look(self, head: BlockRef, standing: Standing) -> Look:
        """The next blocks up to `head`, whatever may still become of them. Raises `ChainMoved`."""
        if not standing.ahead:
            return Look(standing)
        end = min(head.number, standing.common + BLOCKS_PER_LOOK)
        headers = self._evidence.headers(range(max(standing.common + 1, 0), end + 1))
        blocks = [each.ref for each in headers]
        check_linked(standing.block, blocks)
        if blocks and end == head.number and blocks[-1].hash != head.hash:
            raise ChainMoved(f"block {head.number} was {head.hash} and is {blocks[-1].hash}")
        reading = Reading(self._chain_id, self._catalog, blocks)
        if self._evidence.is_proven:
            events = reading.answer(self._evidence.logs(headers))
        else:
            events = reading.logs(self._told(blocks, standing.heights.final))
        return Look(standing, tuple(blocks), tuple(events))

    def _reaches(self, newest: BlockRef, head: BlockRef, ours: BlockRef | None) -> bool:
        """Whether our blocks go as far as that head, on the same chain.

        Below what is final not every block is held, so the one to compare may be below the head.
        """
        if head.number > newest.number:
            return False
        if ours is None:
            return True
        theirs = head if ours.number == head.number else self._rpc.block(ours.number)
        return theirs.hash == ours.hash

    def _tagged(self) -> int | None:
        return self._rpc.block(self._policy.tag).number if self._policy.tag else None

    def _common(self, held: Sequence[BlockRef], head: BlockRef) -> BlockRef | None:
        def theirs(number: int) -> BlockRef | None:
            return self._rpc.block(number) if number <= head.number else None

        common = common_block(held, theirs)
        if common is None and held and held[0].number > max(self._catalog.first_block, 0):
            raise DeepReorg(f"none of the {len(held)} newest blocks we hold is on the chain")
        return common

    def _told(self, blocks: Sequence[BlockRef], final: int) -> list[Log]:
        """Final blocks are asked for together; one that may move is asked for by its hash."""
        settled = [block.number for block in blocks if block.number <= final]
        numbers = range(settled[0], settled[-1] + 1) if settled else range(0)
        found = in_parts(numbers, self._logs, self._sizer) if settled else []
        for block in blocks[len(settled) :]:
            found += self._logs_of(block)
        return found

    def _logs_of(self, block: BlockRef) -> list[Log]:
        try:
            return self._rpc.logs_of_block(block.hash, self._catalog.addresses)
        except BlockUnknown as error:
            raise ChainMoved(f"block {block.number} {block.hash} left the chain") from error

    def _logs(self, low: int, high: int) -> list[Log]:
        return self._rpc.logs(low, high, self._catalog.addresses)
