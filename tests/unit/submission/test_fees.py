"""What is offered for gas: never above the caps, and enough more to replace what was offered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from eth_utils.crypto import keccak
from hypothesis import given
from hypothesis import strategies as st

from node.chain.finality import embedded
from node.chain.rpc import FeeHistory
from node.db.unit_of_work import read_only
from node.submission.fees import (
    GWEI,
    LIFE_SECONDS,
    AboveCap,
    FeeAboveCap,
    FeeMode,
    FeePolicy,
    FeeSource,
    Price,
    raised,
)
from node.submission.intent import Attempt, AttemptKind, IntentState
from node.submission.monitor import MonitorStage
from node.submission.sender import SenderStage
from node.submission.signed import store as signed_store
from tests.support.chain_sender import Submission, gift
from tests.support.fault_proxy import refusal, result

POLICY = FeePolicy()
WEI = st.integers(0, 10**15)


def told(base: int, *tips: int) -> dict[str, object]:
    return {
        "oldestBlock": "0x1",
        "baseFeePerGas": [hex(base)] * (len(tips) + 1),
        "gasUsedRatio": [0.5] * len(tips),
        "reward": [[hex(each)] for each in tips],
    }


def sender(node: Submission, policy: FeePolicy) -> SenderStage:
    return SenderStage(
        engine=node.engine,
        rpc=node.faults.rpc(),
        signer=node.signer,
        fence=node.fence,
        clock=node.bank.clock,
        fees=policy,
    )


def attempts(node: Submission) -> list[Attempt]:
    with read_only(node.engine) as session:
        return signed_store.attempts(session, ["a"])["a"]


# --------------------------------------------------------------------------------------- refusals


def test_gas_above_the_cap_is_not_offered() -> None:
    with pytest.raises(FeeAboveCap, match="more than the cap"):
        POLICY.market(FeeHistory(POLICY.fee_wei_cap, (GWEI,)))
    with pytest.raises(FeeAboveCap):
        POLICY.legacy(POLICY.fee_wei_cap + 1)
    cap = POLICY.fee_wei_cap
    with pytest.raises(FeeAboveCap):
        POLICY.replacement(Price(cap, GWEI), Price(cap, GWEI))


def test_what_waits_for_cheaper_gas_takes_no_nonce(node: Submission) -> None:
    node.want("a", gift("bob"))
    node.fault("eth_feeHistory", result(told(600 * GWEI, GWEI)))
    stage = sender(node, POLICY)
    assert stage.run_once() == 0
    kept = node.intent("a")
    assert (kept.state, kept.nonce, kept.attempts) == (IntentState.PREPARED, None, 0)
    assert kept.reason.startswith("FEE_ABOVE_CAP")
    node.fault("eth_feeHistory", None)
    assert sender(node, POLICY).run_once() == 0  # not before it wakes
    node.bank.clock.later(seconds=20)
    assert sender(node, POLICY).run_once() == 1


def test_or_it_waits_for_a_person(node: Submission) -> None:
    node.want("a", gift("bob"))
    node.fault("eth_feeHistory", result(told(600 * GWEI, GWEI)))
    sender(node, replace(POLICY, above_cap=AboveCap.QUARANTINE)).run_once()
    assert node.intent("a").state is IntentState.QUARANTINED
    assert node.intent("a").nonce is None


def test_the_budget_of_a_day(node: Submission) -> None:
    for name in "ab":
        node.want(name, gift("bob"), by="funder" if name == "a" else "compliance")
    one = sender(node, POLICY)
    node.want("c", gift("bob"), after=("nothing",))
    one.run_once()
    spent = sum(each.gas * each.fee_wei_max for each in node.signer.signed)
    node.want("d", gift("bob"))
    limited = sender(node, replace(POLICY, day_wei_max=spent + 1))
    assert limited.run_once() == 0
    assert node.intent("d").state is IntentState.PREPARED
    assert node.intent("d").reason.startswith("FEE_BUDGET_SPENT")
    node.bank.clock.later(days=1)
    assert limited.run_once() == 1


# ----------------------------------------------------------------------------------- what it offers


@given(base=WEI, tips=st.lists(WEI, max_size=20))
def test_the_market_price_is_within_the_caps(base: int, tips: list[int]) -> None:
    try:
        price = POLICY.market(FeeHistory(base, tuple(tips)))
    except FeeAboveCap:
        assert base + GWEI > POLICY.fee_wei_cap or base > POLICY.fee_wei_cap - POLICY.tip_wei_cap
        return
    assert POLICY.tip_wei_min <= price.tip_wei_max <= POLICY.tip_wei_cap
    assert base + price.tip_wei_max <= price.fee_wei_max <= POLICY.fee_wei_cap


@given(fee=WEI, tip=WEI, now=WEI)
def test_a_replacement_is_taken_by_every_client(fee: int, tip: int, now: int) -> None:
    old = Price(max(fee, tip), tip)
    policy = replace(POLICY, fee_wei_cap=10**18, tip_wei_cap=10**18)
    new = policy.replacement(old, Price(now, min(now, GWEI)))
    for before, after in (
        (old.fee_wei_max, new.fee_wei_max),
        (old.tip_wei_max, new.tip_wei_max),
    ):
        assert after * 10 >= before * 11  # Besu's way to count
        assert after > before
        assert after >= before * 110 // 100  # geth's
    assert new.tip_wei_max <= new.fee_wei_max


def test_so_much_more_is_rounded_up() -> None:
    assert [raised(each, 10) for each in (0, 1, 9, 10, 11, 101)] == [1, 2, 10, 11, 13, 112]


def test_the_median_of_the_tips_is_offered(node: Submission) -> None:
    node.want("a", gift("bob"))
    node.fault("eth_feeHistory", result(told(7 * GWEI, GWEI, 9 * GWEI, 2 * GWEI)))
    sender(node, POLICY).run_once()
    (made,) = node.signer.signed
    assert (made.fee_wei_max, made.tip_wei_max) == (16 * GWEI, 2 * GWEI)


def test_a_chain_where_gas_is_free(node: Submission) -> None:
    node.want("a", gift("bob"))
    node.fault("eth_sendRawTransaction", refusal(-32000, "the pool does not want it"))
    sender(node, FeePolicy(mode=FeeMode.FIXED)).run_once()
    (made,) = node.signer.signed
    assert (made.fee_wei_max, made.tip_wei_max) == (0, 0)
    assert "eth_feeHistory" not in node.faults.asked


def test_a_chain_of_one_gas_price(node: Submission) -> None:
    node.want("a", gift("bob"))
    sender(node, FeePolicy(mode=FeeMode.LEGACY)).run_once()
    (made,) = node.signer.signed
    assert made.is_legacy
    assert attempts(node)[0].is_legacy
    assert node.faults.rpc().receipt(node.intent("a").tx_hash) is not None


def test_the_price_is_asked_once_in_its_life(node: Submission) -> None:
    now = 0.0
    source = FeeSource(node.faults.rpc(), POLICY, monotonic=lambda: now)
    node.fault("eth_feeHistory", result(told(7 * GWEI, GWEI)))
    for _ in range(3):
        source.price()
    assert node.faults.asked.count("eth_feeHistory") == 1
    now = LIFE_SECONDS
    source.price()
    assert node.faults.asked.count("eth_feeHistory") == 2


# ------------------------------------------------------------------------------ what waits too long


def swallowed(_honest: Callable[[], dict[str, Any]], params: list[Any]) -> dict[str, Any]:
    """An endpoint takes the bytes, and its pool forgets them."""
    return {"jsonrpc": "2.0", "id": 1, "result": hash_of(params[0])}


def hash_of(raw: str) -> str:
    return "0x" + keccak(bytes.fromhex(raw[2:])).hex()


def test_what_waits_too_long_is_sent_dearer_within_the_caps(node: Submission) -> None:
    node.want("a", gift("bob"))
    node.want("b", gift("bob"))
    node.fault("eth_sendRawTransaction", swallowed)
    node.sender().run_once()
    monitor = node.monitor()
    for _ in range(12):
        monitor.run_once()
        assert node.intent("a").due == ""
        node.bank.chain.mine()
    monitor.run_once()
    assert node.intent("a").due == "BUMP"
    assert node.intent("b").due == ""  # it waits for the first, not for a price
    node.fault("eth_sendRawTransaction", None)
    node.sender().run_once()
    first, second = attempts(node)
    assert second.fee_wei_max >= raised(first.fee_wei_max, 10)
    monitor.run_once()
    assert node.intent("a").state is IntentState.MINED
    assert node.intent("a").tx_hash == second.tx_hash


def test_what_no_price_helps_is_left_to_a_person(node: Submission) -> None:
    node.want("a", gift("bob"))
    node.fault("eth_sendRawTransaction", swallowed)
    policy = replace(POLICY, bump_after_blocks=1, replacements_max=2)
    monitor, stage = monitored(node, policy), sender(node, policy)
    for _ in range(10):
        stage.run_once()
        monitor.run_once()
        node.bank.chain.mine()
    assert node.intent("a").state is IntentState.QUARANTINED
    assert len(attempts(node)) == 3
    assert {each.kind for each in attempts(node)} == {AttemptKind.CALL}


def monitored(node: Submission, policy: FeePolicy) -> MonitorStage:
    return MonitorStage(
        engine=node.engine,
        rpc=node.faults.rpc(),
        policy=embedded(),
        fence=node.fence,
        clock=node.bank.clock,
        fees=policy,
    )
