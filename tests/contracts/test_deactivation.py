"""The end of a token: only while all is paused, for ever, and what was held still goes back."""

from __future__ import annotations

import pytest

from tests.contracts.bank import (
    ALLOWED,
    DEACTIVATED,
    DELAYS,
    FORCED_TRANSFER,
    HOUR,
    PAUSE_SETTLE,
    PAUSE_SUPPLY,
    PAUSE_TRANSFER,
    UPGRADER,
    Bank,
    Delayed,
    ref,
)
from tests.contracts.chain import Refused
from tests.contracts.signing import payment, settlement, sign

ALL = PAUSE_TRANSFER | PAUSE_SUPPLY | PAUSE_SETTLE


def end(bank: Bank) -> None:
    bank.token.send("pause", ALL, by=bank.guardian)
    bank.token.send("deactivate", by=bank.admin)


@pytest.mark.parametrize("paused", [0, 1, 2, 3, 4, 5, 6])
def test_a_token_that_is_not_all_paused_goes_on(bank: Bank, paused: int) -> None:
    if paused:
        bank.token.send("pause", paused, by=bank.guardian)
    told = bank.token.refusal("deactivate", by=bank.admin)
    assert told == f"NotAllPaused(paused: {paused}, needed: {ALL})"


def test_the_end_is_told_and_comes_once(bank: Bank) -> None:
    bank.token.send("pause", ALL, by=bank.guardian)
    receipt = bank.token.send("deactivate", by=bank.admin)
    bits = {"bits": str(ALL | DEACTIVATED)}
    assert bank.token.events(receipt) == [("PauseBits", bits), ("Deactivated", {})]
    assert bank.token.read("pauseBits") == ALL | DEACTIVATED
    assert bank.token.refusal("deactivate", by=bank.admin) == "TokenDeactivated()"


@pytest.mark.parametrize("bits", [1, 2, 4, ALL, DEACTIVATED])
def test_nothing_goes_on_again(bank: Bank, bits: int) -> None:
    end(bank)
    assert bank.token.refusal("unpause", bits, by=bank.admin) == "TokenDeactivated()"


def test_nothing_moves_any_more(bank: Bank) -> None:
    bank.mint(bank.alice, 100)
    bank.token.send("approve", bank.stranger, 100, by=bank.alice)
    hold = bank.terms(10)
    mine = hold.but(recipient=bank.minter, notary=bank.minter)
    for terms in (hold, mine):
        bank.opened(terms)
    by_hand, given = payment(bank), settlement(bank)
    transfer = sign(bank, "TransferWithAuthorization", *by_hand.values, signer=bank.alice)
    receive = sign(bank, "ReceiveWithAuthorization", *by_hand.values, signer=bank.alice)
    consent = sign(bank, "SettlementTransfer", *given.values, signer=bank.alice)
    end(bank)
    for function, arguments, by in (
        ("transfer", (bank.bob, 1), bank.alice),
        ("transferFrom", (bank.alice, bank.bob, 1), bank.stranger),
        ("transferWithRef", (bank.bob, 1, ref(1)), bank.alice),
        ("transferWithAuthorization", (*by_hand.values, transfer.raw), bank.stranger),
        ("receiveWithAuthorization", (*by_hand.values, receive.raw), bank.bob),
        ("mint", (bank.alice, 1), bank.minter),
        ("burn", (bank.alice, 1), bank.minter),
        ("burnHeld", (mine.abi, 1), bank.minter),
        ("createHold", (hold.but(ref=ref(2)).abi,), bank.alice),
        ("executeHold", (hold.abi, 1), bank.notary),
        ("executeHolds", ([mine.abi], [1], [bank.bob], [1]), bank.minter),
        ("settleTransfer", (*given.arguments, consent.raw), bank.settler),
    ):
        told = bank.token.refusal(function, *arguments, by=by)
        assert told.startswith(f"OperationPaused(paused: {ALL | DEACTIVATED}"), function
    assert bank.token.read("canTransfer", bank.alice, bank.bob, 1) is False


def test_nothing_is_taken_by_force(bank: Bank) -> None:
    bank.mint(bank.alice, 100)
    data = bank.token.data(FORCED_TRANSFER, bank.alice, bank.bob, 1, ref(1), ref(2))
    delayed = Delayed(bank, bank.token, bank.enforcer, data)
    delayed.schedule()
    end(bank)
    bank.chain.advance(HOUR)
    with pytest.raises(Refused, match=r"TokenDeactivated\(\)"):
        delayed.execute()


def test_no_other_code_comes_in(bank: Bank) -> None:
    data = bank.token.data("upgradeToAndCall", bank.code.address, "0x")
    delayed = Delayed(bank, bank.token, bank.upgrader, data)
    delayed.schedule()
    end(bank)
    bank.chain.advance(DELAYS[UPGRADER])
    with pytest.raises(Refused, match=r"TokenDeactivated\(\)"):
        delayed.execute()


def test_what_was_held_goes_back_and_records_can_still_be_kept(bank: Bank) -> None:
    bank.mint(bank.alice, 100)
    terms = bank.terms(60)
    bank.opened(terms)
    end(bank)
    bank.chain.advance(HOUR)
    bank.token.send("releaseHold", terms.abi, by=bank.stranger)
    assert bank.position(bank.alice) == (100, 0)
    bank.token.send("setAccountFlags", bank.alice, 0, by=bank.compliance)
    bank.token.send("setFrozenTokens", bank.alice, 1, by=bank.compliance)
    bank.token.send("setAccountFlags", bank.alice, ALLOWED, by=bank.compliance)
    bank.token.send("pause", PAUSE_TRANSFER, by=bank.guardian)
    assert bank.token.read("pauseBits") == ALL | DEACTIVATED
