"""Keys that are the same in every run, and a signer that holds them in memory.

In: labels. Out: addresses and signatures. Used by tests that send; a key is the hash of its label,
so nothing is drawn and nothing is encrypted.
"""

from __future__ import annotations

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from node.core.ids import wallet_key
from node.core.types import Address, Hash32
from node.submission.signer import KeyUnknown, SignedTx, TypedData, UnsignedTx, typed_digest

# The roles of a deployment, and who else the tests need.
ROLES = ("admin", "issuer", "attestor", "compliance", "limits", "guardian", "upgrader", "settler")
BANK = ("deployer", "funder", *ROLES)
CUSTOMERS = ("alice", "bob", "carol", "dave", "erin")


def account(label: str) -> LocalAccount:
    """The account of a label."""
    found: LocalAccount = Account.from_key(keccak(text=f"key of {label}"))
    return found


def address(label: str) -> Address:
    """The address of a label, in lower case."""
    return wallet_key(account(label).address)


class MemorySigner:
    """A `Signer` over some labels; `signed` keeps the transactions it was asked to sign."""

    def __init__(self, *labels: str) -> None:
        self._accounts = {address(label): account(label) for label in labels}
        self.signed: list[UnsignedTx] = []

    def addresses(self) -> frozenset[Address]:
        return frozenset(self._accounts)

    def sign(self, address: Address, transaction: UnsignedTx) -> SignedTx:
        if wallet_key(address) not in self._accounts:
            raise KeyUnknown(f"no key of {address}")
        self.signed.append(transaction)
        return signed(self._accounts[wallet_key(address)], transaction)

    def sign_typed(self, address: Address, content: TypedData) -> bytes:
        if wallet_key(address) not in self._accounts:
            raise KeyUnknown(f"no key of {address}")
        found = self._accounts[wallet_key(address)]
        made = found.unsafe_sign_hash(typed_digest(content))  # type: ignore[arg-type]
        return bytes(made.signature)


def signed(account: LocalAccount, transaction: UnsignedTx) -> SignedTx:
    """An EIP-1559 transaction signed by an account."""
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
    made = account.sign_transaction(fields)  # type: ignore[arg-type]
    return SignedTx(bytes(made.raw_transaction), Hash32("0x" + bytes(made.hash).hex()))
