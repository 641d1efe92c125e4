"""Every crash point of the README: the process dies there, starts again, and one call is mined."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from sqlmodel import Session

from node.chain.rpc import RpcUnavailable
from node.db.leases import Fence, LostLease, acquire, release
from node.submission.intent import IntentState
from tests.support.chain_keys import address
from tests.support.chain_sender import (
    Killed,
    Submission,
    dying_at_commit,
    gift,
    kill_after,
    kill_before,
)
from tests.support.fault_proxy import refusal

BOB = address("bob")


def finish(node: Submission) -> None:
    """Run a restarted node until what it wanted is final."""
    sender, monitor = node.sender(), node.monitor()
    for _ in range(5):
        sender.run_once()
        monitor.run_once()
        node.bank.chain.mine()


def check_mined_once(node: Submission, *names: str) -> None:
    """Each intent is final in one block of its own bytes, and nothing else was mined."""
    rpc = node.faults.rpc()
    assert rpc.balance(BOB) == rpc.nonce(address("funder")) == len(names)
    for name in names:
        kept = node.intent(name)
        told = rpc.receipt(kept.tx_hash)
        assert told is not None
        assert (kept.state, kept.block_hash) == (IntentState.FINAL, told.block_hash)


@pytest.mark.parametrize(
    ("method", "state"),
    [
        ("eth_estimateGas", IntentState.PREPARED),
        ("eth_getTransactionCount", IntentState.PREPARED),
        ("eth_sendRawTransaction", IntentState.SIGNED),
    ],
)
def test_killed_before_it_asks(node: Submission, method: str, state: IntentState) -> None:
    node.want("a", gift("bob"))
    node.fault(method, kill_before)
    with pytest.raises(Killed):
        node.sender().run_once()
    node.fault(method, None)
    left = node.intent("a")
    assert left.state is state
    assert node.faults.rpc().nonce(address("funder")) == 0
    finish(node)
    check_mined_once(node, "a")
    assert left.raw in {"", node.intent("a").raw}


def test_killed_between_signature_and_commit_the_nonce_is_free(node: Submission) -> None:
    node.want("a", gift("bob"))
    sender = node.sender()
    with dying_at_commit(node.engine, 1), pytest.raises(Killed):
        sender.run_once()
    assert len(node.signer.signed) == 1
    assert node.states("a") == ["PREPARED"]
    assert node.intent("a").nonce is None
    assert "eth_sendRawTransaction" not in node.faults.asked
    node.want("b", gift("bob"))
    finish(node)
    check_mined_once(node, "a", "b")
    assert [node.intent(name).nonce for name in "ab"] == [0, 1]


def test_killed_between_commit_and_broadcast_the_same_bytes_go_out(node: Submission) -> None:
    node.want("a", gift("bob"))
    node.fault("eth_sendRawTransaction", kill_before)
    with pytest.raises(Killed):
        node.sender().run_once()
    node.fault("eth_sendRawTransaction", None)
    committed = node.intent("a")
    assert (committed.state, committed.nonce) == (IntentState.SIGNED, 0)
    finish(node)
    check_mined_once(node, "a")
    assert node.intent("a").raw == committed.raw
    assert len(node.signer.signed) == 1


@pytest.mark.parametrize("waits", [True, False], ids=["ALREADY_KNOWN", "NONCE_TOO_LOW"])
@pytest.mark.parametrize("at", ["answer", "commit"])
def test_killed_between_broadcast_and_the_commit_of_sent(
    node: Submission, *, waits: bool, at: str
) -> None:
    node.want("a", gift("bob"))
    sender = node.sender()
    if waits:
        node.bank.chain.pause()
    node.fault("eth_sendRawTransaction", kill_after if at == "answer" else None)
    with dying_at_commit(node.engine, 2), pytest.raises(Killed):
        sender.run_once()
    node.fault("eth_sendRawTransaction", None)
    committed = node.intent("a")
    assert committed.state is IntentState.SIGNED
    node.sender().run_once()
    assert node.intent("a").state is IntentState.SENT
    node.bank.chain.resume()
    finish(node)
    check_mined_once(node, "a")
    assert node.intent("a").raw == committed.raw
    assert len(node.signer.signed) == 1


def test_killed_after_it_was_mined_it_is_found_under_its_hash(node: Submission) -> None:
    node.want("a", gift("bob"))
    node.sender().run_once()
    node.bank.chain.mine(4)
    node.fault("eth_getTransactionReceipt", kill_after)
    with pytest.raises(Killed):
        node.monitor().run_once()
    node.fault("eth_getTransactionReceipt", None)
    assert node.intent("a").state is IntentState.SENT
    node.monitor().run_once()
    check_mined_once(node, "a")


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a_monitor_killed_at_any_commit(node: Submission, nth: int) -> None:
    node.want("a", gift("bob"))
    node.sender().run_once()
    node.monitor().run_once()
    node.bank.chain.reorg(1)
    monitor = node.monitor()
    with dying_at_commit(node.engine, nth), suppress(Killed):
        for _ in range(3):
            monitor.run_once()
    finish(node)
    check_mined_once(node, "a")


@pytest.mark.parametrize("nth", [1, 2])  # all three are signed in one commit, and sent in one
def test_a_sender_of_three_killed_at_any_commit(node: Submission, nth: int) -> None:
    for name in "abc":
        node.want(name, gift("bob"))
    sender = node.sender()
    with dying_at_commit(node.engine, nth), pytest.raises(Killed):
        sender.run_once()
    finish(node)
    check_mined_once(node, "a", "b", "c")
    assert [node.intent(name).nonce for name in "abc"] == [0, 1, 2]


def test_an_outage_while_sending_loses_nothing(node: Submission) -> None:
    for name in "abc":
        node.want(name, gift("bob"))
    node.fault("eth_sendRawTransaction", refusal(-32603, "internal error"))
    sender = node.sender()
    for _ in range(4):
        with pytest.raises(RpcUnavailable, match="internal error"):
            sender.run_once()
    node.fault("eth_sendRawTransaction", None)
    finish(node)
    check_mined_once(node, "a", "b", "c")


# -------------------------------------------------------------------------------------- two senders


def leading(node: Submission, holder: str) -> Fence:
    fence = acquire(node.engine, "submission", holder)
    assert fence is not None
    return fence


def test_only_the_leaseholder_commits(node: Submission) -> None:
    node.want("a", gift("bob"))
    node.fence = leading(node, "one").check
    one = node.sender()
    release(node.engine, "submission", "one")
    node.fence = leading(node, "two").check
    two = node.sender()
    with pytest.raises(LostLease):
        one.run_once()
    assert node.states("a") == ["PREPARED"]
    assert "eth_sendRawTransaction" not in node.faults.asked
    assert two.run_once() == 1
    assert node.states("a") == ["PREPARED", "SIGNED", "SENT"]


def test_who_loses_the_lease_between_commit_and_broadcast_changes_no_bytes(
    node: Submission,
) -> None:
    node.want("a", gift("bob"))
    node.fence = leading(node, "one").check
    one = node.sender()
    node.fault("eth_sendRawTransaction", kill_before)
    with pytest.raises(Killed):
        one.run_once()
    committed = node.intent("a")
    node.fault("eth_sendRawTransaction", None)
    release(node.engine, "submission", "one")
    node.fence = leading(node, "two").check
    two = node.sender()
    # The old leader wakes up: it may send the bytes that are on disk, but commits nothing.
    with pytest.raises(LostLease):
        one.run_once()
    assert node.intent("a") == committed
    two.run_once()
    finish(node)
    check_mined_once(node, "a")
    assert len(node.signer.signed) == 1


def test_a_monitor_without_the_lease_moves_nothing(node: Submission) -> None:
    node.want("a", gift("bob"))
    node.sender().run_once()

    def lost(_session: Session) -> None:
        raise LostLease("another leads")

    node.fence = lost
    with pytest.raises(LostLease):
        node.monitor().run_once()
    assert node.intent("a").state is IntentState.SENT


def test_two_that_share_a_lease_mine_once(node: Submission) -> None:
    for name in "ab":
        node.want(name, gift("bob"))
    one, two = node.sender(), node.sender()
    node.fault("eth_estimateGas", once_before(two.run_once, node))
    assert one.run_once() == 0
    node.fault("eth_estimateGas", None)
    finish(node)
    check_mined_once(node, "a", "b")


def once_before(run: Callable[[], int], node: Submission) -> Callable[..., dict[str, object]]:
    """Let something else run just before the first answer."""

    def fault(honest: Callable[[], dict[str, object]], _params: list[object]) -> dict[str, object]:
        node.fault("eth_estimateGas", None)
        run()
        return honest()

    return fault
