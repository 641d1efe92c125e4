"""The file of the embedded chain: whole blocks only, whatever kills the process that writes it."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from node.chain.embedded import ChainInUse, EmbeddedChain, in_use
from node.chain.embedded_store import ChainDamaged
from node.chain.rpc import SendRefused
from node.core.types import BlockRef
from tests.support.chain_keys import MemorySigner, address
from tests.support.chain_sending import send

ALICE, BOB = address("alice"), address("bob")
KEYS = MemorySigner("alice")
ROOT = Path(__file__).resolve().parents[3]


@contextmanager
def opened(path: Path) -> Iterator[EmbeddedChain]:
    """The chain in a file, closed again."""
    with closing(EmbeddedChain(path, [ALICE], now=lambda: 1_800_000_000)) as chain:
        yield chain


def blocks(chain: EmbeddedChain) -> list[BlockRef]:
    rpc = chain.rpc()
    return [rpc.block(number) for number in range(chain.height + 1)]


def test_a_restart_finds_the_same_chain(tmp_path: Path) -> None:
    path = tmp_path / "chain.db"
    with opened(path) as chain:
        sent = send(chain.rpc(), KEYS, ALICE, to=BOB, value=7)
        chain.mine(2)
        before, told = blocks(chain), chain.rpc().receipt(sent)
    with opened(path) as chain:
        assert blocks(chain) == before
        assert chain.rpc().receipt(sent) == told
        assert (chain.rpc().balance(BOB), chain.rpc().nonce(ALICE)) == (7, 1)
        chain.mine()
        assert chain.rpc().block("latest").parent_hash == before[-1].hash


def test_a_restart_after_a_reorg_finds_the_new_branch(tmp_path: Path) -> None:
    path = tmp_path / "chain.db"
    with opened(path) as chain:
        sent = send(chain.rpc(), KEYS, ALICE, to=BOB, value=7)
        chain.reorg(1)
        before = blocks(chain)
    with opened(path) as chain:
        assert blocks(chain) == before
        assert chain.rpc().receipt(sent) is None
        assert chain.rpc().balance(BOB) == 0


def test_what_waits_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "chain.db"
    with opened(path) as chain:
        chain.pause()
        send(chain.rpc(), KEYS, ALICE, to=BOB, value=7)
    with opened(path) as chain:
        chain.mine()
        assert chain.rpc().nonce(ALICE, pending=True) == 0


def test_equal_accounts_make_an_equal_genesis(tmp_path: Path) -> None:
    with opened(tmp_path / "a.db") as one, opened(tmp_path / "b.db") as other:
        assert blocks(one) == blocks(other)


def test_a_second_process_may_read_and_not_write(tmp_path: Path) -> None:
    path = tmp_path / "chain.db"
    with opened(path) as writer:
        assert in_use(path)
        with opened(path) as reader:
            assert reader.read_only
            with pytest.raises(ChainInUse, match="another process writes"):
                reader.mine()
            with pytest.raises(ChainInUse) as refused:
                reader.reorg(1)
            assert "concord" in refused.value.remedy
            with pytest.raises(SendRefused, match="read only"):
                send(reader.rpc(), KEYS, ALICE, to=BOB)
            reader.heartbeat()
            assert reader.height == writer.height == 0
    assert not in_use(path)
    with opened(path) as chain:
        assert not chain.read_only


def test_a_reader_follows_the_writer_through_a_reorg(tmp_path: Path) -> None:
    path = tmp_path / "chain.db"
    with opened(path) as writer, opened(path) as reader:
        for _ in range(3):
            sent = send(writer.rpc(), KEYS, ALICE, to=BOB, value=1)
            assert reader.rpc().receipt(sent) == writer.rpc().receipt(sent)
            assert blocks(reader) == blocks(writer)
        writer.reorg(2)
        assert blocks(reader) == blocks(writer)
        assert reader.rpc().balance(BOB) == 1


def test_a_reader_of_a_chain_that_is_not_there_yet(tmp_path: Path) -> None:
    path = tmp_path / "chain.db"
    with opened(path):
        path.rename(tmp_path / "moved.db")
        with pytest.raises(ChainInUse) as refused:
            EmbeddedChain(path)
        assert "try again" in refused.value.remedy


def test_a_file_that_is_no_chain_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "chain.db"
    path.write_bytes(b"this is not a database, and longer than its header would have to be" * 20)
    before = path.read_bytes()
    with pytest.raises(ChainDamaged) as refused:
        EmbeddedChain(path)
    assert "make reset" in refused.value.remedy
    assert path.read_bytes() == before
    assert not in_use(path)


def test_a_chain_that_lost_its_head_is_not_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "chain.db"
    with opened(path) as chain:
        chain.mine(3)
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("DELETE FROM state WHERE key = ?", (b"v1:canonical_head_hash",))
    with pytest.raises(ChainDamaged):
        EmbeddedChain(path)
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT count(*) FROM state").fetchone()[0] > 4


# ---------------------------------------------------------------------------------- killed writers


def killed(path: Path, *, after: int, then_read: bool) -> list[str]:
    """What a writer said that was killed; after some lines, or at any moment behind them."""
    command = [sys.executable, "-m", "tests.support.chain_writer", str(path), "100000"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        said = [writer.stdout.readline().strip() for _ in range(after)]
        if then_read:  # the reader holds its place in the file while the writer dies
            with closing(EmbeddedChain(path)) as reader:
                assert reader.height >= after
        writer.kill()
        said += [line.strip() for line in writer.stdout.read().splitlines(keepends=True)
                 if line.endswith("\n")]  # fmt: skip
    return said


@pytest.mark.parametrize("round_", range(3))
def test_a_killed_writer_leaves_whole_blocks(tmp_path: Path, round_: int) -> None:
    path = tmp_path / "chain.db"
    after = random.Random(round_).randint(1, 40)  # noqa: S311 - a moment, not a secret
    said = killed(path, after=after, then_read=bool(round_ % 2))
    with opened(path) as chain:
        found = blocks(chain)
        told = [f"{each.number} {each.hash}" for each in found]
        # What it said was on disk before; at most one block more was.
        assert told[1 : len(said) + 1] == said
        assert len(told) <= len(said) + 2
        # The state belongs to the head: every third block took one transaction.
        assert chain.rpc().balance(BOB) == chain.rpc().nonce(ALICE) == (len(told) + 1) // 3
        send(chain.rpc(), KEYS, ALICE, to=BOB, value=1)
        assert chain.rpc().block("latest").parent_hash == found[-1].hash


def test_killed_again_and_again_it_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "chain.db"
    heights = []
    for _ in range(2):
        killed(path, after=2, then_read=False)
        with opened(path) as chain:
            heights.append(chain.height)
    assert heights == sorted(set(heights))
