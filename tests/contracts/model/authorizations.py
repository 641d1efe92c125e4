"""What a holder does by signature in the model's token; a part of token.py."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from tests.contracts.model import typed
from tests.contracts.model.accounts import (
    SETTLE,
    TRANSFER,
    Accounts,
    amount_given,
    reference_given,
)
from tests.contracts.model.world import Account, refuse

_PAYMENT: Final = {
    "from": "address",
    "to": "address",
    "value": "uint256",
    "validAfter": "uint256",
    "validBefore": "uint256",
    "nonce": "bytes32",
}
SIGNED: Final[dict[str, typed.Fields]] = {
    "Permit": {
        "owner": "address",
        "spender": "address",
        "value": "uint256",
        "nonce": "uint256",
        "deadline": "uint256",
    },
    "TransferWithAuthorization": _PAYMENT,
    "ReceiveWithAuthorization": _PAYMENT,
    "CancelAuthorization": {"authorizer": "address", "nonce": "bytes32"},
    "SettlementTransfer": {
        "engine": "address",
        "from": "address",
        "to": "address",
        "amount": "uint256",
        "instruction": "bytes32",
        "nonce": "uint256",
        "deadline": "uint256",
    },
}


class Permit(NamedTuple):
    """An allowance that its owner signs; its nonce is the owner's next."""

    owner: Account
    spender: Account
    value: int
    deadline: int


class Payment(NamedTuple):
    """A transfer that its payer signs, to be sent in between two times."""

    payer: Account
    payee: Account
    value: int
    valid_after: int
    valid_before: int
    nonce: str


class Settlement(NamedTuple):
    """A leg that its payer signs for one engine."""

    payer: Account
    payee: Account
    amount: int
    instruction: str
    nonce: int
    deadline: int


@dataclass
class Authorizations(Accounts):
    """Three rows of nonces: counted, any 32 bytes, any number."""

    name: str = ""
    nonces: Counter[Account] = field(default_factory=Counter)
    authorizations: set[tuple[Account, str]] = field(default_factory=set)
    settlement_nonces: set[tuple[Account, int]] = field(default_factory=set)

    @property
    def domain(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "version": "1",
            "chainId": self.world.chain_id,
            "verifyingContract": self.address,
        }

    def permit(self, _by: Account, permit: Permit, signature: bytes) -> None:
        late = self.world.now > permit.deadline
        refuse(late, "PermitExpired", deadline=permit.deadline, time=self.world.now)
        owner, spender, value, deadline = permit
        values = (owner, spender, value, self.nonces[owner], deadline)
        self._signed(owner, "Permit", values, signature)
        self.allow(owner, spender, value)
        self.nonces[owner] += 1

    def transfer_with_authorization(self, _by: Account, payment: Payment, signature: bytes) -> None:
        self._pay("TransferWithAuthorization", payment, signature)

    def receive_with_authorization(self, by: Account, payment: Payment, signature: bytes) -> None:
        refuse(by != payment.payee, "NotPayee", caller=by, payee=payment.payee)
        self._pay("ReceiveWithAuthorization", payment, signature)

    def cancel_authorization(
        self, _by: Account, authorizer: Account, nonce: str, signature: bytes
    ) -> None:
        self._unused(authorizer, nonce)
        self._signed(authorizer, "CancelAuthorization", (authorizer, nonce), signature)
        self.authorizations.add((authorizer, nonce))
        self.emit("AuthorizationCanceled", authorizer=authorizer, nonce=nonce)

    def settle_transfer(self, by: Account, leg: Settlement, signature: bytes) -> None:
        self.running(SETTLE)
        amount_given(leg.amount)
        reference_given(leg.instruction)
        now = self.world.now
        refuse(now > leg.deadline, "SettlementExpired", deadline=leg.deadline, time=now)
        self._settlement_unused(leg.payer, leg.nonce)
        self._signed(leg.payer, "SettlementTransfer", (by, *leg), signature)
        self.move(leg.payer, leg.payee, leg.amount)
        self.settlement_nonces.add((leg.payer, leg.nonce))
        values = {"to": leg.payee, "amount": leg.amount, "ref": leg.instruction}
        self.emit("TransferRef", from_=leg.payer, **values)

    def cancel_settlement_nonce(self, by: Account, nonce: int) -> None:
        self._settlement_unused(by, nonce)
        self.settlement_nonces.add((by, nonce))
        self.emit("SettlementNonceCancelled", payer=by, nonce=nonce)

    def _pay(self, kind: str, payment: Payment, signature: bytes) -> None:
        self.running(TRANSFER)
        after, before, now = payment.valid_after, payment.valid_before, self.world.now
        refuse(now <= after, "AuthorizationTooEarly", validAfter=after, time=now)
        refuse(now >= before, "AuthorizationExpired", validBefore=before, time=now)
        self._unused(payment.payer, payment.nonce)
        self._signed(payment.payer, kind, payment, signature)
        self.authorizations.add((payment.payer, payment.nonce))
        self.emit("AuthorizationUsed", authorizer=payment.payer, nonce=payment.nonce)
        self.move(payment.payer, payment.payee, payment.value)

    def _unused(self, authorizer: Account, nonce: str) -> None:
        used = (authorizer, nonce) in self.authorizations
        refuse(used, "AuthorizationUsedUp", authorizer=authorizer, nonce=nonce)

    def _settlement_unused(self, payer: Account, nonce: int) -> None:
        used = (payer, nonce) in self.settlement_nonces
        refuse(used, "SettlementNonceUsedUp", payer=payer, nonce=nonce)

    def _signed(
        self, account: Account, kind: str, values: tuple[object, ...], signature: bytes
    ) -> None:
        """By the account's key, or else as the account's contract accepts it."""
        hashed = digest(self.domain, kind, values)
        signer = typed.signer_of(hashed, signature)
        signed = signer == account or (account, hashed) in self.world.accepted
        refuse(not signed, "SignatureRefused", account=account, signer=signer)


def digest(domain: dict[str, Any], kind: str, values: tuple[object, ...]) -> bytes:
    """What is signed for content of this kind."""
    fields = SIGNED[kind]
    return typed.digest(domain, {kind: fields}, dict(zip(fields, values, strict=True)))
