"""Values of an ABI: from what callers hold to what eth-abi encodes, and back.

In: ABI components and values. Out: native values for encoding; decoded values either native
(integers, bytes) or JSON-safe (decimal strings, 0x text). Called by: codec.py alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from eth_abi.abi import decode, encode, is_encodable
from eth_abi.exceptions import DecodingError, EncodingError, ParseError
from eth_utils.abi import collapse_if_tuple

from node.core.errors import Rejected
from node.core.ids import is_address

_ARRAY: Final = re.compile(r"(.*)\[(\d*)\]")
_FIXED_BYTES: Final = re.compile(r"bytes(\d+)")
Component = Mapping[str, Any]


class BadArguments(Rejected):
    """The values do not fit the parameters that the contract declares."""

    code = "CONTRACT_ARGUMENTS"
    title = "Arguments do not fit the contract"


class Undecodable(ValueError):
    """The bytes are not what the ABI says they are."""


def encode_values(components: Sequence[Component], args: Sequence[Any] | Mapping[str, Any]) -> str:
    """Hex digits without 0x; raises `BadArguments` naming the parameter."""
    values = _in_order(components, args, "arguments")
    types = [collapse_if_tuple(dict(each)) for each in components]
    for component, kind, value in zip(components, types, values, strict=True):
        if not is_encodable(kind, value):
            raise BadArguments(f"{_named(component)}: {_shown(value)} is not a {kind}")
    try:
        return encode(types, values).hex()
    except (EncodingError, ParseError, OverflowError) as error:
        raise BadArguments(f"the arguments cannot be encoded: {error}") from error


def decode_values(components: Sequence[Component], data: bytes, *, json: bool) -> list[Any]:
    """The values of `components` in `data`; raises `Undecodable`."""
    types = [collapse_if_tuple(dict(each)) for each in components]
    try:
        values = decode(types, data)
    except (DecodingError, ParseError, OverflowError, UnicodeDecodeError) as error:
        raise Undecodable(str(error)) from error
    return [shown(each, value, json=json) for each, value in zip(components, values, strict=True)]


def shown(component: Component, value: Any, *, json: bool) -> Any:  # noqa: ANN401 (ABI values)
    """A decoded value in the form asked for; a struct becomes a dict by member name."""
    kind = component["type"]
    array = _ARRAY.fullmatch(kind)
    if array:
        inner = {**component, "type": array[1]}
        return [shown(inner, each, json=json) for each in value]
    if kind == "tuple":
        members = component["components"]
        return {
            _named(each, place): shown(each, part, json=json)
            for place, (each, part) in enumerate(zip(members, value, strict=True))
        }
    if not json or isinstance(value, bool | str):
        return value
    return f"0x{value.hex()}" if isinstance(value, bytes) else str(value)


def _in_order(
    components: Sequence[Component], args: Sequence[Any] | Mapping[str, Any], what: str
) -> list[Any]:
    if isinstance(args, Mapping):
        names = [each["name"] for each in components]
        if set(names) != set(args):
            raise BadArguments(f"{what} are named {', '.join(names)}, not {', '.join(args)}")
        args = [args[name] for name in names]
    if isinstance(args, str | bytes) or len(args) != len(components):
        raise BadArguments(f"{what}: {len(components)} are needed, not {_shown(args)}")
    return [_native(each, value) for each, value in zip(components, args, strict=True)]


def _native(component: Component, value: Any) -> Any:  # noqa: ANN401 (ABI values)
    kind: str = component["type"]
    array = _ARRAY.fullmatch(kind)
    if array:
        if isinstance(value, str | bytes) or not isinstance(value, Sequence):
            raise BadArguments(f"{_named(component)}: a list is needed, not {_shown(value)}")
        return [_native({**component, "type": array[1]}, each) for each in value]
    if kind == "tuple":
        return tuple(_in_order(component["components"], value, _named(component)))
    if kind.startswith(("uint", "int")):
        return _integer(component, value)
    if kind.startswith("bytes"):
        return _bytes(component, value)
    if kind == "address" and not (isinstance(value, str) and is_address(value)):
        raise BadArguments(f"{_named(component)}: {_shown(value)} is not an address")
    return value.lower() if kind == "address" else value


def _integer(component: Component, value: object) -> int:
    if isinstance(value, str) and re.fullmatch(r"-?\d+", value, re.ASCII):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise BadArguments(f"{_named(component)}: {_shown(value)} is not an integer")


def _bytes(component: Component, value: object) -> bytes:
    if isinstance(value, str) and re.fullmatch(r"0x([0-9a-fA-F]{2})*", value):
        value = bytes.fromhex(value[2:])
    fixed = _FIXED_BYTES.fullmatch(component["type"])
    if not isinstance(value, bytes) or (fixed and len(value) != int(fixed[1])):
        # eth-abi would pad a short one silently, and a cut reference is another reference.
        raise BadArguments(f"{_named(component)}: {_shown(value)} is not {component['type']}")
    return value


def _named(component: Component, place: int = 0) -> str:
    return component.get("name") or str(place)


def _shown(value: object) -> str:
    return repr(value)[:60]
