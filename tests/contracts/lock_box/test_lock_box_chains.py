"""Delivery versus payment over two chains: both legs or none, whatever happens to either chain."""

from __future__ import annotations

import pytest

from tests.contracts.bank import HOUR, PAUSE_SETTLE
from tests.contracts.chain import Receipt
from tests.contracts.lock_desk import (
    CLAIMED,
    CONFIRMED,
    FAILED,
    PAID,
    RECLAIMED,
    REFUNDED,
    UNCHANGED,
    Side,
    Trade,
    TwoChains,
    asked,
)

DELIVERED = ((-100, 0), (100, 0))
RECEIVED = ((250, 0), (-250, 0))


@pytest.fixture
def trade(chains: TwoChains, sides: tuple[Side, Side]) -> Trade:
    """Both legs are bound: the delivery locked, the payment held."""
    trade = chains.trade(*sides)
    sides[0].binds(trade.lock)
    sides[1].opens(trade.payment)
    return trade


def pays(side: Side, trade: Trade) -> Receipt:
    arguments = (trade.payment.abi, trade.if_paid, trade.if_not)
    return side.box.send("transferAndDecrypt", *arguments, by=trade.payment.payer)


def cancels(side: Side, trade: Trade, by: str = "alice") -> Receipt:
    arguments = (trade.payment.abi, trade.if_not)
    return side.box.send("cancelAndDecrypt", *arguments, by=side.address(by))


# ---------------------------------------------------------------------------------------- two keys


def test_paid_and_delivered(chains: TwoChains, sides: tuple[Side, Side], trade: Trade) -> None:
    assets, payments = sides
    key = chains.oracle.answer(asked(payments, pays(payments, trade)))
    assert key == trade.keys.success
    payments.box.send("releaseKey", trade.payment.abi, key, by=payments.bank.stranger)
    assets.shows(trade.lock, key)
    assert (assets.holdings(), payments.holdings()) == (DELIVERED, RECEIVED)
    assert assets.state(trade.lock) == PAID


def test_not_paid_and_given_back(chains: TwoChains, sides: tuple[Side, Side], trade: Trade) -> None:
    assets, payments = sides
    payments.bank.token.send("pause", PAUSE_SETTLE, by=payments.bank.guardian)
    key = chains.oracle.answer(asked(payments, pays(payments, trade)))
    assert key == trade.keys.failure
    assets.shows(trade.lock, key)
    assert (assets.holdings(), payments.holdings()) == (UNCHANGED, UNCHANGED)
    assert assets.state(trade.lock) == RECLAIMED


def test_cancelled_and_given_back(
    chains: TwoChains, sides: tuple[Side, Side], trade: Trade
) -> None:
    assets, payments = sides
    key = chains.oracle.answer(asked(payments, cancels(payments, trade)))
    assert key == trade.keys.failure
    assets.shows(trade.lock, key)
    assert (assets.holdings(), payments.holdings()) == (UNCHANGED, UNCHANGED)


def test_nobody_pays_in_time(chains: TwoChains, sides: tuple[Side, Side], trade: Trade) -> None:
    assets, payments = sides
    chains.advance_to(trade.payment.deadline)
    key = chains.oracle.answer(asked(payments, cancels(payments, trade, by="stranger")))
    assert key is not None
    # The delivery is free again long before its own deadline.
    assert assets.chain.now < trade.lock.deadline
    assets.shows(trade.lock, key)
    assert (assets.holdings(), payments.holdings()) == (UNCHANGED, UNCHANGED)


def test_no_oracle_answers(chains: TwoChains, sides: tuple[Side, Side], trade: Trade) -> None:
    assets, payments = sides
    cancels(payments, trade)
    chains.advance_to(trade.lock.deadline)
    assets.sends("refundTransfer", trade.lock)
    assert (assets.holdings(), payments.holdings()) == (UNCHANGED, UNCHANGED)
    assert assets.state(trade.lock) == REFUNDED


def test_paid_at_the_last_second_leaves_time_to_claim(
    chains: TwoChains, sides: tuple[Side, Side], trade: Trade
) -> None:
    assets, payments = sides
    payments.chain.advance(trade.payment.deadline - 2 - payments.chain.now)
    key = chains.oracle.answer(asked(payments, pays(payments, trade)))
    assert key is not None
    # The other clock may be as late as the margin allows.
    chains.advance_to(trade.payment.deadline + HOUR - 2)
    assets.shows(trade.lock, key)
    assert (assets.holdings(), payments.holdings()) == (DELIVERED, RECEIVED)


def test_paid_while_the_token_delivered_is_paused(
    chains: TwoChains, sides: tuple[Side, Side], trade: Trade
) -> None:
    assets, payments = sides
    key = chains.oracle.answer(asked(payments, pays(payments, trade)))
    assert key is not None
    assets.bank.token.send("pause", PAUSE_SETTLE, by=assets.bank.guardian)
    assets.shows(trade.lock, key)
    assert assets.state(trade.lock) == CLAIMED
    chains.advance_to(trade.lock.deadline + HOUR)
    assert assets.refusal("refundTransfer", trade.lock, by="alice").startswith("RefundAhead")
    assets.bank.token.send("unpause", PAUSE_SETTLE, by=assets.bank.admin)
    assets.sends("payOut", trade.lock)
    assert (assets.holdings(), payments.holdings()) == (DELIVERED, RECEIVED)


