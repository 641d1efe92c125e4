"""A signature over secp256k1: read, made canonical, and checked against the address it claims.

In: bytes of any signer, the digest that was to be signed. Out: `Signature`, or the refusal.
Called by: transaction, signers. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from coincurve import PublicKey
from eth_utils.crypto import keccak

from node.core.errors import Fatal
from node.core.ids import wallet_key
from node.core.types import Address

ORDER: Final = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
_WORD: Final = 32
_COMPACT_LENGTH: Final = 65
_ETHEREUM_V: Final = 27


class SignatureRefused(Fatal):
    """What a signer gave back is not the signature that was asked for."""

    code = "SIGNATURE_REFUSED"
    title = "Signature refused"


@dataclass(frozen=True, slots=True)
class Signature:
    """Canonical: `s` in the lower half, `parity` of the point 0 or 1."""

    r: int
    s: int
    parity: int

    @property
    def compact(self) -> bytes:
        """r, s and v (27 or 28), as contracts take it."""
        return _words(self.r, self.s) + bytes([_ETHEREUM_V + self.parity])


def compact(text: bytes) -> Signature:
    """A signature of 65 bytes whose last is 0, 1, 27 or 28. Raises `SignatureRefused`."""
    if len(text) != _COMPACT_LENGTH or text[64] not in {0, 1, 27, 28}:
        raise _refused("it is not a signature of 65 bytes")
    r, s = int.from_bytes(text[:_WORD], "big"), int.from_bytes(text[_WORD : 2 * _WORD], "big")
    return _low(r, s, text[64] % _ETHEREUM_V)


def found(r: int, s: int, digest: bytes, address: Address) -> Signature:
    """The signature of an address out of one that does not say its parity."""
    for parity in (0, 1):
        made = _low(r, s, parity)
        if _recovered(made, digest) == wallet_key(address):
            return made
    raise _refused(f"it is not one of {address}")


def check(signature: Signature, digest: bytes, address: Address) -> None:
    """Raise `SignatureRefused` unless the address signed exactly this digest."""
    if _recovered(signature, digest) != wallet_key(address):
        raise _refused(f"it is not one of {address} over what was asked")


def address_of(public_key: bytes) -> Address:
    """The address of an uncompressed public key of 65 bytes, in lower case."""
    return wallet_key("0x" + keccak(public_key[1:])[12:].hex())


def _low(r: int, s: int, parity: int) -> Signature:
    if not (0 < r < ORDER and 0 < s < ORDER):
        raise _refused("its numbers are out of range")
    # EIP-2: both s and its negative are valid, and only the lower one is taken.
    return Signature(r, s, parity) if s <= ORDER // 2 else Signature(r, ORDER - s, 1 - parity)


def _recovered(signature: Signature, digest: bytes) -> Address | None:
    given = _words(signature.r, signature.s) + bytes([signature.parity])
    try:
        key = PublicKey.from_signature_and_message(given, digest, hasher=None)
    except Exception:  # noqa: BLE001 - the library raises its root class for what is no point
        return None
    return address_of(key.format(compressed=False))


def _words(*numbers: int) -> bytes:
    return b"".join(each.to_bytes(_WORD, "big") for each in numbers)


def _refused(why: str) -> SignatureRefused:
    return SignatureRefused(
        f"the signer gave back a signature that cannot be used: {why}",
        remedy="Stop the signer and find out who answers in its place. Nothing was sent.",
    )
