"""EIP-712 as the model understands it: what is signed, and whose signature it is.

In: a domain, a type and its values. Out: a digest; the account whose key is behind a signature. By
eth-account and eth-keys, which share nothing with the contracts.
"""

from __future__ import annotations

from typing import Any, Final

from eth_account.messages import encode_typed_data
from eth_keys.datatypes import Signature
from eth_keys.exceptions import BadSignature
from eth_utils.crypto import keccak
from eth_utils.exceptions import ValidationError

from tests.contracts.model.world import NOBODY, Account

KEY_SIGNATURE_BYTES: Final = 65
HALF_ORDER: Final = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0

Fields = dict[str, str]


def digest(domain: dict[str, Any], types: dict[str, Fields], values: dict[str, Any]) -> bytes:
    """The hash to sign; `types` gives the fields of each struct, the one that is signed first."""
    listed = {
        name: [{"name": field, "type": kind} for field, kind in fields.items()]
        for name, fields in types.items()
    }
    signable = encode_typed_data(domain, listed, values)
    return keccak(b"\x19" + signable.version + signable.header + signable.body)


def signer_of(hashed: bytes, signature: bytes) -> Account:
    """The account whose key signed; nobody where the signature is none, or malleable."""
    v, s = signature[-1] - 27, int.from_bytes(signature[32:64], "big")
    if len(signature) != KEY_SIGNATURE_BYTES or s > HALF_ORDER or v not in {0, 1}:
        return NOBODY
    try:
        signed = Signature(signature[:64] + bytes([v]))
        return signed.recover_public_key_from_msg_hash(hashed).to_address()
    except (BadSignature, ValidationError):
        return NOBODY
