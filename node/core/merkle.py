"""Merkle trees over SHA-256 as certificate transparency has them (RFC 9162, section 2.1).

In: leaves as bytes. Out: a root, the path of one leaf to it. Called by: sealing. Pure.
A leaf and an inner node are hashed with different first bytes, so that none passes for the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

_LEAF, _NODE = b"\x00", b"\x01"


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root of the tree over these leaves, in their order; of none, the hash of nothing."""
    level = [_leaf(each) for each in leaves]
    if not level:
        return sha256().digest()
    while len(level) > 1:
        level = _above(level)
    return level[0]


def path_of(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """What one leaf must be hashed with, from the bottom up, to come to the root."""
    level, path = [_leaf(each) for each in leaves], []
    while len(level) > 1:
        beside = index ^ 1
        if beside < len(level):
            path.append(level[beside])
        level, index = _above(level), index // 2
    return path


def root_by_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root to which a path leads from a leaf of a tree of that size; None where to none."""
    if not 0 <= index < size:
        return None
    found, left, last = _leaf(leaf), list(path), size - 1
    while last:
        if index % 2:
            if not left:
                return None
            found = _node(left.pop(0), found)
        elif index < last:
            if not left:
                return None
            found = _node(found, left.pop(0))
        index, last = index // 2, last // 2
    return None if left else found


def _above(level: Sequence[bytes]) -> list[bytes]:
    """The next level up; the last node without a neighbour goes up as it is."""
    pairs = [_node(*level[n : n + 2]) for n in range(0, len(level) - 1, 2)]
    return [*pairs, level[-1]] if len(level) % 2 else pairs


def _leaf(content: bytes) -> bytes:
    return sha256(_LEAF + content).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(_NODE + left + right).digest()
