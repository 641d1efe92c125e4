"""What accounts sign for a token, built from the words of the standards and not from our code.

In: a bank, the values of a message. Out: calldata arguments with a signature over them. Used by the
tests beside this file.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from eth_account import Account

from tests.contracts.bank import HOUR, Bank, mock, ref
from tests.contracts.chain import Contract

TYPES = {
    "Permit": "address owner,address spender,uint256 value,uint256 nonce,uint256 deadline",
    "TransferWithAuthorization": "address from,address to,uint256 value,uint256 validAfter,"
    "uint256 validBefore,bytes32 nonce",
    "ReceiveWithAuthorization": "address from,address to,uint256 value,uint256 validAfter,"
    "uint256 validBefore,bytes32 nonce",
    "CancelAuthorization": "address authorizer,bytes32 nonce",
    "SettlementTransfer": "address engine,address from,address to,uint256 amount,"
    "bytes32 instruction,uint256 nonce,uint256 deadline",
}
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
HONEST, REFUSING, SILENT, REVERTING = range(4)


@dataclass(frozen=True)
class Signature:
    """One signature, in each form in which it may be given or spoiled."""

    v: int
    r: int
    s: int

    @property
    def parts(self) -> tuple[int, bytes, bytes]:
        return self.v, self.r.to_bytes(32, "big"), self.s.to_bytes(32, "big")

    @property
    def raw(self) -> bytes:
        return self.r.to_bytes(32, "big") + self.s.to_bytes(32, "big") + bytes([self.v])

    @property
    def malleable(self) -> Signature:
        """The other signature that a curve allows for the same key and content."""
        return Signature(55 - self.v, self.r, ORDER - self.s)

    @property
    def short(self) -> bytes:
        """The 64 bytes of ERC-2098."""
        return self.r.to_bytes(32, "big") + (self.s | (self.v - 27) << 255).to_bytes(32, "big")


def key_of(bank: Bank, account: str) -> bytes:
    # eth-tester gives its accounts the keys 1, 2, 3, ...
    return (bank.chain.accounts.index(account) + 1).to_bytes(32, "big")


def sign(
    bank: Bank, kind: str, *values: object, signer: str, chain_id: int = 0, at: str = ""
) -> Signature:
    """Sign values of a message in the domain of the bank's token, or of another place."""
    domain = {
        "name": bank.token.read("name"),
        "version": "1",
        "chainId": chain_id or bank.token.read("eip712Domain")[3],
        "verifyingContract": at or bank.token.address,
    }
    fields = [each.split() for each in TYPES[kind].split(",")]
    types = {kind: [{"name": name, "type": type_} for type_, name in fields]}
    message = dict(zip((name for _, name in fields), values, strict=True))
    signed = Account.sign_typed_data(key_of(bank, signer), domain, types, message)
    return Signature(signed.v, signed.r, signed.s)


def contract_account(bank: Bank, owner: str) -> Contract:
    """An admitted account that is a contract and signs with the key of its owner."""
    account = bank.chain.deploy(mock("ContractAccount"), owner, by=bank.stranger)
    bank.token.send("setAccountFlags", account.address, 1, by=bank.compliance)
    return account


@dataclass(frozen=True)
class Payment:
    """An authorization of ERC-3009; `after` and `before` bound its time."""

    payer: str
    payee: str
    amount: int
    after: int
    before: int
    nonce: bytes = b"\x9c" * 32

    @property
    def values(self) -> tuple[object, ...]:
        return self.payer, self.payee, self.amount, self.after, self.before, self.nonce

    def but(self, **changes: object) -> Payment:
        return replace(self, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Settlement:
    """A payer's consent to one leg of a settlement, for one engine."""

    engine: str
    payer: str
    payee: str
    amount: int
    deadline: int
    nonce: int = 7
    instruction: str = ref(5)

    @property
    def values(self) -> tuple[object, ...]:
        return (self.engine, *self.arguments)

    @property
    def arguments(self) -> tuple[object, ...]:
        """What the engine hands in; who it is, the token sees."""
        content = (self.payer, self.payee, self.amount, bytes.fromhex(self.instruction[2:]))
        return (*content, self.nonce, self.deadline)

    def but(self, **changes: object) -> Settlement:
        return replace(self, **changes)  # type: ignore[arg-type]


def payment(bank: Bank, amount: int = 40) -> Payment:
    """Alice to Bob, from now on for an hour."""
    return Payment(bank.alice, bank.bob, amount, bank.chain.now - 1, bank.chain.now + HOUR)


def settlement(bank: Bank, amount: int = 40) -> Settlement:
    """Alice to Bob, in the hands of the settler, for an hour."""
    deadline = bank.chain.now + HOUR
    return Settlement(bank.settler, bank.alice, bank.bob, amount, deadline)
