"""The monitor: what was sent is followed up and down until it is final, or ended badly for good."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from node.bindings import issuance_gate
from node.chain.embedded import FINAL_DEPTH
from node.chain.rpc import RpcUnavailable
from node.core.money import Money, currency
from node.submission.intent import IntentState
from node.submission.service import Call
from tests.support.chain_keys import address
from tests.support.chain_sender import Submission, gift
from tests.support.chain_sending import send
from tests.support.fault_proxy import hang_up, result

SENT, MINED, CONFIRMED, FINAL = (
    IntentState.SENT,
    IntentState.MINED,
    IntentState.CONFIRMED,
    IntentState.FINAL,
)


def sent(node: Submission, name: str = "a", call: Call | None = None, *, by: str = "funder") -> str:
    """An intent that the sender has sent; gives its hash."""
    node.want(name, call or gift("bob"), by=by)
    node.sender().run_once()
    assert node.intent(name).state is SENT
    return node.intent(name).tx_hash


def attest(node: Submission, seconds_ago: int) -> Call:
    """An attestation as of some seconds ago: the gate refuses one that is older than its last."""
    as_of = int(node.bank.clock.now().timestamp()) - seconds_ago
    return issuance_gate.attest(
        node.bank.deployment.gate("CAD"), Money(100, currency("CAD")), as_of
    )


# ------------------------------------------------------------------------------------- up and down


def test_nothing_afloat_asks_nothing(node: Submission) -> None:
    monitor = node.monitor()
    node.want("a", gift("bob"))
    node.faults.asked.clear()
    assert monitor.run_once() == 0
    assert node.faults.asked == []


def test_it_climbs_with_the_blocks_on_top(node: Submission) -> None:
    sent(node)
    for state in (MINED, CONFIRMED, CONFIRMED, FINAL):
        node.monitor().run_once()
        assert node.intent("a").state is state
        assert node.monitor().run_once() == 0
        node.bank.chain.mine()
    assert node.states("a") == ["PREPARED", "SIGNED", "SENT", "MINED", "CONFIRMED", "FINAL"]
    block = node.faults.rpc().block(node.intent("a").block_number or 0)
    assert node.intent("a").block_hash == block.hash


def test_what_is_seen_late_is_final_at_once(node: Submission) -> None:
    sent(node)
    node.bank.chain.mine(5)
    node.monitor().run_once()
    assert node.states("a")[-2:] == ["SENT", "FINAL"]


def test_what_waits_is_left_to_wait(node: Submission) -> None:
    node.bank.chain.pause()
    sent(node)
    for _ in range(3):
        assert node.monitor().run_once() == 0
    assert node.intent("a").state is SENT
    node.bank.chain.resume()
    node.monitor().run_once()
    assert node.intent("a").state is MINED


def test_what_a_pool_forgot_is_sent_again(node: Submission) -> None:
    node.bank.chain.pause()
    sent(node)
    node.bank.chain._waiting.clear()
    node.monitor().run_once()
    node.bank.chain.resume()
    node.monitor().run_once()
    assert node.intent("a").state is MINED


@pytest.mark.parametrize("on_top", [0, 1, 2])
def test_a_reorg_takes_it_back_and_the_same_bytes_are_sent_again(
    node: Submission, on_top: int
) -> None:
    tx_hash = sent(node)
    node.bank.chain.mine(on_top)
    node.monitor().run_once()
    before = node.intent("a")
    assert before.state in {MINED, CONFIRMED}
    node.bank.chain.reorg(on_top + 1)
    sent_again: list[str] = []

    def watch(honest: Callable[[], dict[str, Any]], params: list[Any]) -> dict[str, Any]:
        sent_again.extend(params)
        return honest()

    node.fault("eth_sendRawTransaction", watch)
    node.monitor().run_once()
    assert sent_again == [before.raw]
    taken_back = node.intent("a")
    assert taken_back.state is SENT
    assert taken_back.reason == "its block left the chain"
    assert (taken_back.block_number, taken_back.block_hash) == (None, "")
    node.monitor().run_once()
    again = node.intent("a")
    assert (again.state, again.tx_hash, again.nonce) == (MINED, tx_hash, before.nonce)
    assert again.block_hash != before.block_hash
    node.bank.chain.mine(3)
    node.monitor().run_once()
    assert node.intent("a").state is FINAL
    assert node.faults.rpc().balance(address("bob")) == 1
    assert len(node.signer.signed) == 1


@pytest.mark.parametrize("on_top", [0, 1])
def test_another_block_holds_it_before_anyone_looked(node: Submission, on_top: int) -> None:
    sent(node)
    node.bank.chain.mine(on_top)
    node.monitor().run_once()
    before = node.intent("a")
    node.bank.chain.reorg(on_top + 1)
    node.faults.rpc().send_raw(bytes.fromhex(before.raw[2:]))
    node.bank.chain.mine(on_top)
    node.monitor().run_once()
    after = node.intent("a")
    assert after.state is before.state
    assert after.block_hash != before.block_hash
    assert after.block_hash == node.faults.rpc().block(after.block_number or 0).hash
    assert node.states("a")[-2:] == ["SENT", before.state]


def test_a_receipt_whose_block_left_the_chain_does_not_count(node: Submission) -> None:
    tx_hash = sent(node)
    stale = node.bank.chain.answer("eth_getTransactionReceipt", [tx_hash])["result"]
    node.bank.chain.reorg(1)
    node.fault("eth_getTransactionReceipt", result(stale))
    node.monitor().run_once()
    assert node.intent("a").state is SENT


def test_an_endpoint_that_is_behind_changes_nothing(node: Submission) -> None:
    tx_hash = sent(node)
    node.bank.chain.mine(2)
    node.monitor().run_once()
    before, steps = node.intent("a"), node.states("a")
    behind = node.bank.chain.answer("eth_getBlockByNumber", [hex(before.block_number or 0), False])
    node.fault("eth_getBlockByNumber", lambda _honest, _params: behind)
    assert node.monitor().run_once() == 0  # it has the block, and nothing on top
    earlier = hex((before.block_number or 0) - 1)
    behind = node.bank.chain.answer("eth_getBlockByNumber", [earlier, False])
    node.fault("eth_getTransactionReceipt", result(None))
    assert node.monitor().run_once() == 0  # it does not even have the block
    assert (node.intent("a"), node.states("a")) == (before, steps)
    assert before.tx_hash == tx_hash


def test_an_endpoint_that_fails_changes_nothing(node: Submission) -> None:
    sent(node)
    monitor = node.monitor()
    before = node.intent("a")
    for method in ("eth_getBlockByNumber", "eth_getTransactionReceipt"):
        node.fault(method, hang_up)
        with pytest.raises(RpcUnavailable):
            monitor.run_once()
        node.fault(method, None)
    assert node.intent("a") == before


# ------------------------------------------------------------------------------------ ended badly


def mine_a_revert(node: Submission) -> None:
    """Mine `first` and `a` together: both succeed when simulated, and then `a` comes too late."""
    node.bank.chain.pause()
    node.want("first", attest(node, 100), by="attestor")
    node.want("a", attest(node, 200), by="attestor")
    node.sender().run_once()
    assert [node.intent(name).state for name in ("first", "a")] == [SENT, SENT]
    node.bank.chain.resume()


def test_a_revert_is_told_only_once_it_is_final_with_the_reason(node: Submission) -> None:
    mine_a_revert(node)
    for _ in range(FINAL_DEPTH):
        node.monitor().run_once()
        assert node.intent("a").state is MINED
        node.bank.chain.mine()
    assert node.intent("first").state is CONFIRMED
    node.monitor().run_once()
    ended = node.intent("a")
    assert ended.state is IntentState.REVERTED
    assert ended.reason.startswith("reverted on chain: AttestationOutOfOrder(asOf: ")
    assert node.states("a")[-3:] == ["SENT", "MINED", "REVERTED"]
    assert node.intent("first").state is FINAL


def test_a_revert_that_a_reorg_takes_back_is_never_told(node: Submission) -> None:
    mine_a_revert(node)
    node.monitor().run_once()
    node.bank.chain.reorg(1)
    # Without the first one the second one succeeds; its nonce waits for another to be used.
    send(node.faults.rpc(), node.signer, address("attestor"), to=address("bob"), value=1)
    node.faults.rpc().send_raw(bytes.fromhex(node.intent("a").raw[2:]))
    node.bank.chain.mine(3)
    node.monitor().run_once()
    assert node.intent("a").state is FINAL
    assert "REVERTED" not in node.states("a")


def test_a_confirmed_revert_that_a_reorg_drops_leaves_no_gap_of_nonces(node: Submission) -> None:
    mine_a_revert(node)
    node.bank.chain.mine()
    node.monitor().run_once()
    node.want("b", gift("bob"), by="attestor")
    node.sender().run_once()
    node.bank.chain.reorg(3)
    for _ in range(6):
        node.monitor().run_once()
        node.bank.chain.mine()
    assert node.intent("a").state in {FINAL, IntentState.REVERTED}
    assert node.intent("b").state is FINAL


def test_a_revert_without_a_reason_left(node: Submission) -> None:
    mine_a_revert(node)
    node.bank.chain.mine(FINAL_DEPTH)
    node.fault("eth_call", result("0x"))
    node.monitor().run_once()
    assert node.intent("a").reason == "reverted on chain"


def test_a_nonce_that_another_used_drops_it_once_that_is_final(node: Submission) -> None:
    node.bank.chain.pause()
    tx_hash = sent(node)
    node.bank.chain._waiting.clear()
    send(node.faults.rpc(), node.signer, address("funder"), to=address("carol"), value=7)
    node.bank.chain.resume()
    for _ in range(3):
        node.monitor().run_once()
        assert node.intent("a").state is SENT
        node.bank.chain.mine()
    node.monitor().run_once()
    ended = node.intent("a")
    assert ended.state is IntentState.DROPPED
    assert ended.reason == f"nonce 0 of {address('funder')} was used by another transaction"
    assert node.faults.rpc().receipt(tx_hash) is None
    assert node.monitor().run_once() == 0


def test_a_reorg_gives_the_nonce_back(node: Submission) -> None:
    node.bank.chain.pause()
    sent(node)
    node.bank.chain._waiting.clear()
    send(node.faults.rpc(), node.signer, address("funder"), to=address("carol"), value=7)
    node.bank.chain.resume()
    node.monitor().run_once()
    node.bank.chain.reorg(1)
    for _ in range(2):
        node.monitor().run_once()
    assert node.intent("a").state is MINED
    assert node.faults.rpc().balance(address("carol")) == 0


def test_higher_nonces_go_on_when_one_is_dropped(node: Submission) -> None:
    node.bank.chain.pause()
    sent(node)
    node.bank.chain._waiting.clear()
    send(node.faults.rpc(), node.signer, address("funder"), to=address("carol"), value=7)
    node.bank.chain.resume()
    sent(node, "b")
    node.bank.chain.mine(4)
    node.monitor().run_once()
    assert node.intent("a").state is IntentState.DROPPED
    assert (node.intent("b").state, node.intent("b").nonce) == (FINAL, 1)
