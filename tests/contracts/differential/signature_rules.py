"""Rules for what is done by signature: permits, payments, settlements; forged ones too.

In: what is drawn. Out: steps of the duet. Used by the test.
"""

from __future__ import annotations

from typing import Any

from eth_keys.datatypes import PrivateKey
from hypothesis import strategies as st

from tests.contracts.differential.duet import InParts
from tests.contracts.differential.machine import (
    Machine,
    amounts,
    callers,
    moments,
    payments,
    people,
    ref_of,
    share,
    step,
    tokens,
)
from tests.contracts.differential.setting import key_of
from tests.contracts.model.authorizations import Payment, Permit, Settlement, digest

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
FLAWS = ["key", "token", "chain", "kind", "content", "high s", "short", "v"]
flaws = st.sampled_from([""] * 16 + FLAWS)
signers = st.sampled_from(["alice"] * 4 + ["bob"] * 4 + ["wallet"] * 3 + ["carol"])
numbers = st.integers(0, 7)
begun = st.sampled_from([-600] * 8 + [-1, 0, 1])


class SignatureRules(Machine):
    """`flaw` says what is wrong with a signature, if anything."""

    @step(
        token=tokens,
        by=callers,
        owner=signers,
        spender=people,
        amount=amounts,
        after=moments,
        flaw=flaws,
    )
    def permits(
        self,
        *,
        token: str,
        by: str,
        owner: str,
        spender: str,
        amount: int | str,
        after: int,
        flaw: str,
    ) -> None:
        amount = share(amount, self.token(token).available(self.at(owner)))
        permit = Permit(self.at(owner), self.at(spender), amount, self.moment(after))
        nonce = self.token(token).nonces[self.at(owner)]
        values = (*permit[:3], nonce, permit.deadline)
        signature = self._signed(token, owner, "Permit", values, flaw)
        self.does(f"{token}.permit", permit, signature, by=by)

    @step(
        token=tokens,
        by=callers,
        payer=signers,
        payee=people,
        amount=amounts,
        after=begun,
        before=moments,
        nonce=numbers,
        flaw=flaws,
        pulled=st.sampled_from(["", "", "", "payee", "payee", "payee", "other"]),
    )
    def pays_by_authorization(
        self,
        *,
        token: str,
        by: str,
        payer: str,
        payee: str,
        amount: int | str,
        after: int,
        before: int,
        nonce: int,
        flaw: str,
        pulled: str,
    ) -> None:
        amount = share(amount, self.token(token).available(self.at(payer)))
        times = (self.moment(after), self.moment(before), ref_of(0, nonce))
        payment = Payment(self.at(payer), self.at(payee), amount, *times)
        kind = "ReceiveWithAuthorization" if pulled else "TransferWithAuthorization"
        signature = self._signed(token, payer, kind, payment, flaw)
        by = payee if pulled == "payee" and payee != "nobody" else by
        self.does(f"{token}.{kind[0].lower()}{kind[1:]}", payment, signature, by=by)

    @step(token=tokens, by=callers, payer=signers, nonce=numbers, flaw=flaws)
    def cancels_an_authorization(
        self, token: str, by: str, payer: str, nonce: int, flaw: str
    ) -> None:
        values = (self.at(payer), ref_of(0, nonce))
        signature = self._signed(token, payer, "CancelAuthorization", values, flaw)
        self.does(f"{token}.cancelAuthorization", *values, signature, by=by)

    @step(
        token=tokens,
        by=callers,
        payer=signers,
        payee=people,
        amount=amounts,
        after=moments,
        nonce=numbers,
        ref=payments,
        flaw=st.sampled_from([""] * 16 + [*FLAWS, "engine", "engine"]),
    )
    def settles_a_leg(
        self,
        *,
        token: str,
        by: str,
        payer: str,
        payee: str,
        amount: int | str,
        after: int,
        nonce: int,
        ref: int,
        flaw: str,
    ) -> None:
        amount = share(amount, self.token(token).available(self.at(payer)))
        leg = Settlement(
            self.at(payer), self.at(payee), amount, ref_of(ref), nonce, self.moment(after)
        )
        engine = self.at("treasury" if flaw == "engine" else by)
        signature = self._signed(token, payer, "SettlementTransfer", (engine, *leg), flaw)
        self.does(f"{token}.settleTransfer", leg, signature, by=by)

    @step(token=tokens, by=callers, nonce=numbers)
    def cancels_a_settlement_nonce(self, token: str, by: str, nonce: int) -> None:
        self.does(f"{token}.cancelSettlementNonce", nonce, by=by)

    def _signed(
        self, token: str, signer: str, kind: str, values: tuple[Any, ...], flaw: str
    ) -> bytes:
        domain = self.token(
            {"cad": "eur", "eur": "cad"}[token] if flaw == "token" else token
        ).domain
        domain["chainId"] += flaw == "chain"
        kind = "TransferWithAuthorization" if flaw == "kind" and len(values) == 6 else kind
        if flaw == "content":
            values = (*values[:-1], _changed(values[-1]))
        hashed = digest(domain, kind, values)
        if signer == "wallet" and flaw != "key":
            self.duet.setting.accept(hashed)
            self.duet.world.accepted.add((self.at("wallet"), hashed))
        signature = spoiled(key_of("stranger" if flaw == "key" else signer), hashed, flaw)
        in_parts = hashed[0] % 2 and flaw != "short" and kind != "SettlementTransfer"
        return InParts(signature) if in_parts else signature


def spoiled(key: PrivateKey, hashed: bytes, flaw: str) -> bytes:
    """A signature, or what is none."""
    signed = key.sign_msg_hash(hashed)
    v, s = int(signed.v) + 27, int(signed.s)
    if flaw == "high s":
        v, s = 55 - v, ORDER - s
    if flaw == "v":
        v = 29
    words: bytes = signed.r.to_bytes(32, "big") + s.to_bytes(32, "big")
    if flaw == "short":
        return words
    return words + bytes([v])


def _changed(value: Any) -> Any:  # noqa: ANN401 (ABI values)
    return value + 1 if isinstance(value, int) else ref_of(1, int(value, 16) % 2**64 + 1)
