"""The law of layers: the folder tree of node/ is the layer diagram.

A module imports only from lines below its own, or from its own package; names on one line do not
know each other. `core` imports nothing of the project and does no input or output.
"""

import ast
from collections.abc import Iterator

import pytest

from tests.style.source import Import, Offence, Source, hold, offences

LAYERS = (
    "__main__",
    "cli",  # reads settings, chooses a verb
    "demo",  # a business day, played on the whole node
    "app",  # composition root
    "handles",  # makes the services
    "checks ground web",  # the doctor; database, chain and keys; one application and its server
    "pipeline",  # the ordered stages on one screen
    "api console terminal",  # read stores, call services
    "services",  # the handles they share
    "jobs",  # runs stages on a clock
    "days",  # what a business day came to
    "settlement reconciliation defi",  # business decisions
    "bindings",  # what each of our contracts means
    "posting submission bank feed sealing",
    "events ledger control",
    "chain",  # the only door to web3
    "db sheets",
    "core log metrics settings",  # vocabulary
)
HEIGHT = {name: -line for line, names in enumerate(LAYERS) for name in names.split()}
# What reaches outside the process; `core` is given such things by whoever calls it.
IO = frozenset(
    {"asyncio", "http", "httpx", "io", "logging", "os", "pathlib", "psycopg", "requests"}
    | {"shutil", "socket", "sqlalchemy", "sqlite3", "sqlmodel", "subprocess", "tempfile"}
    | {"threading", "urllib", "web3"}
)

ESCAPES: dict[str, str] = {}


def test_layers() -> None:
    hold([*offences(out_of_layer, "node"), *offences(io_in_core, "node")], ESCAPES)


def out_of_layer(source: Source) -> Iterator[Offence]:
    # node/__init__.py counts as the lowest: everyone imports it, so it imports nobody.
    own = [*source.module.split("."), "core"][1]
    if own not in HEIGHT:
        yield Offence(source.path, 0, f"{own!r} has no place in the layers")
        return
    for each in source.imports:
        wrong = _wrong(own, each)
        if wrong is not None:
            yield Offence(source.path, each.line, wrong)


def _wrong(own: str, imported: Import) -> str | None:
    if not imported.within("node"):
        return None
    other = [*imported.target.split("."), ""][1]
    if other == own:
        return None
    if other not in HEIGHT:
        return f"imports {imported.target!r}, which has no place in the layers"
    if HEIGHT[other] < HEIGHT[own]:
        return None
    beside = HEIGHT[other] == HEIGHT[own]
    return f"{own!r} imports {other!r}, which is {'beside' if beside else 'above'} it"


def io_in_core(source: Source) -> Iterator[Offence]:
    if not source.module.startswith("node.core"):
        return
    for each in source.imports:
        if each.target.split(".")[0] in IO:
            yield Offence(source.path, each.line, f"core does no input or output: {each.target}")
    for call in ast.walk(source.tree):
        if isinstance(call, ast.Name) and call.id == "open":
            yield Offence(source.path, call.lineno, "core does no input or output: open")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("node/ledger/journal.py", "from node.chain import rpc\nfrom node.core import money"),
        ("node/cli.py", "from node.app import build"),
        ("node/posting/poster.py", "from .rule import Rule"),
        ("node/demo/day.py", "import node.app"),
        ("node/chain/rpc.py", "import web3"),
    ],
)
def test_downward_is_free(path: str, text: str) -> None:
    assert list(out_of_layer(Source(path, text))) == []


@pytest.mark.parametrize(
    ("path", "text", "what"),
    [
        ("node/ledger/journal.py", "from node.posting import rule", "above"),
        ("node/ledger/journal.py", "from node import events", "beside"),
        ("node/api/app.py", "from ..console import views", "beside"),
        ("node/core/money.py", "import node.db.engine", "above"),
        ("node/__init__.py", "from node.app import build", "above"),
        ("node/app.py", "def late():\n    from node.cli import main", "above"),
        ("node/treasury/desk.py", "", "has no place"),
        ("node/api/app.py", "from node.treasury import desk", "has no place"),
    ],
)
def test_upward_and_sideways_are_not(path: str, text: str, what: str) -> None:
    assert any(what in each.what for each in out_of_layer(Source(path, text)))


@pytest.mark.parametrize("text", ["import os", "from urllib.request import urlopen", "open('x')"])
def test_core_is_pure(text: str) -> None:
    assert list(io_in_core(Source("node/core/clock.py", text)))
    assert not list(io_in_core(Source("node/db/engine.py", text)))
