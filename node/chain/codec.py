"""Speaks ABI: calls and constructors into hex, results, logs and errors back into values.

In: an artifact (its `abi` is all that is read) and values or hex. Out: 0x text, native results,
`DecodedLog` with JSON-safe arguments (integers as decimal strings, addresses in lower case, bytes
as 0x text). Called by: bindings, events, submission, settlement, the deployment engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from eth_utils.abi import (
    abi_to_signature,
    event_abi_to_log_topic,
    function_abi_to_4byte_selector,
)

from node.chain.abi import BadArguments, Component, Undecodable, decode_values, encode_values, shown

_SELECTOR_BYTES: Final = 4
_WORD_BYTES: Final = 32
_REASON: Final = {"type": "error", "name": "Error", "inputs": [{"name": "", "type": "string"}]}
_PANIC: Final = {"type": "error", "name": "Panic", "inputs": [{"name": "", "type": "uint256"}]}
_PANICS: Final = {
    0x01: "an assertion failed",
    0x11: "arithmetic overflow",
    0x12: "division by zero",
    0x21: "a value outside its enum",
    0x31: "pop from an empty array",
    0x32: "index outside an array",
    0x41: "too much memory",
}
Args = Sequence[Any] | Mapping[str, Any]


class HasAbi(Protocol):
    """What this module needs of an artifact."""

    @property
    def name(self) -> str:
        """The contract's name, for messages."""

    @property
    def abi(self) -> list[dict[str, Any]]:
        """The contract's ABI, as the compiler writes it."""


class LogLike(Protocol):
    """What this module needs of a log."""

    @property
    def topics(self) -> tuple[str, ...]:
        """Signature and indexed arguments, 0x text."""

    @property
    def data(self) -> str:
        """The other arguments, 0x text."""


@dataclass(frozen=True, slots=True)
class DecodedLog:
    """A log in the words of its contract; `args` are JSON-safe."""

    name: str
    args: dict[str, Any]


def encode_call(artifact: HasAbi, function: str, args: Args) -> str:
    """Calldata of a function, named `mint` or, where overloaded, `mint(address,uint256)`.

    Integers may be decimal strings and bytes 0x text, structs are dicts or sequences. Raises
    `BadArguments`.
    """
    found = _function(artifact, function, len(args))
    return "0x" + function_abi_to_4byte_selector(found).hex() + encode_values(found["inputs"], args)


def encode_constructor(artifact: HasAbi, args: Args) -> str:
    """The constructor's arguments, to stand behind the bytecode. Raises `BadArguments`."""
    for each in artifact.abi:
        if each["type"] == "constructor":
            return "0x" + encode_values(each["inputs"], args)
    return "0x" + encode_values((), args)


def decode_result(artifact: HasAbi, function: str, data: bytes | str) -> Any:  # noqa: ANN401
    """What a call returned: None, the value, or a tuple of them; integers and bytes are native.

    Raises `Undecodable`, also for the empty answer of an address without code.
    """
    found = _function(artifact, function, None)
    values = decode_values(found["outputs"], _raw(data), json=False)
    return tuple(values) if len(values) > 1 else (values or [None])[0]


def decode_call(artifact: HasAbi, function: str, data: bytes | str) -> dict[str, Any]:
    """The arguments of calldata by name, JSON-safe. Raises `Undecodable`, also for other calls."""
    found, raw = _function(artifact, function, None), _raw(data)
    if function_abi_to_4byte_selector(found) != raw[:_SELECTOR_BYTES]:
        raise Undecodable(f"not a call of {function}")
    values = decode_values(found["inputs"], raw[_SELECTOR_BYTES:], json=True)
    return {each["name"]: value for each, value in zip(found["inputs"], values, strict=True)}


def event_topics(artifact: HasAbi) -> dict[str, str]:
    """Topic 0 of every event of the contract, by event name."""
    return {
        each["name"]: "0x" + event_abi_to_log_topic(each).hex()  # type: ignore[arg-type]
        for each in artifact.abi
        if each["type"] == "event" and not each.get("anonymous")
    }


