"""Signs: the only door to keys, and the only importer of eth_account.

In: an unsigned transaction or typed data (EIP-712), the address that signs. Out: signed bytes and
their hash, signatures. Called by: sender, settlement (consents of wallets in custody), the
deployment script, demo (creates keys).

`KeystoreSigner` keeps keys in encrypted files beside the demo's state. It is for the demo and for
development chains; a bank's keys stay in an HSM or KMS behind the same protocol.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from coincurve import PrivateKey
from eth_abi.exceptions import EncodingError
from eth_account import Account
from eth_account.messages import SignableMessage, encode_typed_data
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from node.core.errors import NotFound, Rejected
from node.core.ids import wallet_key
from node.core.types import Address, ChainId
from node.submission.signature import check, compact
from node.submission.transaction import SignedTx, UnsignedTx, payload, sealed

__all__ = [
    "Domain",
    "KeyRefused",
    "KeyUnknown",
    "KeystoreLocked",
    "KeystoreSigner",
    "SignedTx",
    "Signer",
    "TypedData",
    "TypedDataRefused",
    "UnsignedTx",
    "typed_digest",
    "typed_payload",
]

# Light on purpose: these files guard demo keys, and the first page should not wait for them.
_SCRYPT_ROUNDS: Final = 2


class KeyUnknown(NotFound):
    """The signer holds no key of that address."""

    code = "KEY_UNKNOWN"
    title = "Unknown key"


class KeyRefused(Rejected):
    """A key cannot be taken into the keystore under that label."""

    code = "KEY_REFUSED"
    title = "Key refused"


class KeystoreLocked(Rejected):
    """The key files do not open with that password."""

    code = "KEYSTORE_LOCKED"
    title = "Keystore locked"


@dataclass(frozen=True, slots=True)
class Domain:
    """Where a signature counts: one contract on one chain, under its name and version."""

    name: str
    version: str
    chain_id: ChainId
    contract: Address


@dataclass(frozen=True, slots=True)
class TypedData:
    """Content to be signed by EIP-712. `types` has each struct's fields as (name, type).

    What the content says stays out of its text form, so that no log or traceback repeats it.
    """

    domain: Domain
    primary: str
    types: Mapping[str, Sequence[tuple[str, str]]]
    message: Mapping[str, Any] = field(repr=False)


class TypedDataRefused(Rejected):
    """The content does not fit the types it claims to have."""

    code = "TYPED_DATA_REFUSED"
    title = "Typed data refused"


class Signer(Protocol):
    """Whoever can sign for some addresses."""

    def addresses(self) -> frozenset[Address]:
        """Addresses it signs for, in lower case."""

    def sign(self, address: Address, transaction: UnsignedTx) -> SignedTx:
        """Sign for an address. Raises `KeyUnknown`."""

    def sign_typed(self, address: Address, content: TypedData) -> bytes:
        """Sign content by EIP-712: 65 bytes r, s, v. Raises `KeyUnknown`, `TypedDataRefused`."""


class KeystoreSigner:
    """Keys in a folder of encrypted files, one per label. Demo and development only."""

    def __init__(self, folder: Path, password: str) -> None:
        self._folder = folder
        self._password = password
        self._labels: dict[str, Address] = {}
        self._accounts: dict[Address, LocalAccount] = {}
        self._keys: dict[Address, PrivateKey] = {}
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path in sorted(folder.glob("*.json")):
            self._hold(path.stem, self._open(path))

    def create(self, label: str) -> Address:
        """The address under a label; its key is made at the first call."""
        if label not in self._labels:
            self._keep(label, Account.create())
        return self.address(label)

    def take(self, label: str, path: Path) -> Address:
        """Take a key from a file that holds it as 64 hexadecimal digits. Raises `KeyRefused`."""
        if label in self._labels:
            raise KeyRefused(
                f"the keystore has a key {label[:50]!r} already", remedy="Choose another label."
            )
        try:
            account: LocalAccount = Account.from_key(path.read_text("ascii").strip())
        except (OSError, ValueError):
            # Without the cause: what the library says may repeat the key.
            raise KeyRefused(
                f"{path} cannot be read as a private key",
                remedy="Name a file that holds one key as 64 hexadecimal digits.",
            ) from None
        self._keep(label, account)
        return self.address(label)

    def address(self, label: str) -> Address:
        """The address under a label. Raises `KeyUnknown`."""
        if label not in self._labels:
            raise KeyUnknown(f"the keystore has no key {label[:50]!r}")
        return self._labels[label]

    @property
    def labels(self) -> frozenset[str]:
        """Every label that has a key."""
        return frozenset(self._labels)

    def addresses(self) -> frozenset[Address]:
        """Every address, in lower case."""
        return frozenset(self._accounts)

    def sign(self, address: Address, transaction: UnsignedTx) -> SignedTx:
        """Sign a transaction. Raises `KeyUnknown`."""
        self._account(address)
        key = self._keys[wallet_key(address)]
        digest = keccak(payload(transaction))
        made = compact(key.sign_recoverable(digest, hasher=None))
        check(made, digest, address)
        return sealed(transaction, made)

    def sign_typed(self, address: Address, content: TypedData) -> bytes:
        """Sign typed data by EIP-712. Raises `KeyUnknown`, `TypedDataRefused`."""
        account = self._account(address)
        return bytes(account.sign_message(_signable(content)).signature)

    def _account(self, address: Address) -> LocalAccount:
        key = wallet_key(address)
        if key not in self._accounts:
            raise KeyUnknown(
                f"no key of {key} is in the keystore",
                remedy="Start the node with the keystore that holds it.",
            )
        return self._accounts[key]

    def _hold(self, label: str, account: LocalAccount) -> None:
        address = wallet_key(account.address)
        self._labels[label] = address
        self._accounts[address] = account
        self._keys[address] = PrivateKey(bytes(account.key))

    def _keep(self, label: str, account: LocalAccount) -> None:
        content = account.encrypt(self._password, kdf="scrypt", iterations=_SCRYPT_ROUNDS)
        draft = self._folder / f"{label}.new"
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(content))
        draft.replace(self._folder / f"{label}.json")
        self._hold(label, account)

    def _open(self, path: Path) -> LocalAccount:
        try:
            key = Account.decrypt(path.read_text(), self._password)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise KeystoreLocked(
                f"{path.name} does not open: {error}",
                remedy="Set CONCORD_KEYSTORE_PASSWORD to the password it was made with.",
            ) from error
        account: LocalAccount = Account.from_key(key)
        return account


def typed_payload(content: TypedData) -> bytes:
    """The bytes of typed data whose Keccak-256 is signed. Raises `TypedDataRefused`."""
    told = _signable(content)
    return b"\x19" + told.version + told.header + told.body


def typed_digest(content: TypedData) -> bytes:
    """What is signed of typed data: the 32 bytes a contract checks. Raises `TypedDataRefused`."""
    return keccak(typed_payload(content))


def _signable(content: TypedData) -> SignableMessage:
    domain = {
        "name": content.domain.name,
        "version": content.domain.version,
        "chainId": content.domain.chain_id,
        "verifyingContract": to_checksum_address(content.domain.contract),
    }
    # The library would leave out, unsigned and unsaid, what the types do not name.
    if {name for name, _ in content.types.get(content.primary, ())} != set(content.message):
        raise TypedDataRefused(
            f"a {content.primary} says other things than its type names",
            remedy="Report this: the content was built by this node.",
        )
    types = {
        struct: [{"name": name, "type": kind} for name, kind in fields]
        for struct, fields in content.types.items()
    }
    try:
        return encode_typed_data(domain, types, dict(content.message))
    except (ValueError, TypeError, KeyError, AttributeError, EncodingError) as error:
        # Without the cause: what the library says may repeat the content.
        raise TypedDataRefused(
            f"a {content.primary} does not fit its types: {type(error).__name__}",
            remedy="Report this: the content was built by this node.",
        ) from None
