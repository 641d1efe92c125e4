"""ERC-2612: an allowance by signature, bound to owner, spender, value, nonce, deadline, place."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.bank import NAME, ZERO, Bank
from tests.contracts.signing import HONEST, REFUSING, REVERTING, SILENT, contract_account, sign

VALUE = 50


def permit(
    bank: Bank,
    *,
    signer: str = "",
    nonce: int = 0,
    **place: Any,  # noqa: ANN401
) -> tuple[object, ...]:
    """Arguments of `permit`: Alice lets the stranger spend VALUE."""
    deadline = bank.chain.now + 600
    values = (bank.alice, bank.stranger, VALUE)
    signature = sign(bank, "Permit", *values, nonce, deadline, signer=signer or bank.alice, **place)
    return (*values, deadline, *signature.parts)


@pytest.mark.parametrize("change", [{"nonce": 1}, {"chain_id": 1}, {"at": ZERO}])
def test_a_permit_for_another_place_or_turn_is_refused(bank: Bank, change: dict[str, Any]) -> None:
    signed = permit(bank, **change)
    assert bank.token.refusal("permit", *signed, by=bank.bob).startswith("SignatureRefused")


def test_a_permit_of_somebody_else_is_refused(bank: Bank) -> None:
    told = bank.token.refusal("permit", *permit(bank, signer=bank.bob), by=bank.bob)
    assert told == f"SignatureRefused(account: {bank.alice}, signer: {bank.bob})"


@pytest.mark.parametrize(("place", "value"), [(1, "0x" + "77" * 20), (2, VALUE + 1), (3, 2**200)])
def test_a_permit_for_another_content_is_refused(bank: Bank, place: int, value: object) -> None:
    signed = list(permit(bank))
    signed[place] = value
    assert bank.token.refusal("permit", *signed, by=bank.bob).startswith("SignatureRefused")


def test_nobody_owns_what_nobody_signed(bank: Bank) -> None:
    nothing = (27, bytes(32), bytes(32))
    arguments = (ZERO, bank.stranger, VALUE, 2**200, *nothing)
    told = bank.token.refusal("permit", *arguments, by=bank.bob)
    assert told == f"SignatureRefused(account: {ZERO}, signer: {ZERO})"


def test_a_permit_ends(bank: Bank) -> None:
    signed = permit(bank)
    deadline = signed[3]
    bank.chain.advance(660)
    told = bank.token.refusal("permit", *signed, by=bank.bob)
    assert told == f"PermitExpired(deadline: {deadline}, time: {bank.chain.now})"


def test_a_permit_is_an_allowance(bank: Bank) -> None:
    receipt = bank.token.send("permit", *permit(bank), by=bank.bob)
    approval = {"owner": bank.alice, "spender": bank.stranger, "value": str(VALUE)}
    assert bank.token.events(receipt) == [("Approval", approval)]
    assert bank.token.read("allowance", bank.alice, bank.stranger) == VALUE
    assert bank.token.read("nonces", bank.alice) == 1


def test_the_domain_is_the_token_on_this_chain(bank: Bank) -> None:
    (fields, name, version, _, contract, _, _) = bank.token.read("eip712Domain")
    assert (fields, name, version) == (b"\x0f", NAME, "1")
    assert contract == bank.token.address
    assert len(bank.token.read("DOMAIN_SEPARATOR")) == 32


def test_a_permit_works_once(bank: Bank) -> None:
    signed = permit(bank)
    bank.token.send("permit", *signed, by=bank.bob)
    assert bank.token.refusal("permit", *signed, by=bank.bob).startswith("SignatureRefused")


def test_whoever_sends_a_permit_in_first_does_what_it_says(bank: Bank) -> None:
    # The later one is refused, and the spender may spend all the same.
    signed = permit(bank)
    bank.token.send("permit", *signed, by=bank.carol)
    assert bank.token.refusal("permit", *signed, by=bank.stranger).startswith("SignatureRefused")
    bank.mint(bank.alice, VALUE)
    bank.token.send("transferFrom", bank.alice, bank.bob, VALUE, by=bank.stranger)
    assert bank.position(bank.bob) == (VALUE, 0)
    assert bank.token.read("allowance", bank.alice, bank.stranger) == 0


@pytest.mark.parametrize("mood", [REFUSING, SILENT, REVERTING])
def test_an_account_that_is_a_contract_may_refuse(bank: Bank, mood: int) -> None:
    account = contract_account(bank, bank.alice)
    account.send("become", mood, by=bank.stranger)
    told = bank.token.refusal("permit", *_by_contract(bank, account.address), by=bank.bob)
    assert told.startswith(f"SignatureRefused(account: {account.address}")


def test_an_account_that_is_a_contract_permits(bank: Bank) -> None:
    account = contract_account(bank, bank.alice)
    account.send("become", HONEST, by=bank.stranger)
    signed = _by_contract(bank, account.address)
    bank.token.send("permit", *signed, by=bank.bob)
    assert bank.token.read("allowance", account.address, bank.stranger) == VALUE
    assert bank.token.refusal("permit", *signed, by=bank.bob).startswith("SignatureRefused")


def _by_contract(bank: Bank, account: str) -> tuple[object, ...]:
    deadline = bank.chain.now + 600
    values = (account, bank.stranger, VALUE)
    signature = sign(bank, "Permit", *values, 0, deadline, signer=bank.alice)
    return (*values, deadline, signature.raw)
