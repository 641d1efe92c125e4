"""Gas of both legs of a trade, with tokens behind their proxies, and the size of the code.

The figures are printed (`pytest -s`).
"""

from __future__ import annotations

from tests.contracts.lock_desk import TwoChains, asked

CODE_BYTES_MAX = 20_000
MOST = {
    "incept": 57_500,
    "hold": 64_000,
    "confirm": 54_500,
    "pay": 99_500,
    "claim": 95_000,
    "reclaim": 86_000,
    "cancel": 82_000,
    "refund": 62_000,
}


def paid(chains: TwoChains) -> dict[str, int]:
    """A trade that succeeds, step by step."""
    trade = chains.trade(chains.one, chains.other, 1)
    assets, payments = chains.one, chains.other
    incepted = assets.incepts(trade.lock)
    held = assets.token.send("createHold", assets.hold(trade.lock), by=trade.lock.seller)
    confirmed = assets.confirms(trade.lock)
    payments.opens(trade.payment)
    arguments = (trade.payment.abi, trade.if_paid, trade.if_not)
    settled = payments.box.send("transferAndDecrypt", *arguments, by=trade.payment.payer)
    key = chains.oracle.answer(asked(payments, settled))
    assert key is not None
    claimed = assets.shows(trade.lock, key)
    receipts = {"incept": incepted, "hold": held, "confirm": confirmed, "pay": settled}
    return {name: each.gas_used for name, each in (receipts | {"claim": claimed}).items()}


def given_back(chains: TwoChains) -> dict[str, int]:
    """A trade that fails, and a lock that runs out."""
    trade = chains.trade(chains.one, chains.other, 2)
    assets, payments = chains.one, chains.other
    assets.binds(trade.lock)
    payments.opens(trade.payment)
    arguments = (trade.payment.abi, trade.if_not)
    cancelled = payments.box.send("cancelAndDecrypt", *arguments, by=trade.payment.payee)
    reclaimed = assets.shows(trade.lock, trade.keys.failure)
    late = assets.binds(chains.trade(assets, payments, 3).lock)
    chains.advance_to(late.deadline)
    refunded = assets.sends("refundTransfer", late)
    receipts = {"cancel": cancelled, "reclaim": reclaimed, "refund": refunded}
    return {name: each.gas_used for name, each in receipts.items()}


def test_gas() -> None:
    chains = TwoChains()
    used = paid(chains) | given_back(chains)
    print(used)  # noqa: T201 (the figures are what is wanted)
    assert used.keys() == MOST.keys()
    assert all(used[name] <= most for name, most in MOST.items()), used


def test_the_code_leaves_room() -> None:
    size = len(TwoChains().one.box.artifact.deployed_bytecode) // 2 - 1
    print(size)  # noqa: T201
    assert size <= CODE_BYTES_MAX
