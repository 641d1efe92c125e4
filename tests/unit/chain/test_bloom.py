"""The bloom filter: never a wrong no."""

from __future__ import annotations

import pytest
from eth_bloom.bloom import BloomFilter
from hypothesis import given
from hypothesis import strategies as st

from node.chain.bloom import BloomTest

ADDRESSES = st.binary(min_size=20, max_size=20)
TOPICS = st.binary(min_size=32, max_size=32)
NOTHING = "0x" + "00" * 256


def text(raw: bytes) -> str:
    return "0x" + raw.hex()


@given(st.lists(ADDRESSES, max_size=20), st.lists(TOPICS, max_size=20))
def test_what_is_in_a_block_may_be_there(addresses: list[bytes], topics: list[bytes]) -> None:
    bloom = f"0x{int(BloomFilter.from_iterable([*addresses, *topics])):0512x}"
    for address in addresses:
        assert BloomTest([text(address)]).may_contain(bloom)
        for topic in topics:
            assert BloomTest([text(address)], [text(topic)]).may_contain(bloom)


@given(ADDRESSES)
def test_an_empty_block_has_nothing(address: bytes) -> None:
    assert not BloomTest([text(address)]).may_contain(NOTHING)


@pytest.mark.parametrize(
    ("addresses", "topics", "found"),
    [("a", "", True), ("b", "", False), ("ab", "", True), ("a", "x", True), ("a", "y", False),
     ("a", "xy", True), ("b", "x", False)],
)  # fmt: skip
def test_any_of_the_addresses_with_any_of_the_topics(
    addresses: str, topics: str, *, found: bool
) -> None:
    values = {"a": b"\1" * 20, "b": b"\2" * 20, "x": b"\3" * 32, "y": b"\4" * 32}
    bloom = f"0x{int(BloomFilter.from_iterable([values['a'], values['x']])):0512x}"
    asked = BloomTest([text(values[a]) for a in addresses], [text(values[t]) for t in topics])
    assert asked.may_contain(bloom) is found
