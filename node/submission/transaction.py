"""A transaction before and after it is signed, and its bytes.

In: what is to be sent, a signature. Out: the bytes that are hashed and signed, the bytes that are
sent. Called by: signers, sender. Pure; tests hold the bytes equal to those of eth-account.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import rlp
from eth_utils.crypto import keccak

from node.core.types import Address, ChainId, Hash32
from node.submission.signature import Signature

_TYPE: Final = b"\x02"  # EIP-1559
_LEGACY_V: Final = 35  # EIP-155


@dataclass(frozen=True, slots=True)
class UnsignedTx:
    """An EIP-1559 transaction; `to` None creates a contract. Amounts in wei.

    With `is_legacy` it is one of before (EIP-155), and `fee_wei_max` its gas price.
    """

    chain_id: ChainId
    nonce: int
    to: Address | None
    data: str
    value: int
    gas: int
    fee_wei_max: int
    tip_wei_max: int
    is_legacy: bool = False


@dataclass(frozen=True, slots=True)
class SignedTx:
    """Bytes ready to be sent, and the hash under which the chain will know them."""

    raw: bytes
    hash: Hash32


def payload(transaction: UnsignedTx) -> bytes:
    """The bytes whose Keccak-256 is signed."""
    fields = _fields(transaction)
    if transaction.is_legacy:
        return _rlp([*fields, transaction.chain_id, 0, 0])
    return _TYPE + _rlp(fields)


def sealed(transaction: UnsignedTx, signature: Signature) -> SignedTx:
    """The transaction with its signature."""
    fields, (r, s) = _fields(transaction), (signature.r, signature.s)
    if transaction.is_legacy:
        v = transaction.chain_id * 2 + _LEGACY_V + signature.parity
        raw = _rlp([*fields, v, r, s])
    else:
        raw = _TYPE + _rlp([*fields, signature.parity, r, s])
    return SignedTx(raw, Hash32("0x" + keccak(raw).hex()))


def _fields(transaction: UnsignedTx) -> list[object]:
    to = b"" if transaction.to is None else bytes.fromhex(transaction.to[2:])
    data = bytes.fromhex(transaction.data[2:])
    called = [transaction.gas, to, transaction.value, data]
    if transaction.is_legacy:
        return [transaction.nonce, transaction.fee_wei_max, *called]
    fees = [transaction.tip_wei_max, transaction.fee_wei_max]
    return [transaction.chain_id, transaction.nonce, *fees, *called, []]


def _rlp(fields: list[object]) -> bytes:
    encoded: bytes = rlp.encode(fields, infer_serializer=True)
    return encoded
