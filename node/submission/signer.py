"""Signs: the only door to keys, and the only importer of eth_account.

In: an unsigned transaction, the address that signs. Out: signed bytes and their hash.
Called by: sender, the deployment script, demo (creates keys).

`KeystoreSigner` keeps keys in encrypted files beside the demo's state. It is for the demo and for
development chains; a bank's keys stay in an HSM or KMS behind the same protocol.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address

from node.core.errors import NotFound, Rejected
from node.core.ids import wallet_key
from node.core.types import Address, ChainId, Hash32

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
class UnsignedTx:
    """An EIP-1559 transaction; `to` None creates a contract. Amounts in wei."""

    chain_id: ChainId
    nonce: int
    to: Address | None
    data: str
    value: int
    gas: int
    fee_wei_max: int
    tip_wei_max: int


@dataclass(frozen=True, slots=True)
class SignedTx:
    """Bytes ready to be sent, and the hash under which the chain will know them."""

    raw: bytes
    hash: Hash32


class Signer(Protocol):
    """Whoever can sign for some addresses."""

    def addresses(self) -> frozenset[Address]:
        """Addresses it signs for, in lower case."""

    def sign(self, address: Address, transaction: UnsignedTx) -> SignedTx:
        """Sign for an address. Raises `KeyUnknown`."""


class KeystoreSigner:
    """Keys in a folder of encrypted files, one per label. Demo and development only."""

    def __init__(self, folder: Path, password: str) -> None:
        self._folder = folder
        self._password = password
        self._labels: dict[str, LocalAccount] = {}
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path in sorted(folder.glob("*.json")):
            self._labels[path.stem] = self._open(path)

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
        return wallet_key(self._labels[label].address)

    @property
    def labels(self) -> frozenset[str]:
        """Every label that has a key."""
        return frozenset(self._labels)

    def addresses(self) -> frozenset[Address]:
        """Every address, in lower case."""
        return frozenset(wallet_key(each.address) for each in self._labels.values())

    def sign(self, address: Address, transaction: UnsignedTx) -> SignedTx:
        """Sign an EIP-1559 transaction. Raises `KeyUnknown`."""
        key = wallet_key(address)
        for account in self._labels.values():
            if wallet_key(account.address) == key:
                signed = account.sign_transaction(_fields(transaction))  # type: ignore[arg-type]
                return SignedTx(
                    bytes(signed.raw_transaction), Hash32("0x" + bytes(signed.hash).hex())
                )
        raise KeyUnknown(
            f"no key of {key} is in the keystore",
            remedy="Start the node with the keystore that holds it.",
        )

    def _keep(self, label: str, account: LocalAccount) -> None:
        content = account.encrypt(self._password, kdf="scrypt", iterations=_SCRYPT_ROUNDS)
        draft = self._folder / f"{label}.new"
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(content))
        draft.replace(self._folder / f"{label}.json")
        self._labels[label] = account

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


def _fields(transaction: UnsignedTx) -> dict[str, object]:
    fields: dict[str, object] = {
        "type": 2,
        "chainId": transaction.chain_id,
        "nonce": transaction.nonce,
        "gas": transaction.gas,
        "maxFeePerGas": transaction.fee_wei_max,
        "maxPriorityFeePerGas": transaction.tip_wei_max,
        "value": transaction.value,
        "data": transaction.data,
    }
    if transaction.to is not None:
        fields["to"] = to_checksum_address(transaction.to)
    return fields
