"""The laws of names: every module says what it is for, and none is called after nothing.

A module docstring everywhere; no module, package or contract named utils, helpers, misc, common.
"""

import ast
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

from tests.style.source import CODE, ROOT, Offence, Source, hold, offences, repository_files

EMPTY_NAMES = frozenset({"common", "helper", "helpers", "misc", "util", "utils"})

ESCAPES: dict[str, str] = {}


def test_module_docstrings() -> None:
    hold(offences(undocumented, *CODE), ESCAPES)


def test_no_empty_names() -> None:
    paths = [str(path.relative_to(ROOT)) for path in repository_files()]
    hold([offence for path in paths for offence in emptily_named(path)], ESCAPES)


def undocumented(source: Source) -> Iterator[Offence]:
    if not (ast.get_docstring(source.tree) or "").strip():
        yield Offence(source.path, 1, "no docstring: what comes in, what goes out, who calls it?")


def emptily_named(path: str) -> Iterator[Offence]:
    for part in PurePosixPath(path).parts:
        name = part.partition(".")[0].removeprefix("test_").lower()
        if name in EMPTY_NAMES:
            yield Offence(path, 0, f"{part!r} says nothing about what is in it")


@pytest.mark.parametrize("text", ["", "import os", '""" """', "# a comment\n"])
def test_a_module_without_docstring_is_found(text: str) -> None:
    assert list(undocumented(Source("scripts/deploy.py", text)))


@pytest.mark.parametrize(
    "path",
    [
        "node/utils.py",
        "node/ledger/helpers/sums.py",
        "tests/unit/test_misc.py",
        "contracts/libraries/Common.sol",
    ],
)
def test_an_empty_name_is_found(path: str) -> None:
    assert list(emptily_named(path))


def test_a_longer_name_is_not_empty() -> None:
    assert not list(emptily_named("node/ledger/common_ancestor.py"))
