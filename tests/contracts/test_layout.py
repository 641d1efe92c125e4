"""Storage: every member stays where it was released, so that an upgrade finds all that was there.

In: layouts/*.json beside this file, one per contract whose code can be replaced; the committed
artifacts. A layout that changed is told member by member. When it changed on purpose, write it:
`python -m tests.contracts.test_layout`, and let a second person read the difference.
"""

from __future__ import annotations

import json
from itertools import zip_longest
from pathlib import Path

import pytest
from eth_utils.crypto import keccak

from node.chain import artifacts
from tests.contracts.bank import mock

UPGRADEABLE = ("DepositToken",)
LAYOUTS = Path(__file__).parent / "layouts"
Layout = dict[str, list[list[str]]]


def released(name: str) -> Layout:
    layout: Layout = json.loads((LAYOUTS / f"{name}.json").read_text("utf-8"))
    return layout


def changes(old: Layout, new: Layout, *, may_grow: bool = False) -> list[str]:
    """What differs, a line each. `may_grow` allows what an upgrade may do: add behind the end."""
    found = [f"{space}: is new" for space in sorted(new.keys() - old.keys()) if not may_grow]
    for space in old:
        pairs = zip_longest(old[space], new.get(space, []))
        for place, (was, now) in enumerate(pairs):
            if was != now and not (may_grow and was is None):
                found.append(f"{space} [{place}]: was {_told(was)}, is {_told(now)}")
    return found


def _told(member: list[str] | None) -> str:
    return " ".join(reversed(member)) if member else "nothing"


OLD: Layout = {"a": [["x", "uint128"], ["y", "bool"]]}


@pytest.mark.parametrize(
    ("new", "told"),
    [
        ({"a": [["x", "uint128"]]}, "a [1]: was bool y, is nothing"),
        ({}, "a [0]: was uint128 x, is nothing"),
        ({"a": [["y", "bool"], ["x", "uint128"]]}, "a [0]: was uint128 x, is bool y"),
        ({"a": [["x", "uint64"], ["y", "bool"]]}, "a [0]: was uint128 x, is uint64 x"),
    ],
)
def test_what_an_upgrade_must_not_do_is_told(new: Layout, told: str) -> None:
    assert changes(OLD, new, may_grow=True)[0] == told
    assert told in changes(OLD, new)


def test_what_an_upgrade_may_do_is_told_only_where_nothing_may_change() -> None:
    new: Layout = {"a": [*OLD["a"], ["z", "uint8"]], "b": []}
    assert changes(OLD, new, may_grow=True) == []
    assert changes(OLD, new) == ["b: is new", "a [2]: was nothing, is uint8 z"]


@pytest.mark.parametrize("name", UPGRADEABLE)
def test_the_layout_is_the_one_released(name: str) -> None:
    found = changes(released(name), artifacts.load(name).storage_layout)
    assert not found, "\n".join(found)


def test_later_code_only_adds() -> None:
    new = mock("DepositTokenNext").storage_layout
    assert changes(released("DepositToken"), new, may_grow=True) == []


@pytest.mark.parametrize("name", UPGRADEABLE)
def test_nothing_is_stored_outside_a_namespace(name: str) -> None:
    layout = artifacts.load(name).storage_layout
    assert "" not in layout, "state outside a namespace moves with its parents"


@pytest.mark.parametrize("artifact", [artifacts.load("DepositToken"), mock("DepositTokenNext")])
def test_every_namespace_is_where_its_name_says(artifact: artifacts.Artifact) -> None:
    for namespace in artifact.storage_layout:
        scheme, _, name = namespace.partition(":")
        if scheme == "erc7201":
            inner = int.from_bytes(keccak(text=name)) - 1
            slot = int.from_bytes(keccak(inner.to_bytes(32, "big"))) & ~0xFF
            # The code may hold the last byte, which is zero, as a shift.
            assert f"{slot >> 8:062x}" in artifact.deployed_bytecode, name
        else:
            assert namespace.startswith("struct ")


if __name__ == "__main__":
    LAYOUTS.mkdir(exist_ok=True)
    for contract in UPGRADEABLE:
        text = json.dumps(artifacts.load(contract).storage_layout, indent=1)
        (LAYOUTS / f"{contract}.json").write_text(text + "\n", "utf-8")
