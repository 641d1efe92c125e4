"""Upgrades: slow, only to code that can be upgraded again, and all that was there stays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.contracts.bank import DELAYS, NAME, NO_SEND, UPGRADER, Bank, Delayed, mock, ref
from tests.contracts.chain import Contract, Refused

NEXT = mock("DepositTokenNext")


def upgrade(bank: Bank, to: Contract, data: str = "0x") -> None:
    calldata = bank.token.data("upgradeToAndCall", to.address, data)
    delayed = Delayed(bank, bank.token, bank.upgrader, calldata)
    delayed.schedule()
    bank.chain.advance(DELAYS[UPGRADER])
    delayed.execute()


def next_code(bank: Bank) -> Contract:
    return bank.chain.deploy(NEXT, by=bank.stranger)


def test_an_upgrade_keeps_everything(bank: Bank) -> None:
    bank.mint(bank.alice, 100)
    terms = bank.terms(60).but(expiry=bank.chain.now + 10 * DELAYS[UPGRADER])
    hold_id = bank.opened(terms)
    bank.token.send("approve", bank.bob, 7, by=bank.alice)
    bank.token.send("freeze", bank.carol, NO_SEND, by=bank.compliance)
    upgrade(bank, next_code(bank))
    token = replace(bank.token, artifact=NEXT)
    assert token.read("terms") == bytes(32)
    assert bank.position(bank.alice) == (100, 60)
    assert [token.read(each) for each in ("totalSupply", "name")] == [100, NAME]
    assert token.read("allowance", bank.alice, bank.bob) == 7
    assert token.read("flagsOf", bank.carol) == NO_SEND
    token.send("executeHold", terms.abi, 60, by=bank.notary)
    assert bank.hold_id(terms) == hold_id
    assert bank.position(bank.bob) == (60, 0)


def test_new_code_asks_for_rights_too(bank: Bank) -> None:
    upgrade(bank, next_code(bank))
    token = replace(bank.token, artifact=NEXT)
    told = token.refusal("setTerms", ref(1), by=bank.upgrader)
    assert told == f"AccessManagedUnauthorized(caller: {bank.upgrader})"
    token.send("setTerms", ref(1), by=bank.admin)
    assert "0x" + token.read("terms").hex() == ref(1)


def test_an_upgrade_may_call_the_new_code_and_fails_with_it(bank: Bank) -> None:
    again = bank.code.data("initialize", "x", "x", "CAD", 2, bank.access.address)
    with pytest.raises(Refused, match="InvalidInitialization"):
        upgrade(bank, next_code(bank), again)


def test_code_that_could_not_be_upgraded_again_is_refused(bank: Bank) -> None:
    with pytest.raises(Refused, match=f"ERC1967InvalidImplementation.*{bank.gate.address}"):
        upgrade(bank, bank.gate)


def test_the_code_behind_the_proxy_cannot_be_upgraded(bank: Bank) -> None:
    told = bank.code.refusal("upgradeToAndCall", bank.code.address, "0x", by=bank.upgrader)
    assert told == "UUPSUnauthorizedCallContext()"
