"""A transaction before and after it is signed, and its bytes.

In: what is to be sent, a signature. Out: the bytes that are hashed and signed, the bytes that are
sent. Called by: signers, sender. Pure; tests hold the bytes equal to those of eth-account.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from eth_utils.crypto import keccak

from node.core.types import Address, ChainId, Hash32
from node.submission.signature import Signature

_TYPE: Final = b"\x02"  # EIP-1559
_LEGACY_V: Final = 35  # EIP-155
_TEXT: Final = 0x80
_LIST: Final = 0xC0
_SHORT: Final = 55

Field = int | bytes | list[Any]


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


def _fields(transaction: UnsignedTx) -> list[Field]:
    to = b"" if transaction.to is None else bytes.fromhex(transaction.to[2:])
    data = bytes.fromhex(transaction.data[2:])
    called: list[Field] = [transaction.gas, to, transaction.value, data]
    if transaction.is_legacy:
        return [transaction.nonce, transaction.fee_wei_max, *called]
    fees: list[Field] = [transaction.tip_wei_max, transaction.fee_wei_max]
    return [transaction.chain_id, transaction.nonce, *fees, *called, []]


def _rlp(fields: Sequence[Field]) -> bytes:
    """Recursive length prefix of a list; a general library takes longer than the signature."""
    body = b"".join(map(_item, fields))
    return _headed(_LIST, body)


def _item(field: Field) -> bytes:
    if isinstance(field, list):
        return _rlp(field)
    text = field.to_bytes((field.bit_length() + 7) // 8, "big") if isinstance(field, int) else field
    return text if len(text) == 1 and text[0] < _TEXT else _headed(_TEXT, text)


def _headed(kind: int, body: bytes) -> bytes:
    length = len(body)
    if length <= _SHORT:
        return bytes([kind + length]) + body
    counted = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([kind + _SHORT + len(counted)]) + counted + body
