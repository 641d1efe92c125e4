"""ERC-2612: an allowance by signature, bound to owner, spender, value, nonce, deadline, chain."""

from __future__ import annotations

import pytest
from eth_account import Account

from node.core.types import Address
from tests.contracts.bank import NAME, Bank

VALUE = 50
TYPES = {
    "Permit": [
        {"name": "owner", "type": "address"},
        {"name": "spender", "type": "address"},
        {"name": "value", "type": "uint256"},
        {"name": "nonce", "type": "uint256"},
        {"name": "deadline", "type": "uint256"},
    ]
}


def key_of(bank: Bank, account: str) -> bytes:
    # eth-tester gives its accounts the keys 1, 2, 3, ...
    return (bank.chain.accounts.index(account) + 1).to_bytes(32, "big")


def permit(
    bank: Bank, *, signer: str = "", nonce: int = 0, deadline: int = 0, chain_id: int = 0
) -> tuple[object, ...]:
    """Arguments of `permit`: Alice lets the stranger spend VALUE."""
    (_, name, version, chain, contract, _, _) = bank.token.read("eip712Domain")
    deadline = deadline or bank.chain.now + 600
    message = {
        "owner": Address(bank.alice),
        "spender": bank.stranger,
        "value": VALUE,
        "nonce": nonce,
        "deadline": deadline,
    }
    domain = {
        "name": name,
        "version": version,
        "chainId": chain_id or chain,
        "verifyingContract": contract,
    }
    key = key_of(bank, signer or bank.alice)
    signed = Account.sign_typed_data(key, domain, TYPES, message)
    parts = (signed.v, signed.r.to_bytes(32, "big"), signed.s.to_bytes(32, "big"))
    return (bank.alice, bank.stranger, VALUE, deadline, *parts)


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


def test_a_permit_ends(bank: Bank) -> None:
    deadline = bank.chain.now + 10
    signed = permit(bank, deadline=deadline)
    bank.chain.advance(60)
    told = bank.token.refusal("permit", *signed, by=bank.bob)
    assert told == f"PermitExpired(deadline: {deadline}, time: {bank.chain.now})"


@pytest.mark.parametrize("change", [{"nonce": 1}, {"chain_id": 1}])
def test_a_permit_for_another_place_or_turn_is_refused(bank: Bank, change: dict[str, int]) -> None:
    signed = permit(bank, **change)  # type: ignore[arg-type]
    assert bank.token.refusal("permit", *signed, by=bank.bob).startswith("SignatureRefused")


def test_a_permit_of_somebody_else_is_refused(bank: Bank) -> None:
    told = bank.token.refusal("permit", *permit(bank, signer=bank.bob), by=bank.bob)
    assert told == f"SignatureRefused(account: {bank.alice}, signer: {bank.bob})"


def test_a_permit_for_more_is_refused(bank: Bank) -> None:
    signed = list(permit(bank))
    signed[2] = VALUE + 1
    assert bank.token.refusal("permit", *signed, by=bank.bob).startswith("SignatureRefused")
