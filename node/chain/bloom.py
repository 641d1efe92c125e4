"""Whether a block can contain logs of some contracts, told by the bloom filter in its header.

In: a header's `logs_bloom`, addresses and topics. Out: no, or maybe. Called by: the indexer.
A `no` is certain if the header is proved; a `maybe` says nothing. Source: yellow paper 4.3.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from eth_hash.auto import keccak

_BITS: Final = 2047


class BloomTest:
    """One question, asked of many blocks."""

    def __init__(self, addresses: Iterable[str], topics: Sequence[str] = ()) -> None:
        """Asks for a log of any of the addresses with any of the topics; none is any."""
        self._addresses = [_mask(each) for each in addresses]
        self._topics = [_mask(each) for each in topics]

    def may_contain(self, logs_bloom: str) -> bool:
        """False only where no log of that kind is in the block."""
        bloom = int(logs_bloom, 16)
        return _any(bloom, self._addresses) and (not self._topics or _any(bloom, self._topics))


def _any(bloom: int, masks: Sequence[int]) -> bool:
    return any(bloom & mask == mask for mask in masks)


def _mask(text: str) -> int:
    """Three bits, each taken from two bytes of the hash."""
    hashed = keccak(bytes.fromhex(text.removeprefix("0x")))
    bits = (int.from_bytes(hashed[at : at + 2], "big") & _BITS for at in (0, 2, 4))
    return sum({1 << each for each in bits})
