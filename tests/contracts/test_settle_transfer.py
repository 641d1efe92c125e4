"""Settlement transfers: a payer's consent to one content, in the hands of one engine, once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.bank import NO_RECEIVE, NO_SEND, PAUSE_SETTLE, Bank, ref
from tests.contracts.signing import (
    REFUSING,
    REVERTING,
    SILENT,
    Settlement,
    Signature,
    contract_account,
    payment,
    settlement,
    sign,
)

FUNCTION = "settleTransfer"


@pytest.fixture
def bank(bank: Bank) -> Bank:
    """Give Alice money."""
    bank.mint(bank.alice, 100)
    return bank


def signed(bank: Bank, given: Settlement, **how: Any) -> Signature:  # noqa: ANN401
    signer = how.pop("signer", bank.alice)
    return sign(bank, "SettlementTransfer", *given.values, signer=signer, **how)


def refusal(bank: Bank, given: Settlement, raw: bytes, by: str = "") -> str:
    return bank.token.refusal(FUNCTION, *given.arguments, raw, by=by or bank.settler)


@pytest.mark.parametrize("how", [{"chain_id": 1}, {"at": "0x" + "77" * 20}])
def test_a_signature_for_another_place_is_refused(bank: Bank, how: dict[str, Any]) -> None:
    given = settlement(bank)
    told = refusal(bank, given, signed(bank, given, **how).raw)
    assert told.startswith(f"SignatureRefused(account: {bank.alice}")


def test_it_counts_for_one_engine(bank: Bank) -> None:
    given = settlement(bank)
    raw = signed(bank, given).raw
    for caller in (bank.stranger, bank.alice, bank.bob):
        told = refusal(bank, given, raw, by=caller)
        assert told.startswith(f"SignatureRefused(account: {bank.alice}")


def test_a_signature_of_another_is_refused(bank: Bank) -> None:
    given = settlement(bank)
    told = refusal(bank, given, signed(bank, given, signer=bank.bob).raw)
    assert told == f"SignatureRefused(account: {bank.alice}, signer: {bank.bob})"


@pytest.mark.parametrize(
    "change",
    [
        {"payee": "0x" + "77" * 20},
        {"amount": 41},
        {"instruction": ref(6)},
        {"nonce": 8},
        {"deadline": 2**200},
    ],
)
def test_another_content_is_refused(bank: Bank, change: dict[str, Any]) -> None:
    given = settlement(bank)
    raw = signed(bank, given).raw
    assert refusal(bank, given.but(**change), raw).startswith("SignatureRefused")


def test_other_forms_of_the_signature_are_refused(bank: Bank) -> None:
    given = settlement(bank)
    signature = signed(bank, given)
    long = signature.raw + b"\x00"
    for raw in (signature.malleable.raw, signature.short, long, signature.raw[:64], b""):
        assert refusal(bank, given, raw).startswith("SignatureRefused")


def test_it_counts_until_its_deadline(bank: Bank) -> None:
    now = bank.chain.now
    last, late = settlement(bank).but(deadline=now), settlement(bank).but(deadline=now - 1)
    raw = signed(bank, last).raw
    data = bank.token.data(FUNCTION, *last.arguments, raw)
    bank.chain.call(bank.settler, bank.token.address, data)
    told = refusal(bank, late, signed(bank, late).raw)
    assert told == f"SettlementExpired(deadline: {now - 1}, time: {now})"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"amount": 0}, "ZeroAmount()"),
        ({"instruction": ref(0)}, "MissingReference()"),
        ({"amount": 101}, "InsufficientAvailable"),
    ],
)
def test_what_settles_nothing(bank: Bank, change: dict[str, Any], told: str) -> None:
    given = settlement(bank).but(**change)
    assert refusal(bank, given, signed(bank, given).raw).startswith(told)


def test_accounts_must_be_free_to_pay_and_to_be_paid(bank: Bank) -> None:
    given = settlement(bank)
    raw = signed(bank, given).raw
    for account, bits, told in (
        (bank.alice, NO_SEND, "SenderRefused"),
        (bank.bob, NO_RECEIVE, "RecipientRefused"),
    ):
        with bank.chain.rewound():
            bank.token.send("freeze", account, bits, by=bank.compliance)
            assert refusal(bank, given, raw).startswith(told)
    bank.token.send("pause", PAUSE_SETTLE, by=bank.guardian)
    assert refusal(bank, given, raw).startswith("OperationPaused")


def test_the_money_moves_once_and_says_for_what(bank: Bank) -> None:
    given = settlement(bank)
    arguments = (*given.arguments, signed(bank, given).raw)
    receipt = bank.token.send(FUNCTION, *arguments, by=bank.settler)
    moved = {"from": bank.alice, "to": bank.bob}
    assert bank.token.events(receipt) == [
        ("Transfer", moved | {"value": "40"}),
        ("TransferRef", moved | {"amount": "40", "ref": given.instruction}),
    ]
    assert (bank.position(bank.alice), bank.position(bank.bob)) == ((60, 0), (40, 0))
    assert bank.token.read("isSettlementNonceUsed", bank.alice, given.nonce) is True
    told = bank.token.refusal(FUNCTION, *arguments, by=bank.settler)
    assert told == f"SettlementNonceUsedUp(payer: {bank.alice}, nonce: {given.nonce})"


def test_a_used_nonce_serves_no_other_content(bank: Bank) -> None:
    first, second = settlement(bank), settlement(bank).but(instruction=ref(6))
    bank.token.send(FUNCTION, *first.arguments, signed(bank, first).raw, by=bank.settler)
    told = refusal(bank, second, signed(bank, second).raw)
    assert told.startswith("SettlementNonceUsedUp")


@pytest.mark.parametrize("numbers", [(0, 255, 256), (2**256 - 1, 2**255, 1), (511, 510, 512)])
def test_nonces_need_no_order_and_touch_no_other(bank: Bank, numbers: tuple[int, ...]) -> None:
    for number in numbers:
        given = settlement(bank, 10).but(nonce=number)
        bank.token.send(FUNCTION, *given.arguments, signed(bank, given).raw, by=bank.settler)
    for number in {(each + step) % 2**256 for each in numbers for step in (-1, 0, 1)}:
        used = bank.token.read("isSettlementNonceUsed", bank.alice, number)
        assert used is (number in numbers)
        assert bank.token.read("isSettlementNonceUsed", bank.bob, number) is False


def test_the_payer_takes_a_nonce_away(bank: Bank) -> None:
    given = settlement(bank)
    receipt = bank.token.send("cancelSettlementNonce", given.nonce, by=bank.alice)
    gone = {"payer": bank.alice, "nonce": str(given.nonce)}
    assert bank.token.events(receipt) == [("SettlementNonceCancelled", gone)]
    used_up = f"SettlementNonceUsedUp(payer: {bank.alice}, nonce: {given.nonce})"
    assert refusal(bank, given, signed(bank, given).raw) == used_up
    assert bank.token.refusal("cancelSettlementNonce", given.nonce, by=bank.alice) == used_up


def test_nobody_takes_the_nonce_of_another(bank: Bank) -> None:
    given = settlement(bank)
    bank.token.send("cancelSettlementNonce", given.nonce, by=bank.bob)
    bank.token.send(FUNCTION, *given.arguments, signed(bank, given).raw, by=bank.settler)
    assert bank.position(bank.bob) == (40, 0)


def test_nonces_of_the_two_kinds_do_not_mix(bank: Bank) -> None:
    given, other = settlement(bank), payment(bank)
    other = other.but(nonce=given.nonce.to_bytes(32, "big"))
    bank.token.send(FUNCTION, *given.arguments, signed(bank, given).raw, by=bank.settler)
    assert bank.token.read("authorizationState", bank.alice, other.nonce) is False
    signature = sign(bank, "TransferWithAuthorization", *other.values, signer=bank.alice)
    arguments = (*other.values, *signature.parts)
    bank.token.send("transferWithAuthorization", *arguments, by=bank.stranger)
    assert bank.position(bank.bob) == (80, 0)
    assert bank.token.read("nonces", bank.alice) == 0


@pytest.mark.parametrize("mood", [REFUSING, SILENT, REVERTING])
def test_an_account_that_is_a_contract_may_refuse(bank: Bank, mood: int) -> None:
    account = contract_account(bank, bank.alice)
    bank.mint(account.address, 100)
    given = settlement(bank).but(payer=account.address)
    account.send("become", mood, by=bank.stranger)
    told = refusal(bank, given, signed(bank, given).raw)
    assert told == f"SignatureRefused(account: {account.address}, signer: {bank.alice})"


def test_an_account_that_is_a_contract_settles_and_cancels(bank: Bank) -> None:
    account = contract_account(bank, bank.alice)
    bank.mint(account.address, 100)
    given = settlement(bank).but(payer=account.address)
    bank.token.send(FUNCTION, *given.arguments, signed(bank, given).raw, by=bank.settler)
    assert bank.position(account.address) == (60, 0)
    cancel = bank.token.data("cancelSettlementNonce", 9)
    account.send("execute", bank.token.address, cancel, by=bank.stranger)
    assert bank.token.read("isSettlementNonceUsed", account.address, 9) is True
