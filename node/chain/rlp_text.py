"""RLP, Ethereum's encoding of nested byte strings, written as hex text.

In: hex digits without 0x. Out: the same with their length in front. Called by: receipts_root,
ordered_trie, header_hash.

JSON-RPC gives hex text, so text is put together and turned into bytes once: several times faster
than encoding the bytes of each log. `to_bytes` is strict: the lengths here are counted in digits,
so a blank among them must not pass.
"""

from __future__ import annotations

from binascii import unhexlify
from functools import lru_cache
from typing import Any, Final

_SHORT_MAX: Final = 55
_SINGLE_BYTE_MAX: Final = "7f"
EMPTY: Final = "80"


@lru_cache(maxsize=4096)
def string_head(length: int) -> str:
    """What stands before a string of that many bytes, other than a single small one."""
    return _head(length, 0x80)


@lru_cache(maxsize=4096)
def list_head(length: int) -> str:
    """What stands before a list whose members take that many bytes together."""
    return _head(length, 0xC0)


def string(digits: str) -> str:
    """One byte string."""
    if len(digits) == 2 and digits.lower() <= _SINGLE_BYTE_MAX:  # noqa: PLR2004 - one byte
        return digits
    return string_head(len(digits) // 2) + digits


def listed(members: str) -> str:
    """A list, given its members encoded one after the other."""
    return list_head(len(members) // 2) + members


def number(value: int) -> str:
    """A whole number, as few bytes as it has."""
    if value == 0:
        return EMPTY
    digits = f"{value:x}"
    return string(digits if len(digits) % 2 == 0 else "0" + digits)


def quantity_text(text: Any) -> str:  # noqa: ANN401 - JSON
    """A JSON-RPC quantity as a whole number."""
    if not isinstance(text, str) or not text.startswith("0x"):
        raise ValueError(f"{str(text)[:40]!r} is not a quantity")
    return number(int(text, 16))


def data_text(text: Any, length: int | None = None) -> str:  # noqa: ANN401 - JSON
    """JSON-RPC data as a byte string, of exactly `length` bytes where that is given."""
    digits = digits_of(text)
    if length is not None and len(digits) != 2 * length:
        raise ValueError(f"{text[:40]!r} has not {length} bytes")
    return string(digits)


def digits_of(text: Any) -> str:  # noqa: ANN401 - JSON
    """The digits of JSON-RPC data, an even number of them."""
    if not isinstance(text, str) or not text.startswith("0x") or len(text) % 2:
        raise ValueError(f"{str(text)[:40]!r} is not data")
    return text[2:]


def to_bytes(digits: str) -> bytes:
    """The bytes. Raises ValueError for anything but pairs of hex digits."""
    return unhexlify(digits)


def _head(length: int, base: int) -> str:
    if length <= _SHORT_MAX:
        return f"{base + length:02x}"
    size = f"{length:x}"
    size = size if len(size) % 2 == 0 else "0" + size
    return f"{base + _SHORT_MAX + len(size) // 2:02x}{size}"
