"""Keys in Web3Signer (eth1 mode), over its HTTP API.

In: its address. Out: a `Custodian`. Called by: app.

`GET /api/v1/eth1/publicKeys` names the keys; `POST /api/v1/eth1/sign/{public key}` with
`{"data": "0x…"}` answers 65 bytes r, s, v in hex over the Keccak-256 of the data.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final
from urllib.parse import urlsplit

from node.core.types import Address
from node.submission.custody import CustodianUnavailable
from node.submission.signature import Signature, SignatureRefused, address_of, compact

SECONDS_MAX: Final = 10
ANSWER_BYTES_MAX: Final = 1_000_000
_KEYS: Final = "/api/v1/eth1/publicKeys"
_SIGN: Final = "/api/v1/eth1/sign/"
_POINT: Final = b"\x04"  # an uncompressed public key
_KEY_LENGTH: Final = 64


class Web3Signer:
    """One Web3Signer. Asked anew for each signature; nothing is tried twice here."""

    def __init__(self, url: str, *, seconds: int = SECONDS_MAX) -> None:
        parts = urlsplit(url)
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname or "", parts.port
        self._path = parts.path.rstrip("/")
        self._seconds = seconds
        self._keys = {_address(each): each for each in self._public_keys()}

    def addresses(self) -> frozenset[Address]:
        """Addresses of the keys it named."""
        return frozenset(self._keys)

    def signature(self, address: Address, content: bytes) -> Signature:
        """One signature."""
        body = json.dumps({"data": "0x" + content.hex()})
        told = self._ask("POST", _SIGN + self._keys[address], body).decode("ascii", "replace")
        text = told.strip().strip('"').removeprefix("0x")
        try:
            return compact(bytes.fromhex(text))
        except ValueError:
            raise SignatureRefused(
                f"Web3Signer answers with no signature: {text[:40]!r}",
                remedy="Check that the address is that of a Web3Signer in eth1 mode.",
            ) from None

    def _public_keys(self) -> list[str]:
        try:
            found: Any = json.loads(self._ask("GET", _KEYS))
            return [str(each) for each in found if _address(str(each))]
        except (ValueError, TypeError) as error:
            raise CustodianUnavailable(
                f"Web3Signer does not name its keys: {error}",
                remedy="Check that the address is that of a Web3Signer in eth1 mode.",
            ) from None

    def _ask(self, method: str, path: str, body: str = "") -> bytes:
        kind = HTTPSConnection if self._secure else HTTPConnection
        line = kind(self._host, self._port, timeout=self._seconds)
        try:
            headers = {"Content-Type": "application/json"}
            line.request(method, self._path + path, body or None, headers)
            answer = line.getresponse()
            content = answer.read(ANSWER_BYTES_MAX)
        except (OSError, HTTPException) as error:
            raise _unavailable(type(error).__name__) from None
        finally:
            line.close()
        if answer.status != HTTPStatus.OK:
            raise _unavailable(f"HTTP {answer.status}")
        return content


def _address(public_key: str) -> Address:
    point = bytes.fromhex(public_key.removeprefix("0x"))
    if len(point) != _KEY_LENGTH:
        raise ValueError(f"{public_key[:20]!r} is no public key of {_KEY_LENGTH} bytes")
    return address_of(_POINT + point)


def _unavailable(what: str) -> CustodianUnavailable:
    return CustodianUnavailable(
        f"Web3Signer does not sign: {what}",
        remedy="Check that it runs and holds the key; the node tries again by itself.",
    )
