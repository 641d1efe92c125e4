"""The law of size: what is read at one sitting fits on a few screens.

Source file ≤ 300 lines, contract ≤ 400, function ≤ 50, line ≤ 100. (More than five positional
parameters is ruff's PLR0917.)
"""

import ast
from collections.abc import Iterator

import pytest

from tests.style.source import CODE, ROOT, Offence, Source, hold, offences

FILE_LINES_MAX = 300
CONTRACT_LINES_MAX = 400
FUNCTION_LINES_MAX = 50
LINE_CHARACTERS_MAX = 100
# A migration is one list of statements that Alembic writes and nobody edits; its lines still fit.
GENERATED = "node/db/migrations/versions/"

ESCAPES: dict[str, str] = {}


def test_sizes() -> None:
    contracts = [
        Source(str(path.relative_to(ROOT)), path.read_text("utf-8"))
        for folder in ("contracts", "tests")
        for path in sorted((ROOT / folder).rglob("*.sol"))
    ]
    in_contracts = [offence for contract in contracts for offence in too_long(contract)]
    hold([*offences(too_long, *CODE), *offences(long_functions, *CODE), *in_contracts], ESCAPES)


def too_long(source: Source) -> Iterator[Offence]:
    lines = source.text.splitlines()
    lines_max = CONTRACT_LINES_MAX if source.path.endswith(".sol") else FILE_LINES_MAX
    if len(lines) > lines_max and not source.path.startswith(GENERATED):
        yield Offence(source.path, 0, f"{len(lines)} lines, at most {lines_max}")
    for number, line in enumerate(lines, start=1):
        if len(line) > LINE_CHARACTERS_MAX:
            yield Offence(source.path, number, f"{len(line)} characters")


def long_functions(source: Source) -> Iterator[Offence]:
    if source.path.startswith(GENERATED):
        return
    for each in ast.walk(source.tree):
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (each.end_lineno or each.lineno) - each.lineno + 1
            if lines > FUNCTION_LINES_MAX:
                yield Offence(source.path, each.lineno, f"{each.name} has {lines} lines")


@pytest.mark.parametrize(
    ("path", "text", "count"),
    [
        ("node/core/money.py", "\n" * 300, 0),
        ("node/core/money.py", "\n" * 301, 1),
        ("contracts/token/DepositToken.sol", "\n" * 400, 0),
        ("contracts/token/DepositToken.sol", "\n" * 401, 1),
        ("node/db/migrations/versions/0001_books.py", "\n" * 301, 0),
        ("node/core/money.py", "#" * 100, 0),
        ("node/core/money.py", "#" * 101, 1),
    ],
)
def test_files_and_lines_have_a_limit(path: str, text: str, count: int) -> None:
    assert len(list(too_long(Source(path, text)))) == count


@pytest.mark.parametrize(("body_lines", "count"), [(49, 0), (50, 1)])
@pytest.mark.parametrize("head", ["def f():\n", "@cache\nasync def f():\n"])
def test_functions_have_a_limit(head: str, body_lines: int, count: int) -> None:
    text = head + "    pass\n" * body_lines
    assert len(list(long_functions(Source("node/core/money.py", text)))) == count
