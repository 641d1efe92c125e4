"""What an endpoint says when a range of logs is too large for it, and what it would take instead.

In: the message of an error. Out: whether it is about the range, and how many blocks it names.
Called by: rpc_errors. Wordings of geth, Erigon, Besu, Nethermind, reth and of Alchemy, Infura,
QuickNode, Ankr, dRPC, BlockPI, Chainstack, Cloudflare and others are in the tests.
"""

from __future__ import annotations

import re
from typing import Final

# Said of a range that makes no sense at all: asking for less of it does not help.
_NOT_ABOUT_SIZE: Final = re.compile(
    r"invalid (block )?range|beyond (the )?(current )?head|fromblock.*(greater|higher|after)"
    r"|begin.*(greater|after)",
    re.IGNORECASE,
)
_TOO_LARGE: Final = re.compile(
    r"(more than|max(imum)?|exceeds?|over) [\d,.]+k? ?(results|logs|blocks|entries)"
    r"|block[- ]?range|ranges? over|range (is )?(too|limit)|maximum range|max range"
    r"|too (many|large|wide|big).*(results|logs|blocks|range|response)"
    r"|(results|logs|blocks|range|response|query|size).*(too (many|large|wide|big)|limit exceeded)"
    r"|^limit exceeded|response size|size.*exceed|query time(d )?out|exceed.*(range|blocks|results)"
    r"|limited to .*(range|blocks)|logs per response|requested blocks|range.*exceeds"
    r"|logs.* exceeds limit",
    re.IGNORECASE,
)
_HEX_PAIR: Final = re.compile(r"(0x[0-9a-f]+)\s*(?:,|-|to)\s*(0x[0-9a-f]+)", re.IGNORECASE)
_PAIR: Final = re.compile(r"range (\d+)\s*(?:-|to)\s*(\d+)", re.IGNORECASE)
_COUNT: Final = r"([\d,]+k?)"
_MAX: Final = r"max(?:imum)?(?: allowed| rpc)?"
_NO_LOGS: Final = r"(?! (?:results|logs|entries))"
# Each names a count of blocks. What counts logs ("more than 10000 results") names none.
_COUNTS: Final = tuple(
    re.compile(each, re.IGNORECASE)
    for each in (
        rf"ranges? over {_COUNT} blocks",
        rf"(?:limited to|up to)(?: a| 0 ?-)? ?{_COUNT}[- ]?(?:blocks?|range)",
        rf"{_MAX}(?: block)?[- ]?range(?: limit)?(?: is| of|:| =)* {_COUNT}\b",
        rf"{_MAX}(?: number of requested blocks)?(?: is set to| is| of|:)* {_COUNT}\b{_NO_LOGS}",
        rf"(?:more than|over|greater than) {_COUNT} blocks",
        rf"range.* limit(?: is| of|:)* {_COUNT}\b",
    )
)
_BLOCKS_MAX: Final = 10**9


def is_too_large(message: str) -> bool:
    """Whether asking for fewer blocks may help."""
    return bool(_TOO_LARGE.search(message)) and not _NOT_ABOUT_SIZE.search(message)


def suggested(message: str) -> int | None:
    """How many blocks the endpoint says it would take; None where it names no such number."""
    for pattern, base in ((_HEX_PAIR, 16), (_PAIR, 10)):
        pair = pattern.search(message)
        if pair:
            return _sound(int(pair[2], base) - int(pair[1], base) + 1)
    for pattern in _COUNTS:
        found = pattern.search(message)
        if found:
            return _sound(_number(found[1]))
    return None


def _number(text: str) -> int:
    digits = text.lower().removesuffix("k").replace(",", "")
    return int(digits or 0) * (1000 if text.lower().endswith("k") else 1)


def _sound(count: int) -> int | None:
    return count if 0 < count <= _BLOCKS_MAX else None
