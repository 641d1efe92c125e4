"""The root of a Merkle Patricia trie over a list: what a header holds of its receipts.

In: the encoded members in their order. Out: the root. Called by: receipts_root.

The key of a member is the RLP of its place. Such a trie is built whole, once, and forgotten: so it
is a recursion over sorted keys, without a database of nodes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from eth_hash.auto import keccak

from node.chain.rlp_text import EMPTY, listed, number, string, string_head, to_bytes

EMPTY_ROOT: Final = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"
_HASH_LENGTH: Final = 32
_LEAF, _EXTENSION = 2, 0
# A key in hex digits, and the value as hex text.
Entry = tuple[str, str]


def root_of(members: Sequence[str]) -> str:
    """The root over members given as hex text, as 0x text."""
    if not members:
        return EMPTY_ROOT
    entries = sorted((number(place), member) for place, member in enumerate(members))
    return "0x" + keccak(to_bytes(_node(entries, 0))).hex()


def _node(entries: Sequence[Entry], depth: int) -> str:
    """The encoded node under which these entries, in order, differ from `depth` on."""
    first = entries[0][0]
    if len(entries) == 1:
        return listed(_path(first[depth:], _LEAF) + _value(entries[0][1]))
    last = entries[-1][0]
    shared = depth
    while first[shared] == last[shared]:
        shared += 1
    branch = _branch(entries, shared)
    if shared == depth:
        return branch
    return listed(_path(first[depth:shared], _EXTENSION) + _reference(branch))


def _branch(entries: Sequence[Entry], depth: int) -> str:
    children = [EMPTY] * 17  # no place is the beginning of another's, so none ends here
    start = 0
    for end in range(1, len(entries) + 1):
        if end == len(entries) or entries[end][0][depth] != entries[start][0][depth]:
            digit = int(entries[start][0][depth], 16)
            children[digit] = _reference(_node(entries[start:end], depth + 1))
            start = end
    return listed("".join(children))


def _reference(node: str) -> str:
    """A small node stands in its parent, any other by its hash."""
    if len(node) < 2 * _HASH_LENGTH:
        return node
    return string_head(_HASH_LENGTH) + keccak(to_bytes(node)).hex()


def _path(digits: str, kind: int) -> str:
    return string(f"{kind + 1:x}{digits}" if len(digits) % 2 else f"{kind:x}0{digits}")


def _value(member: str) -> str:
    return string(member)
