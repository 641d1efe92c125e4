"""Keys in AWS KMS (ECC_SECG_P256K1, for signing).

In: key ids or ARNs, a boto3 client. Out: a `Custodian`. Called by: app.

`GetPublicKey` gives the key as DER (SubjectPublicKeyInfo), `Sign` with `MessageType=DIGEST` the
signature as DER without parity and with any s: both are read strictly, s is taken to the lower half
and the parity is the one under which the signature recovers to the key's address.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Protocol

from botocore.exceptions import BotoCoreError, ClientError
from eth_utils.crypto import keccak

from node.core.types import Address
from node.submission.custody import CustodianUnavailable
from node.submission.signature import Signature, SignatureRefused, address_of, found

ALGORITHM: Final = "ECDSA_SHA_256"
# SubjectPublicKeyInfo of an uncompressed point on secp256k1: all but the point is always the same.
_KEY_HEAD: Final = bytes.fromhex("3056301006072a8648ce3d020106052b8104000a034200")
_POINT_LENGTH: Final = 65
_SEQUENCE: Final = 0x30
_INTEGER: Final = 0x02
_WORD_MAX: Final = 33


class KmsClient(Protocol):
    """What is used of boto3's client."""

    def get_public_key(self, **given: str) -> dict[str, Any]:
        """The key as DER."""

    def sign(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - text and bytes
        """The signature as DER."""


class KmsCustodian:
    """Some keys of one KMS."""

    def __init__(self, client: KmsClient, key_ids: Iterable[str]) -> None:
        self._client = client
        self._keys = {self._address(each): each for each in key_ids}

    def addresses(self) -> frozenset[Address]:
        """Addresses of these keys."""
        return frozenset(self._keys)

    def signature(self, address: Address, content: bytes) -> Signature:
        """One signature."""
        digest = keccak(content)
        try:
            told = self._client.sign(
                KeyId=self._keys[address],
                Message=digest,
                MessageType="DIGEST",
                SigningAlgorithm=ALGORITHM,
            )
        except (BotoCoreError, ClientError) as error:
            raise _unavailable("Sign", error) from None
        r, s = from_der(bytes(told["Signature"]))
        return found(r, s, digest, address)

    def _address(self, key_id: str) -> Address:
        try:
            told = self._client.get_public_key(KeyId=key_id)
        except (BotoCoreError, ClientError) as error:
            raise _unavailable("GetPublicKey", error) from None
        der = bytes(told["PublicKey"])
        if not der.startswith(_KEY_HEAD) or len(der) != len(_KEY_HEAD) + _POINT_LENGTH:
            raise SignatureRefused(
                f"key {key_id} of KMS is not on secp256k1",
                remedy="Make a key of the kind ECC_SECG_P256K1 for SIGN_VERIFY.",
            )
        return address_of(der[len(_KEY_HEAD) :])


def from_der(der: bytes) -> tuple[int, int]:
    """The numbers r and s of a DER signature. Raises `SignatureRefused`."""
    try:
        return _numbers(der)
    except (ValueError, IndexError) as error:
        raise SignatureRefused(
            f"KMS gave no DER signature: {error}", remedy="Find out who answers in its place."
        ) from None


def _numbers(der: bytes) -> tuple[int, int]:
    kind, length = der[0], der[1]
    if kind != _SEQUENCE or length != len(der) - 2:
        raise ValueError("no sequence")
    r, rest = _integer(der[2:])
    s, rest = _integer(rest)
    if rest:
        raise ValueError("more than two numbers")
    return r, s


def _integer(der: bytes) -> tuple[int, bytes]:
    kind, length = der[0], der[1]
    body = der[2 : 2 + length]
    if kind != _INTEGER or not 0 < length <= _WORD_MAX or len(body) != length:
        raise ValueError("no number")
    return int.from_bytes(body, "big"), der[2 + length :]


def _unavailable(what: str, error: Exception) -> CustodianUnavailable:
    return CustodianUnavailable(
        f"KMS refuses {what}: {str(error)[:200]}",
        remedy="Check region, rights (kms:GetPublicKey, kms:Sign) and the key's state.",
    )
