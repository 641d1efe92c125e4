"""ERC-3009: a payment that its payer signs and anyone, or the payee alone, sends in; once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contracts.bank import NO_SEND, PAUSE_TRANSFER, Bank
from tests.contracts.signing import (
    REFUSING,
    REVERTING,
    SILENT,
    Payment,
    Signature,
    contract_account,
    payment,
    sign,
)

TRANSFER, RECEIVE = "transferWithAuthorization", "receiveWithAuthorization"
KINDS = {TRANSFER: "TransferWithAuthorization", RECEIVE: "ReceiveWithAuthorization"}
both = pytest.mark.parametrize("function", KINDS)
Way = Callable[[Signature], tuple[object, ...]]
WAYS: dict[str, Way] = {
    "parts": lambda signature: signature.parts,
    "bytes": lambda signature: (signature.raw,),
}
every_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)


@pytest.fixture
def bank(bank: Bank) -> Bank:
    """Give Alice money."""
    bank.mint(bank.alice, 100)
    return bank


def signed(bank: Bank, function: str, given: Payment, **how: Any) -> Signature:  # noqa: ANN401
    signer = how.pop("signer", bank.alice)
    return sign(bank, KINDS[function], *given.values, signer=signer, **how)


def refusal(bank: Bank, function: str, given: Payment, signature: Signature) -> str:
    return bank.token.refusal(function, *given.values, *signature.parts, by=bank.bob)


@both
@pytest.mark.parametrize("how", [{"chain_id": 1}, {"at": "0x" + "77" * 20}])
def test_a_signature_for_another_place_is_refused(
    bank: Bank, function: str, how: dict[str, Any]
) -> None:
    given = payment(bank)
    told = refusal(bank, function, given, signed(bank, function, given, **how))
    assert told.startswith(f"SignatureRefused(account: {bank.alice}")


@both
@every_way
def test_a_signature_of_another_is_refused(bank: Bank, function: str, way: Way) -> None:
    given = payment(bank)
    signature = signed(bank, function, given, signer=bank.stranger)
    told = bank.token.refusal(function, *given.values, *way(signature), by=bank.bob)
    assert told == f"SignatureRefused(account: {bank.alice}, signer: {bank.stranger})"


@both
@pytest.mark.parametrize("change", [{"amount": 41}, {"before": 2**200}, {"nonce": bytes(32)}])
def test_another_content_is_refused(bank: Bank, function: str, change: dict[str, Any]) -> None:
    given = payment(bank)
    signature = signed(bank, function, given)
    told = refusal(bank, function, given.but(**change), signature)
    assert told.startswith("SignatureRefused")


def test_money_goes_to_no_other_payee(bank: Bank) -> None:
    given = payment(bank)
    signature = signed(bank, TRANSFER, given)
    told = refusal(bank, TRANSFER, given.but(payee=bank.carol), signature)
    assert told.startswith("SignatureRefused")


@both
def test_one_kind_of_consent_is_not_the_other(bank: Bank, function: str) -> None:
    other = RECEIVE if function == TRANSFER else TRANSFER
    given = payment(bank)
    told = refusal(bank, function, given, signed(bank, other, given))
    assert told.startswith("SignatureRefused")


@both
def test_the_malleable_form_is_refused(bank: Bank, function: str) -> None:
    given = payment(bank)
    told = refusal(bank, function, given, signed(bank, function, given).malleable)
    assert told.startswith("SignatureRefused")


@both
@pytest.mark.parametrize("cut", [0, 1, 64, 66])
def test_a_signature_of_another_length_is_refused(bank: Bank, function: str, cut: int) -> None:
    given = payment(bank)
    raw = (signed(bank, function, given).raw + b"\x00")[:cut]
    told = bank.token.refusal(function, *given.values, raw, by=bank.bob)
    assert told.startswith("SignatureRefused")


@both
def test_the_short_form_is_refused(bank: Bank, function: str) -> None:
    given = payment(bank)
    short = signed(bank, function, given).short
    told = bank.token.refusal(function, *given.values, short, by=bank.bob)
    assert told.startswith("SignatureRefused")


@both
def test_it_counts_strictly_between_its_times(bank: Bank, function: str) -> None:
    now = bank.chain.now
    early, late = payment(bank).but(after=now), payment(bank).but(before=now)
    told = refusal(bank, function, early, signed(bank, function, early))
    assert told == f"AuthorizationTooEarly(validAfter: {now}, time: {now})"
    told = refusal(bank, function, late, signed(bank, function, late))
    assert told == f"AuthorizationExpired(validBefore: {now}, time: {now})"


def test_only_the_payee_receives(bank: Bank) -> None:
    given = payment(bank)
    parts = signed(bank, RECEIVE, given).parts
    raw = signed(bank, RECEIVE, given).raw
    for arguments in (parts, (raw,)):
        told = bank.token.refusal(RECEIVE, *given.values, *arguments, by=bank.stranger)
        assert told == f"NotPayee(caller: {bank.stranger}, payee: {bank.bob})"


@both
@every_way
def test_the_money_moves_once(bank: Bank, function: str, way: Way) -> None:
    given = payment(bank)
    arguments = (*given.values, *way(signed(bank, function, given)))
    receipt = bank.token.send(function, *arguments, by=bank.bob)
    nonce = "0x" + given.nonce.hex()
    assert bank.token.events(receipt) == [
        ("AuthorizationUsed", {"authorizer": bank.alice, "nonce": nonce}),
        ("Transfer", {"from": bank.alice, "to": bank.bob, "value": "40"}),
    ]
    assert (bank.position(bank.alice), bank.position(bank.bob)) == ((60, 0), (40, 0))
    assert bank.token.read("authorizationState", bank.alice, given.nonce) is True
    told = bank.token.refusal(function, *arguments, by=bank.bob)
    assert told == f"AuthorizationUsedUp(authorizer: {bank.alice}, nonce: {nonce})"


def test_anyone_sends_a_transfer_in(bank: Bank) -> None:
    given = payment(bank)
    parts = signed(bank, TRANSFER, given).parts
    bank.token.send(TRANSFER, *given.values, *parts, by=bank.stranger)
    assert bank.position(bank.bob) == (40, 0)


def test_nonces_need_no_order_and_are_the_payers_own(bank: Bank) -> None:
    bank.mint(bank.bob, 100)
    first = payment(bank, 10)
    back = first.but(payer=bank.bob, payee=bank.alice)
    for number in (2**255, 0, 1):
        nonce = number.to_bytes(32, "big")
        for given in (first.but(nonce=nonce), back.but(nonce=nonce, amount=7)):
            parts = signed(bank, TRANSFER, given, signer=given.payer).parts
            bank.token.send(TRANSFER, *given.values, *parts, by=bank.stranger)
    assert (bank.position(bank.alice), bank.position(bank.bob)) == ((91, 0), (109, 0))


@both
def test_rules_hold_for_signed_payments_too(bank: Bank, function: str) -> None:
    more = payment(bank, 101)
    told = refusal(bank, function, more, signed(bank, function, more))
    assert told.startswith("InsufficientAvailable")
    given = payment(bank)
    signature = signed(bank, function, given)
    with bank.chain.rewound():
        bank.token.send("freeze", bank.alice, NO_SEND, by=bank.compliance)
        assert refusal(bank, function, given, signature).startswith("SenderRefused")
    bank.token.send("pause", PAUSE_TRANSFER, by=bank.guardian)
    assert refusal(bank, function, given, signature).startswith("OperationPaused")


@both
def test_what_was_refused_is_not_used_up(bank: Bank, function: str) -> None:
    given = payment(bank, 101)
    signature = signed(bank, function, given)
    assert refusal(bank, function, given, signature).startswith("InsufficientAvailable")
    bank.mint(bank.alice, 1)
    bank.token.send(function, *given.values, *signature.parts, by=bank.bob)
    assert bank.position(bank.bob) == (101, 0)


@every_way
def test_the_payer_cancels(bank: Bank, way: Way) -> None:
    given = payment(bank)
    wrong = sign(bank, "CancelAuthorization", bank.alice, given.nonce, signer=bank.bob)
    cancel = (bank.alice, given.nonce)
    told = bank.token.refusal("cancelAuthorization", *cancel, *way(wrong), by=bank.bob)
    assert told == f"SignatureRefused(account: {bank.alice}, signer: {bank.bob})"
    right = sign(bank, "CancelAuthorization", *cancel, signer=bank.alice)
    receipt = bank.token.send("cancelAuthorization", *cancel, *way(right), by=bank.stranger)
    nonce = "0x" + given.nonce.hex()
    told_off = {"authorizer": bank.alice, "nonce": nonce}
    assert bank.token.events(receipt) == [("AuthorizationCanceled", told_off)]
    used_up = f"AuthorizationUsedUp(authorizer: {bank.alice}, nonce: {nonce})"
    assert refusal(bank, TRANSFER, given, signed(bank, TRANSFER, given)) == used_up
    again = bank.token.refusal("cancelAuthorization", *cancel, *way(right), by=bank.stranger)
    assert again == used_up


def test_what_was_paid_cannot_be_cancelled(bank: Bank) -> None:
    given = payment(bank)
    bank.token.send(TRANSFER, *given.values, *signed(bank, TRANSFER, given).parts, by=bank.bob)
    cancel = (bank.alice, given.nonce)
    signature = sign(bank, "CancelAuthorization", *cancel, signer=bank.alice)
    told = bank.token.refusal("cancelAuthorization", *cancel, *signature.parts, by=bank.alice)
    assert told.startswith("AuthorizationUsedUp")


@both
@pytest.mark.parametrize("mood", [REFUSING, SILENT, REVERTING])
def test_an_account_that_is_a_contract_may_refuse(bank: Bank, function: str, mood: int) -> None:
    account = contract_account(bank, bank.alice)
    bank.mint(account.address, 100)
    given = payment(bank).but(payer=account.address)
    raw = signed(bank, function, given).raw
    account.send("become", mood, by=bank.stranger)
    told = bank.token.refusal(function, *given.values, raw, by=bank.bob)
    assert told == f"SignatureRefused(account: {account.address}, signer: {bank.alice})"


@both
def test_an_account_that_is_a_contract_pays(bank: Bank, function: str) -> None:
    account = contract_account(bank, bank.alice)
    bank.mint(account.address, 100)
    given = payment(bank).but(payer=account.address)
    wrong = signed(bank, function, given, signer=bank.bob).raw
    told = bank.token.refusal(function, *given.values, wrong, by=bank.bob)
    assert told.startswith(f"SignatureRefused(account: {account.address}")
    bank.token.send(function, *given.values, signed(bank, function, given).raw, by=bank.bob)
    assert bank.position(account.address) == (60, 0)
    assert bank.position(bank.bob) == (40, 0)
