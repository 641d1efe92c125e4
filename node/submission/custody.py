"""Keys that are held elsewhere: what a custodian must do, and what we check of everything it gives.

In: a custodian that signs bytes for addresses. Out: a `Signer`. Called by: app.

A custodian is dumb and remote. It is asked for one signature over the Keccak-256 of bytes that we
made, and what comes back must recover to the address asked for over exactly these bytes.
"""

from __future__ import annotations

from typing import Protocol

from eth_utils.crypto import keccak

from node.core.errors import Retryable
from node.core.ids import wallet_key
from node.core.types import Address
from node.submission.signature import Signature, check
from node.submission.signer import KeyUnknown, SignedTx, TypedData, UnsignedTx, typed_payload
from node.submission.transaction import payload, sealed


class CustodianUnavailable(Retryable):
    """Who holds the keys does not answer, or not now."""

    code = "CUSTODIAN_UNAVAILABLE"
    title = "Signer unavailable"


class Custodian(Protocol):
    """Whoever holds keys and signs with them."""

    def addresses(self) -> frozenset[Address]:
        """Addresses it holds keys of, in lower case."""

    def signature(self, address: Address, content: bytes) -> Signature:
        """Sign the Keccak-256 of some bytes. Raises `CustodianUnavailable`, `SignatureRefused`."""


class CustodySigner:
    """A `Signer` over a custodian. Raises `SignatureRefused` for what cannot be used."""

    def __init__(self, custodian: Custodian) -> None:
        self._custodian = custodian
        self._addresses = custodian.addresses()

    def addresses(self) -> frozenset[Address]:
        """Addresses it signs for, as the custodian told when the node began."""
        return self._addresses

    def sign(self, address: Address, transaction: UnsignedTx) -> SignedTx:
        """Sign a transaction."""
        return sealed(transaction, self._checked(address, payload(transaction)))

    def sign_typed(self, address: Address, content: TypedData) -> bytes:
        """Sign typed data by EIP-712."""
        return self._checked(address, typed_payload(content)).compact

    def _checked(self, address: Address, content: bytes) -> Signature:
        key = wallet_key(address)
        if key not in self._addresses:
            raise KeyUnknown(
                f"the custodian holds no key of {key}",
                remedy="Give the node an address whose key the custodian holds.",
            )
        made = self._custodian.signature(key, content)
        check(made, keccak(content), key)
        return made
