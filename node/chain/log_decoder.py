"""Reads many logs of one contract fast: a reader per event, built once from the ABI.

In: an artifact, topics and data as 0x text. Out: `DecodedLog`, exactly what codec.decode_log gives.
Called by: events (catalog). Arguments that are one word each are cut out of the hex text; whatever
else an event or a log may be goes to codec, which asks eth-abi. Tests hold the two to each other.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from node.chain import codec
from node.chain.codec import DecodedLog, HasAbi, event_topic

_WORD: Final = 64  # hex digits
_TOPIC: Final = 2 + _WORD
_HEX_DIGITS: Final = b"0123456789abcdefABCDEF"
_ADDRESS_PADDING: Final = "0" * 24
_BYTE_BITS: Final = 8
_FULL_BITS: Final = 256
_HASHED: Final = re.compile(r"string|bytes|tuple|.*\]")
_SIZED: Final = re.compile(r"(uint|int|bytes)(\d+)")
_BOOLEANS: Final = {f"{0:064x}": False, f"{1:064x}": True}
Reader = Callable[[str], Any]


class _NotPlain(ValueError):
    """Not a word that may be read here."""


@dataclass(frozen=True, slots=True)
class _Event:
    """Where in its topics and data, put one behind the other, the arguments of an event stand.

    `arguments` are in the order of its parameters; `length` is that of the shortest such text,
    `lengths` those of its topics, `zeros` and `marks` what its parts begin with.
    """

    name: str
    length: int
    lengths: list[int]
    zeros: str
    marks: str
    arguments: tuple[tuple[str, slice, Reader], ...]


@dataclass(frozen=True, slots=True)
class _Log:
    """A log as codec takes it."""

    topics: tuple[str, ...]
    data: str


class LogDecoder:
    """The events of one contract, ready to be read."""

    def __init__(self, artifact: HasAbi) -> None:
        self._artifact = artifact
        events = [each for each in artifact.abi if each["type"] == "event"]
        topics = [(event_topic(each), each) for each in events]
        times = Counter(topic for topic, _ in topics)
        built = {topic: _event(each) for topic, each in topics if topic and times[topic] == 1}
        # Two events under one topic differ in what is indexed: codec tries both.
        self._events = {topic: each for topic, each in built.items() if each is not None}

    def decode(self, topics: Sequence[str], data: str) -> DecodedLog | None:
        """The log as an event of the contract; None when it is none of them or does not fit."""
        plain = self.plain(topics, data)
        if plain is not None:
            return plain
        return codec.decode_log(self._artifact, _Log(tuple(topics), data))

    def plain(self, topics: Sequence[str], data: str) -> DecodedLog | None:
        """The log, if each argument is one word; then its topics and data are sound hex text."""
        event = self._events.get(topics[0]) if topics else None
        if event is None:
            return None
        try:
            return DecodedLog(event.name, _arguments(event, topics, data))
        except ValueError:
            return None


def _arguments(event: _Event, topics: Sequence[str], data: str) -> dict[str, Any]:
    text = "".join(topics) + data
    if len(text) < event.length or len(text) % 2 or [*map(len, topics)] != event.lengths:
        raise _NotPlain
    # Each part begins with 0x, and there is no other x, nor anything else that is no hex digit.
    begins = len(text) - len(data) + 2
    if text[0:begins:_TOPIC] != event.zeros or text[1:begins:_TOPIC] != event.marks:
        raise _NotPlain
    if text.encode().translate(None, _HEX_DIGITS) != event.marks.encode():
        raise _NotPlain
    text = text.lower()
    return {name: read(text[place]) for name, place, read in event.arguments}


def _event(abi: dict[str, Any]) -> _Event | None:
    """How to read an event; None where an argument is more than a word or shares its name."""
    inputs = abi["inputs"]
    readers = [_reader(each["type"], indexed=each["indexed"]) for each in inputs]
    if None in readers or len({each["name"] for each in inputs}) < len(inputs):
        return None
    in_order = sorted(range(len(inputs)), key=lambda at: not inputs[at]["indexed"])
    topics = 1 + sum(each["indexed"] for each in inputs)
    # A topic is a word behind a 0x; so is the first word of the data, where the others follow it.
    begins = [place * _TOPIC + 2 for place in range(1, topics)]
    begins += [topics * _TOPIC + 2 + word * _WORD for word in range(len(inputs) - len(begins))]
    places = {at: slice(begin, begin + _WORD) for at, begin in zip(in_order, begins, strict=True)}
    arguments = tuple(
        (each["name"], places[at], read)
        for at, (each, read) in enumerate(zip(inputs, readers, strict=True))
        if read is not None
    )
    length = topics * _TOPIC + 2 + (len(inputs) + 1 - topics) * _WORD
    zeros, marks = "0" * (topics + 1), "x" * (topics + 1)
    return _Event(abi["name"], length, [_TOPIC] * topics, zeros, marks, arguments)


# --------------------------------------------------------------------------- one word of hex digits


def _reader(kind: str, *, indexed: bool) -> Reader | None:
    """How to read a word of that type; None where it is more than one."""
    if indexed and _HASHED.fullmatch(kind):
        return _bytes(_FULL_BITS // _BYTE_BITS)  # Solidity keeps only the hash of what is longer
    if kind == "address":
        return _address
    if kind == "bool":
        return _bool
    sized = _SIZED.fullmatch(kind)
    if sized is None:
        return None
    return {"uint": _uint, "int": _int, "bytes": _bytes}[sized[1]](int(sized[2]))


def _address(word: str) -> str:
    if not word.startswith(_ADDRESS_PADDING):
        raise _NotPlain
    return "0x" + word[24:]


def _bool(word: str) -> bool:
    found = _BOOLEANS.get(word)
    if found is None:
        raise _NotPlain
    return found


@cache
def _uint(bits: int) -> Reader:
    def read(word: str) -> str:
        value = int(word, 16)
        if value >> bits:
            raise _NotPlain
        return str(value)

    return read


@cache
def _int(bits: int) -> Reader:
    limit = 1 << (bits - 1)

    def read(word: str) -> str:
        value = int(word, 16)
        if value >> (_FULL_BITS - 1):
            value -= 1 << _FULL_BITS
        if not -limit <= value < limit:
            raise _NotPlain
        return str(value)

    return read


@cache
def _bytes(count: int) -> Reader:
    end = 2 * count
    padding = "0" * (_WORD - end)

    def read(word: str) -> str:
        if word[end:] != padding:
            raise _NotPlain
        return "0x" + word[:end]

    return read
