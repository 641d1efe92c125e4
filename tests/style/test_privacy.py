"""The law of privacy: tables belong to their package, and plug-ins do not know each other.

`node/x/tables.py` is imported by modules of `node/x` and by the migrations alone. In a plug-in
folder every file stands alone, so that adding or removing one touches nothing else.
"""

from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

from tests.style.source import Import, Offence, Source, hold, offences, sources

MIGRATIONS = "node/db/migrations/"
PLUGIN_FOLDERS = (
    "node.api.routes",
    "node.bank.formats",
    "node.bindings",
    "node.console.views",
    "node.defi.venues",
    "node.feed.sinks",
    "node.reconciliation.rules",
)

ESCAPES: dict[str, str] = {}


def test_privacy() -> None:
    found = [*offences(foreign_tables, "node", "scripts"), *offences(sibling_imports, "node")]
    hold(found, ESCAPES)


def foreign_tables(source: Source) -> Iterator[Offence]:
    for each in source.imports:
        owner, is_table, _ = each.target.partition(".tables")
        ours = source.module == owner or source.module.startswith(f"{owner}.")
        if not is_table or not owner.startswith("node.") or ours:
            continue
        if not source.path.startswith(MIGRATIONS):
            yield Offence(source.path, each.line, f"the tables of {owner} are private to it")


def sibling_imports(source: Source) -> Iterator[Offence]:
    for folder in PLUGIN_FOLDERS:
        own = source.module.removeprefix(f"{folder}.").split(".")[0]
        if not source.module.startswith(f"{folder}."):
            continue
        for each in source.imports:
            if _is_sibling(each, folder, own):
                yield Offence(source.path, each.line, f"a plug-in imports another: {each.target}")


def _is_sibling(imported: Import, folder: str, own: str) -> bool:
    if not imported.within(folder) or imported.target == folder:
        return False
    name = imported.target.removeprefix(f"{folder}.").split(".")[0]
    return name != own and name in _plugins(folder)


def _plugins(folder: str) -> frozenset[str]:
    modules = (source.module for source in sources("node"))
    inside = (module.removeprefix(f"{folder}.") for module in modules if f"{folder}." in module)
    return frozenset(name.split(".")[0] for name in inside)


def test_own_tables_and_migrations_are_free() -> None:
    text = "from node.ledger.tables import EntryRow"
    assert not list(foreign_tables(Source("node/ledger/store.py", text)))
    assert not list(foreign_tables(Source("node/db/migrations/env.py", text)))


@pytest.mark.parametrize(
    "text",
    ["from node.ledger.tables import EntryRow", "from node.ledger import tables"],
)
def test_foreign_tables_are_found(text: str) -> None:
    assert list(foreign_tables(Source("node/posting/store.py", text)))
    assert list(foreign_tables(Source("scripts/demo.py", text)))


@pytest.mark.parametrize("folder", PLUGIN_FOLDERS)
def test_siblings_are_found(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}._plugins", lambda _: frozenset({"first", "second"}))
    path = PurePosixPath(*folder.split("."), "first.py")
    for text in (f"from {folder} import second", "from .second import name"):
        assert list(sibling_imports(Source(str(path), text)))
    for text in (f"from {folder} import Shared", f"import {folder}", "from . import first"):
        assert not list(sibling_imports(Source(str(path), text)))
