"""Identifiers: UETRs, the on-chain reference, and ids that are derived, never drawn.

In: text from messages and API calls. Out: canonical ids. Called by: every layer above core.
A derived id is the same on every replay, so writing a thing twice collides with itself.
"""

from __future__ import annotations

import hashlib
import uuid

from node.core.errors import InvalidReference
from node.core.types import Address

_NAMESPACE = uuid.UUID("6f2c1c0a-5a55-4a3e-9a2e-0d1f6c6f7263")
_REF_HEX_DIGITS = 64
_ADDRESS_HEX_DIGITS = 40


def derived_id(kind: str, *parts: object) -> uuid.UUID:
    """A UUIDv5 of a kind and its parts: same parts, same id."""
    return uuid.uuid5(_NAMESPACE, "\x1f".join([kind, *map(str, parts)]))


def derived_uetr(*parts: object) -> str:
    """A UETR made of its parts: the same parts name the same payment."""
    return str(uuid.UUID(bytes=derived_id("uetr", *parts).bytes, version=4))


def parse_uetr(text: str) -> uuid.UUID:
    """A UETR (ISO 20022, UUID version 4) from text; raises `InvalidReference`."""
    try:
        uetr = uuid.UUID(text)
    except ValueError:
        uetr = None
    if uetr is None or str(uetr) != text.lower() or uetr.version != 4:  # noqa: PLR2004
        raise InvalidReference(
            f"{text[:50]!r} is not a UETR",
            remedy="Send a version 4 UUID such as 7a562c67-ca16-48ba-b074-65581be6f001.",
        )
    return uetr


def pack_ref(uetr: uuid.UUID, entry_id: uuid.UUID) -> bytes:
    """The 32-byte reference carried by contract events: UETR then ledger entry id."""
    return uetr.bytes + entry_id.bytes


def unpack_ref(ref: bytes) -> tuple[uuid.UUID, uuid.UUID] | None:
    """UETR and entry id of a contract reference, or None when it carries no version 4 UUID."""
    if len(ref) != _REF_HEX_DIGITS // 2:
        return None
    uetr, entry_id = uuid.UUID(bytes=ref[:16]), uuid.UUID(bytes=ref[16:])
    return (uetr, entry_id) if uetr.version == 4 else None  # noqa: PLR2004


def sha256_hex(content: bytes) -> str:
    """Lower-case hex SHA-256, the fingerprint used for files and request bodies."""
    return hashlib.sha256(content).hexdigest()


def is_ref(text: str) -> bool:
    """Whether the text is a contract reference as records keep it: 0x and 64 digits, lower case."""
    body = text.removeprefix("0x")
    digits = set(body) <= set("0123456789abcdef")
    return text.startswith("0x") and len(body) == _REF_HEX_DIGITS and digits


def is_address(text: str) -> bool:
    """Whether the text has the shape of an account address (the checksum is not judged)."""
    body = text.removeprefix("0x")
    return (
        text.startswith("0x")
        and len(body) == _ADDRESS_HEX_DIGITS
        and all(digit in "0123456789abcdefABCDEF" for digit in body)
    )


def wallet_key(address: str) -> Address:
    """The lower-case form under which wallets are stored and compared."""
    if not is_address(address):
        raise InvalidReference(
            f"{address[:50]!r} is not a wallet address",
            remedy="Send 0x followed by 40 hexadecimal digits.",
        )
    return Address(address.lower())
