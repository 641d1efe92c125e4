"""Merkle trees: the published vectors, every path of every small tree, and paths that are wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.core.merkle import path_of, root_by_path, root_of

# The leaves and roots that implementations of certificate transparency test themselves with.
LEAVES = tuple(
    bytes.fromhex(each)
    for each in (
        *("", "00", "10", "2021", "3031", "40414243", "5051525354555657"),
        "606162636465666768696a6b6c6d6e6f",
    )
)
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
SIZES = range(1, 70)


def leaves(size: int) -> list[bytes]:
    return [str(number).encode() for number in range(size)]


@pytest.mark.parametrize("size", ROOTS)
def test_roots_are_the_published_ones(size: int) -> None:
    assert root_of(LEAVES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize("size", SIZES)
def test_every_path_leads_to_the_root(size: int) -> None:
    all_of_them, root = leaves(size), root_of(leaves(size))
    for index, leaf in enumerate(all_of_them):
        path = path_of(all_of_them, index)
        assert root_by_path(leaf, index, size, path) == root


@given(st.integers(2, 40), st.data())
def test_no_other_leaf_place_or_path_leads_to_the_root(size: int, data: st.DataObject) -> None:
    all_of_them, root = leaves(size), root_of(leaves(size))
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1).filter(lambda each: each != index))
    path = path_of(all_of_them, index)
    assert root_by_path(all_of_them[other], index, size, path) != root
    assert root_by_path(all_of_them[index], other, size, path) != root
    assert root_by_path(all_of_them[index], index, size, [*path, b"\x00" * 32]) is None
    assert root_by_path(all_of_them[index], index, size, path[:-1]) != root


@pytest.mark.parametrize("index", [-1, 3, 4])
def test_a_place_outside_the_tree_leads_nowhere(index: int) -> None:
    assert root_by_path(b"2", index, 3, []) is None


def test_an_inner_node_does_not_pass_for_a_leaf() -> None:
    both = leaves(2)
    above = root_of(both)
    assert root_of([above]) != root_of(both)
