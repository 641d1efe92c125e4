"""A process that dies anywhere: started again, the node ends where one ends that never died."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command_line import ROOT, environment
from tests.support.node_folder import facts, issue, opened, transfer

# Dies in the moment before its n-th commit: what it was about to write is lost, not what it sent.
KILLED = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import event
from tests.support.node_folder import opened
left = int(sys.argv[3])
def commit(_):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
with opened(Path(sys.argv[1]), sys.argv[2]) as node:
    event.listen(node.engine, "commit", commit)
    node.drive(to_final=True)
"""
# Commits until death, one process each: in the middle of several stages and between others.
LIVES = (2, 7, 17, 29)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What a node comes to that is left alone."""
    with opened(tmp_path_factory.mktemp("undisturbed") / "var") as node:
        issue(node)
        node.drive(to_final=True)
        transfer(node)
        node.drive(to_final=True)
        return facts(node)


def test_a_node_killed_again_and_again_ends_in_the_same_state(
    undisturbed: dict[str, object], database_url: str, tmp_path: Path
) -> None:
    folder = tmp_path / "var"
    with opened(folder, database_url) as node:
        issue(node)
    for commits in LIVES:
        _killed(folder, database_url, commits)
    with opened(folder, database_url) as node:
        node.drive(to_final=True)
        transfer(node)
    _killed(folder, database_url, 4)
    with opened(folder, database_url) as node:
        node.drive(to_final=True)
        assert facts(node) == undisturbed
        assert all(check.ok for check in node.services.checks())


def _killed(folder: Path, database_url: str, commits: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(folder), database_url, str(commits)],
        cwd=ROOT,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
