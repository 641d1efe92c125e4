"""The machinery of the laws itself: escapes must be needed and reasoned, imports are read in full.

In: made-up offences and snippets. Run by `make check` with the laws it serves.
"""

import pytest

from tests.style.source import Offence, Source, hold

OFFENCE = Offence("node/core/money.py", 7, "is too clever")


def test_an_offence_is_reported_with_its_place() -> None:
    with pytest.raises(AssertionError, match=r"node/core/money\.py:7: is too clever"):
        hold([OFFENCE], {})


def test_an_escape_excuses_its_file() -> None:
    hold([OFFENCE], {"node/core/money.py": "cleverness is the point here"})


def test_an_unused_escape_fails() -> None:
    with pytest.raises(AssertionError, match="unused escape"):
        hold([], {"node/core/money.py": "it used to be clever"})


def test_an_escape_needs_a_reason() -> None:
    with pytest.raises(AssertionError, match="without a reason"):
        hold([OFFENCE], {"node/core/money.py": ""})


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("import node.chain.rpc", "node.chain.rpc"),
        ("from node.chain import rpc as r", "node.chain.rpc"),
        ("from node import chain", "node.chain"),
        ("from . import entry", "node.ledger.entry"),
        ("from .entry import Posting", "node.ledger.entry.Posting"),
        ("from ..core import money", "node.core.money"),
        ("def late():\n    import web3", "web3"),
    ],
)
def test_imports_are_read_in_full(text: str, target: str) -> None:
    assert [each.target for each in Source("node/ledger/journal.py", text).imports] == [target]


def test_a_package_is_its_own_neighbour() -> None:
    package = Source("node/ledger/__init__.py", "from .entry import Posting")
    assert package.module == "node.ledger"
    assert package.imports[0].target == "node.ledger.entry.Posting"
