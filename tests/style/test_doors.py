"""The law of doors: some things enter through one place only.

SQL through store.py, web3 through chain/, keys through the signer, settings through app and cli.
A door is a path (a folder when it ends in `/`); each has its reason.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import pytest

from tests.style.source import CODE, Offence, Source, hold, offences

SQL_VERBS = ("select", "insert", "update", "delete", "text")


class Door(NamedTuple):
    """Modules or names that only the listed places may import; `places` maps each to its reason."""

    targets: Iterable[str]
    places: Mapping[str, str]


DATABASE = {
    "node/db/": "engine, cursors and leases are below every store; migrations write SQL",
    "tests/": "a test may look at the rows, whoever wrote them",
}
DOORS = (
    Door(
        [f"{library}.{verb}" for library in ("sqlmodel", "sqlalchemy") for verb in SQL_VERBS],
        DATABASE,
    ),
    Door(
        ["psycopg", "sqlite3"],
        DATABASE
        | {
            "node/chain/embedded_store.py": "the embedded chain's own file, not the node's tables",
            "scripts/bench/": "measures against the bare driver",
        },
    ),
    Door(
        ["web3"],
        {
            "node/chain/": "the only door to the chain",
            "tests/contracts/": "contracts are tested below the node",
            "tests/support/": "builds the chains that tests run on",
            "scripts/bench/": "measures against it",
        },
    ),
    Door(
        ["eth_account"],
        {
            "node/submission/signer.py": "the only place that sees a key",
            "tests/": "tests sign as the parties that are not us",
        },
    ),
    Door(
        ["node.settings"],
        {
            "node/app.py": "composition root: hands each part its values",
            "node/cli/__init__.py": "chooses where they are read from",
            "node/cli/opened.py": "opens what they name",
            "node/demo/command.py": "hands them on from cli to app, unread",
            "tests/": "tests compose nodes of their own",
        },
    ),
)

ESCAPES: dict[str, str] = {}


def test_doors() -> None:
    hold(offences(past_the_door, *CODE), ESCAPES)


def past_the_door(source: Source) -> Iterator[Offence]:
    for door in DOORS:
        if _may_enter(source.path, door):
            continue
        for each in source.imports:
            if any(each.within(target) for target in door.targets):
                entrances = ", ".join(door.places)
                yield Offence(source.path, each.line, f"{each.target} enters by {entrances} only")


def _may_enter(path: str, door: Door) -> bool:
    if door.places is DATABASE and path.endswith("/store.py"):
        return True
    return any(
        path.startswith(place) if place.endswith("/") else path == place for place in door.places
    )


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("node/ledger/store.py", "from sqlmodel import Session, select"),
        ("node/db/migrations/versions/0001_books.py", "from sqlalchemy import text"),
        ("node/ledger/tables.py", "from sqlmodel import Field, SQLModel"),
        ("node/chain/rpc.py", "from web3 import Web3"),
        ("node/submission/signer.py", "from eth_account import Account"),
        ("node/cli/__init__.py", "from node.settings import Settings"),
    ],
)
def test_doors_are_open(path: str, text: str) -> None:
    assert not list(past_the_door(Source(path, text)))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("node/ledger/journal.py", "from sqlmodel import Session, select"),
        ("node/ledger/store_cache.py", "from sqlalchemy import text"),
        ("node/api/routes/health.py", "import sqlite3"),
        ("scripts/deploy.py", "from web3.types import TxParams"),
        ("node/submission/sender.py", "def late():\n    import eth_account.messages"),
        ("node/jobs/runner.py", "from node.settings import Settings"),
        ("node/jobs/runner.py", "from node import settings"),
    ],
)
def test_walls_are_closed(path: str, text: str) -> None:
    assert list(past_the_door(Source(path, text)))
