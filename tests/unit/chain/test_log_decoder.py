"""The reader built from the ABI and eth-abi say the same of any log, sound or broken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from eth_utils.abi import event_abi_to_log_topic
from hypothesis import example, given
from hypothesis import strategies as st

from node.chain import codec
from node.chain.artifacts import load, names
from node.chain.codec import HasAbi
from node.chain.log_decoder import LogDecoder

ZERO, ONES, ONE = "00" * 32, "ff" * 32, f"{1:064x}"
WORDS = st.one_of(
    st.sampled_from([ZERO, ONES, ONE, f"{32:064x}", f"{64:064x}"]),
    st.integers(0, 32).flatmap(
        lambda count: st.binary(min_size=count, max_size=count).flatmap(
            lambda body: st.sampled_from([body.rjust(32, b"\0"), body.ljust(32, b"\0")])
        )
    ).map(bytes.hex),
    st.integers(-(2**255), 2**255 - 1).map(lambda value: f"{value % 2**256:064x}"),
)  # fmt: skip
SIZES = st.integers(1, 32)
KINDS = st.one_of(
    st.sampled_from(["address", "bool", "string", "bytes", "uint256[]", "uint8[2]"]),
    st.tuples(st.sampled_from(["uint", "int"]), SIZES).map(lambda pair: f"{pair[0]}{8 * pair[1]}"),
    SIZES.map(lambda size: f"bytes{size}"),
)


@dataclass(frozen=True)
class Abi:
    """A contract that consists of its ABI."""

    name: str
    abi: list[dict[str, Any]]


@dataclass(frozen=True)
class ALog:
    """What is needed of a log."""

    topics: tuple[str, ...]
    data: str


def event(name: str, *inputs: tuple[str, str, bool], anonymous: bool = False) -> dict[str, Any]:
    """An event of an ABI; an input is its name, its type, and whether it is indexed."""
    named = [{"name": name, "type": kind, "indexed": at} for name, kind, at in inputs]
    return {"type": "event", "name": name, "inputs": named, "anonymous": anonymous}


def topic(abi: dict[str, Any]) -> str:
    """Topic 0 of an event."""
    return "0x" + event_abi_to_log_topic(abi).hex()  # type: ignore[arg-type]


def same(contract: HasAbi, log: ALog) -> codec.DecodedLog | None:
    """What both say, which must be the same to the order of the arguments."""
    fast = LogDecoder(contract).decode(log.topics, log.data)
    exact = codec.decode_log(contract, log)
    assert fast == exact
    if fast is not None and exact is not None:
        assert list(fast.args.items()) == list(exact.args.items())
        assert [type(each) for each in fast.args.values()] == [
            type(each) for each in exact.args.values()
        ]
    return fast


PAID = event("Paid", ("to", "address", True), ("amount", "uint64", False), ("ok", "bool", False))
VAULT = Abi("Vault", [PAID])
TO = "0x" + "00" * 12 + "a1" * 20


@pytest.mark.parametrize(
    "log",
    [
        ALog((), "0x"),
        ALog((topic(PAID),), "0x" + ONE + ONE),
        ALog((topic(PAID), TO, TO), "0x" + ONE + ONE),
        ALog((topic(PAID), TO), "0x"),
        ALog((topic(PAID), TO), "0x" + ONE),
        ALog((topic(PAID), TO), "0x" + ONE + ONE[:-2]),
        ALog((topic(PAID), TO), "0x" + ONE + f"{2:064x}"),
        ALog((topic(PAID), TO), "0x" + f"{2**64:064x}" + ONE),
        ALog((topic(PAID), "0x" + ONES), "0x" + ONE + ONE),
        ALog((topic(PAID), TO), "0x" + "0_" * 32 + ONE),
        ALog((topic(PAID), TO), "0x" + "zz" * 32 + ONE),
        ALog((topic(PAID), TO), "0x" + "0x" + ONE[2:] + ONE),
        ALog((topic(PAID), TO[1:] + "0"), "0x" + ONE + ONE),
        ALog((topic(PAID), TO), "0x" + ONE + ONE + "0"),
    ],
)
def test_a_log_that_does_not_fit(log: ALog) -> None:
    assert same(VAULT, log) is None


@pytest.mark.parametrize(
    "log",
    [
        ALog((topic(PAID), TO), "0x" + ONE + ONE + "ff" * 40),  # more than was declared
        ALog((topic(PAID).upper().replace("X", "x"), TO.upper().replace("X", "x")),
             "0x" + ONE + ONE),
        ALog((topic(PAID), TO + "00"), "0x" + ONE + ONE),  # read by codec as it ever was
    ],
)  # fmt: skip
def test_a_log_in_an_unusual_form(log: ALog) -> None:
    found = same(VAULT, log)
    assert found is not None
    assert found.args == {"to": "0x" + "a1" * 20, "amount": "1", "ok": True}


def test_two_events_under_one_topic_are_told_apart_by_what_is_indexed() -> None:
    other = event(
        "Paid", ("to", "address", False), ("amount", "uint64", True), ("ok", "bool", True)
    )
    both = Abi("Both", [other, PAID])
    found = same(both, ALog((topic(PAID), TO), "0x" + ONE + ONE))
    assert found is not None
    assert found.args["to"] == "0x" + "a1" * 20


@pytest.mark.parametrize("kind", ["string", "bytes", "uint8[2]", "tuple"])
def test_of_what_is_longer_than_a_word_a_topic_keeps_the_hash(kind: str) -> None:
    parts = {"components": [{"name": "x", "type": "uint8"}]} if kind == "tuple" else {}
    long = {**event("Long", ("what", kind, True), ("n", "uint8", False))}
    long["inputs"][0] |= parts
    found = same(Abi("Long", [long]), ALog((topic(long), "0x" + ONES), "0x" + ONE))
    assert found is not None
    assert found.args == {"what": "0x" + ONES, "n": "1"}


def test_arguments_without_names_of_their_own() -> None:
    twin = event("Twin", ("", "uint8", True), ("", "uint8", False))
    assert same(Abi("Twin", [twin]), ALog((topic(twin), "0x" + ONE), "0x" + ZERO)) is not None


EVENTS = [
    (load(name), each) for name in names() for each in load(name).abi if each["type"] == "event"
]


@given(at=st.integers(0, len(EVENTS) - 1), data=st.data())
def test_every_event_of_our_contracts(at: int, data: st.DataObject) -> None:
    artifact, abi = EVENTS[at]
    same(artifact, some_log(data, abi))


@given(
    inputs=st.lists(st.tuples(KINDS, st.booleans()), max_size=6),
    anonymous=st.sampled_from([False, False, False, True]),
    data=st.data(),
)
def test_events_of_any_abi(
    inputs: list[tuple[str, bool]], *, anonymous: bool, data: st.DataObject
) -> None:
    named = [(f"a{at}", kind, indexed) for at, (kind, indexed) in enumerate(inputs)]
    abi = event("Any", *named, anonymous=anonymous)
    same(Abi("Any", [abi]), some_log(data, abi))


def some_log(data: st.DataObject, abi: dict[str, Any]) -> ALog:
    """A log that is likely to be the event: as many words as it has, most of them sound."""
    indexed = sum(each["indexed"] for each in abi["inputs"])
    plain = len(abi["inputs"]) - indexed
    topics = data.draw(st.lists(WORDS, min_size=indexed, max_size=indexed))
    words = data.draw(st.lists(WORDS, min_size=plain, max_size=plain + 2))
    cut = data.draw(st.sampled_from([0, 0, 0, 0, 1, 2, 64]))
    body = "".join(words)
    return ALog((topic(abi), *("0x" + each for each in topics)), "0x" + body[: len(body) - cut])


@example(value=2**255 - 1, bits=256)
@example(value=-(2**255), bits=256)
@given(value=st.integers(-(2**255), 2**255 - 1), bits=SIZES.map(lambda size: 8 * size))
def test_signed_integers_keep_their_sign(value: int, bits: int) -> None:
    abi = event("Moved", ("by", f"int{bits}", False))
    found = same(Abi("Moved", [abi]), ALog((topic(abi),), f"0x{value % 2**256:064x}"))
    fits = -(2 ** (bits - 1)) <= value < 2 ** (bits - 1)
    assert (None if found is None else found.args["by"]) == (str(value) if fits else None)
