"""What the verbs of the command line share: the node that is opened, and how they speak.

In: the environment. Out: an open node, JSON on stdout. Called by: every verb.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from node import log
from node.app import Node, build, load_settings
from node.ground import require_node
from node.jobs.runner import NotLeader
from node.settings import Settings

ANSWER_IS_NO: Final = 1
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")]


@contextmanager
def opened() -> Iterator[Node]:
    """The node that the settings name, without its clock."""
    settings = load_settings()
    if settings.embedded:
        require_node(settings.data_folder, settings.chain_file)
    log.configure(settings.log_level, file=log_file(settings))
    node = build(settings)
    try:
        yield node
    finally:
        node.close()


def catch_up(node: Node) -> None:
    """Let the stages take in what is new, where no other process does."""
    if node.chain is not None and node.chain.read_only:
        return
    try:
        node.drive(to_final=True)
    except NotLeader:
        return


def log_file(settings: Settings) -> Path:
    """Where a verb that speaks on the terminal logs."""
    return settings.data_folder / "concord.log"


def stderr() -> Console:
    """Where progress and errors go."""
    return Console(stderr=True)


def print_json(told: object) -> None:
    """One object on stdout."""
    sys.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
