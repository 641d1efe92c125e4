"""The law of exact money: no float where amounts are handled.

A float literal, the type or the SQL type `Float` in the packages that count money is an offence.
"""

import ast
from collections.abc import Iterator

import pytest

from tests.style.source import Offence, Source, hold, offences

NEAR_MONEY = (
    "node/core/money.py",
    "node/bank/",
    "node/ledger/",
    "node/posting/",
    "node/reconciliation/",
    "node/settlement/",
)

ESCAPES: dict[str, str] = {}


def test_no_float_near_money() -> None:
    hold(offences(floats, "node"), ESCAPES)


def floats(source: Source) -> Iterator[Offence]:
    if not source.path.startswith(NEAR_MONEY):
        return
    for each in ast.walk(source.tree):
        if isinstance(each, ast.Constant) and isinstance(each.value, float | complex):
            yield Offence(source.path, each.lineno, f"float literal {each.value}")
        if isinstance(each, ast.Name) and each.id in {"float", "Float", "REAL"}:
            yield Offence(source.path, each.lineno, f"{each.id} near money")


@pytest.mark.parametrize(
    "text", ["rate = 0.5", "total = float(text)", "def f(x: float) -> None: ...", "Column(Float)"]
)
def test_a_float_is_found(text: str) -> None:
    assert list(floats(Source("node/ledger/entry.py", text)))
    assert not list(floats(Source("node/jobs/schedule.py", text)))


def test_integers_are_exact() -> None:
    assert not list(floats(Source("node/core/money.py", "cents = 10**18 // 100")))
