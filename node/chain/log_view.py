"""A range of blocks as someone sees it, in a form that two can compare.

In: the hash of its last block, its logs. Out: `View`. Called by: rpc_bulk (what an endpoint sees),
events (what we hold), agreement and the rescan (whether both are the same).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

# Block number, log index, block, transaction, address, topics, data; text in lower case.
LogLine = tuple[int, int, str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class View:
    """A range of blocks as someone sees it: its last block, and a digest of all logs in it."""

    block_hash: str
    logs: int
    digest: str

    def __str__(self) -> str:
        return f"block {self.block_hash} and {self.logs} logs ({self.digest[:16]})"


def view(block_hash: str, lines: Iterable[LogLine]) -> View:
    """What is seen; two are equal only if every part of every log is."""
    ordered = sorted(lines)
    hashed = hashlib.sha256("\n".join(map(repr, ordered)).encode())
    return View(block_hash, len(ordered), hashed.hexdigest())


def line(log: Mapping[str, Any]) -> LogLine:
    """A log as an endpoint answered it."""
    return (
        int(log["blockNumber"], 16),
        int(log["logIndex"], 16),
        log["blockHash"].lower(),
        log["transactionHash"].lower(),
        log["address"].lower(),
        ",".join(log["topics"]).lower(),
        log["data"].lower(),
    )