# --------------------------------------------------------------------------- messages out of place


def test_the_oracle_answers_only_the_payment_it_was_asked_for(
    chains: TwoChains, sides: tuple[Side, Side], trade: Trade
) -> None:
    _, payments = sides
    # Somebody pays himself a single unit and asks with the documents of this trade.
    cheap = trade.payment.but(payee=payments.bank.bob, payer=payments.bank.alice, amount=1)
    payments.opens(cheap)
    arguments = (cheap.abi, trade.if_paid, trade.if_not)
    receipt = payments.box.send("transferAndDecrypt", *arguments, by=cheap.payer)
    assert asked(payments, receipt)["success"]
    assert chains.oracle.answer(asked(payments, receipt)) is None
    # Somebody cancels it late and asks with the document of the other outcome.
    chains.advance_to(trade.payment.deadline)
    late = (trade.payment.abi, trade.if_paid)
    receipt = payments.box.send("cancelAndDecrypt", *late, by=payments.bank.stranger)
    assert chains.oracle.answer(asked(payments, receipt)) is None
    # Then the right document is still good.
    again = (trade.payment.abi, trade.if_not)
    receipt = payments.box.send("requestKey", *again, by=payments.bank.alice)
    assert chains.oracle.answer(asked(payments, receipt)) == trade.keys.failure


def test_after_payment_the_failure_key_is_out_of_reach(
    chains: TwoChains, sides: tuple[Side, Side], trade: Trade
) -> None:
    _, payments = sides
    pays(payments, trade)
    chains.advance_to(trade.payment.deadline)
    refused = payments.refusal("cancelAndDecrypt", trade.payment, trade.if_not, by="alice")
    assert refused.startswith("WrongPaymentState")
    arguments = (trade.payment.abi, trade.if_not)
    receipt = payments.box.send("requestKey", *arguments, by=payments.bank.alice)
    assert chains.oracle.answer(asked(payments, receipt)) is None


def test_a_key_does_nothing_on_the_other_chain(
    chains: TwoChains, sides: tuple[Side, Side], trade: Trade
) -> None:
    assets, payments = sides
    assert assets.box.address == payments.box.address
    assert assets.id(trade.lock) != payments.id(trade.lock)
    key = chains.oracle.answer(asked(payments, pays(payments, trade)))
    told = payments.refusal("transferWithKey", trade.lock, key, by="bob")
    assert told.startswith(f"WrongLockState(id: {payments.id(trade.lock)}")


def test_a_replayed_key_pays_once(
    chains: TwoChains, sides: tuple[Side, Side], trade: Trade
) -> None:
    assets, payments = sides
    key = chains.oracle.answer(asked(payments, pays(payments, trade)))
    assert key is not None
    assets.shows(trade.lock, key)
    assert assets.refusal("transferWithKey", trade.lock, key, by="bob").startswith("WrongLockState")
    # Nor does it open a second delivery: what everyone knows binds nothing.
    again = chains.trade(assets, payments).lock
    assets.incepts(again)
    assets.opens(again)
    assert assets.refusal("confirmTransfer", again, by="alice").startswith("KeyKnown")


def test_a_delivery_that_a_reorg_undid_is_done_again(
    chains: TwoChains, sides: tuple[Side, Side], trade: Trade
) -> None:
    assets, payments = sides
    key = chains.oracle.answer(asked(payments, pays(payments, trade)))
    assert key is not None
    with assets.chain.rewound():
        assets.shows(trade.lock, key)
        assert assets.state(trade.lock) == PAID
    assert (assets.state(trade.lock), assets.holdings()) == (CONFIRMED, ((0, 100), (0, 0)))
    # The key in the lost block is public; it still pays nobody but the buyer.
    assets.shows(trade.lock, key, by="carol")
    assert (assets.holdings(), payments.holdings()) == (DELIVERED, RECEIVED)


def test_a_payment_that_a_reorg_undid_gives_no_key(
    chains: TwoChains, sides: tuple[Side, Side], trade: Trade
) -> None:
    assets, payments = sides
    with payments.chain.rewound():
        lost = asked(payments, pays(payments, trade))
    assert payments.holdings() == ((0, 0), (0, 250))
    # Of the block that became final, not of the lost one, the oracle answers.
    key = chains.oracle.answer(asked(payments, cancels(payments, trade)))
    assert lost["success"]
    assert key == trade.keys.failure
    assets.shows(trade.lock, key)
    assert (assets.holdings(), payments.holdings()) == (UNCHANGED, UNCHANGED)
    assert payments.state(trade.payment) == FAILED