def event_topic(event: dict[str, Any]) -> str | None:
    """Topic 0 of an event of an ABI; None where it is anonymous."""
    if event.get("anonymous"):
        return None
    return "0x" + event_abi_to_log_topic(event).hex()  # type: ignore[arg-type]


def decode_log(artifact: HasAbi, log: LogLike) -> DecodedLog | None:
    """The log as an event of the contract; None when it is none of them or does not fit."""
    for each in artifact.abi:
        if each["type"] == "event" and log.topics and event_topic(each) == log.topics[0].lower():
            try:
                return DecodedLog(each["name"], _event_args(each["inputs"], log))
            except (Undecodable, ValueError):
                continue
    return None


def decode_error(artifacts: Iterable[HasAbi], data: str | bytes) -> str:
    """Revert data in words: `OverLimit(asked: 5, left: 3)`, a reason, a panic, or the bytes."""
    raw = _raw(data)
    if not raw:
        return "reverted without a reason"
    errors = [each for artifact in artifacts for each in artifact.abi if each["type"] == "error"]
    for each in (_REASON, _PANIC, *errors):
        if function_abi_to_4byte_selector(each) != raw[:_SELECTOR_BYTES]:  # type: ignore[arg-type]
            continue
        try:
            return _error_text(each, raw[_SELECTOR_BYTES:])
        except Undecodable:
            continue
    return f"unknown error 0x{raw.hex()}"


def _error_text(error: Component, data: bytes) -> str:
    values = decode_values(error["inputs"], data, json=True)
    if error is _REASON:
        return str(values[0])
    if error is _PANIC:
        return _PANICS.get(int(values[0]), f"panic {int(values[0]):#x}")
    named = [f"{each['name']}: {told}" for each, told in zip(error["inputs"], values, strict=True)]
    return f"{error['name']}({', '.join(named)})"


def _event_args(inputs: Sequence[Component], log: LogLike) -> dict[str, Any]:
    indexed = [each for each in inputs if each["indexed"]]
    plain = [each for each in inputs if not each["indexed"]]
    topics = [_raw(topic) for topic in log.topics[1:]]
    if len(topics) != len(indexed):
        raise Undecodable("another number of indexed arguments")
    values = [_topic_value(each, topic) for each, topic in zip(indexed, topics, strict=True)]
    values += decode_values(plain, _raw(log.data), json=True)
    by_name = {each["name"]: value for each, value in zip(indexed + plain, values, strict=True)}
    return {each["name"]: by_name[each["name"]] for each in inputs}


def _topic_value(component: Component, topic: bytes) -> Any:  # noqa: ANN401 (ABI values)
    kind = component["type"]
    if kind in {"string", "bytes", "tuple"} or kind.endswith("]"):
        # Solidity keeps only the hash of what does not fit a word.
        return shown({"type": "bytes32"}, topic, json=True)
    return decode_values([component], topic, json=True)[0]


def _function(artifact: HasAbi, function: str, count: int | None) -> Any:  # noqa: ANN401
    functions = [each for each in artifact.abi if each["type"] == "function"]
    with_types = "(" in function
    named = [
        each for each in functions if function == (_signature(each) if with_types else each["name"])
    ]
    if len(named) > 1 and count is not None:
        named = [each for each in named if len(each["inputs"]) == count]
    if len(named) != 1:
        raise BadArguments(
            f"{artifact.name} has {'no' if not named else 'more than one'} function {function}",
            remedy="Name it with its types, as in mint(address,uint256).",
        )
    return named[0]


def _signature(function: dict[str, Any]) -> str:
    return abi_to_signature(function)  # type: ignore[arg-type]


def _raw(data: str | bytes) -> bytes:
    return data if isinstance(data, bytes) else bytes.fromhex(data.removeprefix("0x"))
