"""A process that writes an embedded chain until it is killed: run as a program, never imported.

In: the chain's path, and how many blocks to mine, transactions in some of them. Out: one line per
block on stdout, `<number> <hash>`, said after the block is mined.
"""

from __future__ import annotations

import sys
from pathlib import Path

from node.chain.embedded import EmbeddedChain
from tests.support.chain_keys import MemorySigner, address
from tests.support.chain_sending import send


def main(path: str, blocks: str) -> None:
    """Mine, and say so."""
    alice, bob = address("alice"), address("bob")
    chain = EmbeddedChain(Path(path), [alice], now=lambda: 1_800_000_000)
    rpc, keys = chain.rpc(), MemorySigner("alice")
    for at in range(int(blocks)):
        if at % 3:
            chain.mine()
        else:
            send(rpc, keys, alice, to=bob, value=1)
        head = rpc.block("latest")
        print(head.number, head.hash, flush=True)  # noqa: T201 - how it speaks to its test


if __name__ == "__main__":
    main(*sys.argv[1:])
