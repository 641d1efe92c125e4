"""The indexer on a chain that only grows: what is written once, in which order, how far."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import Session

from node.chain.finality import FinalityPolicy
from node.chain.rpc import RangeTooLarge, RpcUnavailable
from node.db.leases import LostLease
from node.db.unit_of_work import read_only
from node.events import store
from node.events.event import Change
from tests.support.chain_follower import Follower
from tests.support.chain_script import TOKEN, Block, hash_of, logs
from tests.support.fault_proxy import refusal


def test_an_empty_chain_writes_its_blocks_and_rests(follower: Follower) -> None:
    follower.first_block = 0
    follower.follow()
    assert follower.changes() == []
    assert follower.cursors() == {
        "events.indexer": 0,
        "events.confirmed": 0,
        "events.final": 0,
    }
    assert follower.stage().run_once() == 0


def test_an_event_is_seen_then_confirmed_then_final_each_once(follower: Follower) -> None:
    chain = follower.chain
    chain.mine("a")
    follower.follow()
    assert follower.told() == ["SEEN a"]
    chain.mine()
    follower.follow()
    assert follower.told() == ["SEEN a", "CONFIRMED a"]
    chain.mine()
    follower.follow()
    assert follower.told() == ["SEEN a", "CONFIRMED a"]
    for _ in range(4):
        chain.mine()
        follower.follow()
        assert follower.told() == ["SEEN a", "CONFIRMED a", "FINAL a"]


def test_what_is_read_late_is_told_in_every_step(follower: Follower) -> None:
    for names in ("a", "bc", "", "", ""):
        follower.chain.mine(*names)
    follower.follow()
    assert follower.told() == [
        *("SEEN a", "SEEN b", "SEEN c"),
        *("CONFIRMED a", "CONFIRMED b", "CONFIRMED c"),
        *("FINAL a", "FINAL b", "FINAL c"),
    ]


def test_an_event_as_it_is_kept(follower: Follower) -> None:
    follower.chain.mine()
    follower.chain.mine("a", "two:b")
    follower.follow()
    events = [each.event for each in follower.changes()]
    first = events[0]
    assert [each.key.log_index for each in events] == [0, 1, 2]
    assert first.key.block_hash == follower.chain.branch[2].hash
    assert (first.block_number, first.address) == (2, TOKEN.lower())
    assert (first.contract, first.label, first.currency) == ("DepositToken", "CAD.token", "CAD")
    assert first.name == "TransferRef"
    assert first.args["from"] == f"0x{1:040x}"
    assert first.args["ref"] == first.ref == hash_of("ref", "a")
    assert first.canonical
    with read_only(follower.engine) as session:
        assert store.event(session, first.id) == first
        assert store.event_by_key(session, first.key) == first
        assert store.receipts_of(session, [events[1].key]) == {events[1].key: tuple(events[1:])}
        assert store.events_of_transactions(session, first.key.tx_hash) == [first]
        assert [each.change for each in store.history(session, first.id)] == [Change.SEEN]
        assert store.standing(session, first.id) is Change.SEEN


def test_a_log_that_the_contract_does_not_explain_is_kept_without_a_name(
    follower: Follower,
) -> None:
    follower.chain.mine("odd:a")
    follower.follow()
    (step,) = follower.changes()
    assert (step.event.name, step.event.args, step.event.uetr) == ("", {}, "")
    assert step.event.label == "CAD.token"


def test_nothing_before_the_first_block_is_read(follower: Follower) -> None:
    follower.first_block = 3
    for name in "abcd":
        follower.chain.mine(name)
    follower.follow()
    assert follower.told("a", "b") == []
    assert "SEEN c" in follower.told()
    blocks, *_ = follower.rows()
    assert [number for number, *_ in blocks] == [3, 4]


def test_a_long_chain_is_read_in_parts(follower: Follower) -> None:
    for at in range(250):
        follower.chain.mine(*("a" if at == 0 else "z" if at == 249 else ""))
    stage = follower.stage()
    handled = []
    while count := stage.run_once():
        handled.append(count)
    assert len(handled) == 3
    assert follower.cursors() == {
        "events.indexer": 250,
        "events.confirmed": 249,
        "events.final": 247,
    }
    assert follower.told() == ["SEEN a", "CONFIRMED a", "FINAL a", "SEEN z"]


def test_a_chain_with_a_finalized_tag(follower: Follower) -> None:
    follower.policy = FinalityPolicy(confirmations=1, final_depth=None, tag="finalized")
    for name in "abcd":
        follower.chain.mine(name)
    follower.chain.finalized = 2
    follower.follow()
    assert [each for each in follower.told() if each.startswith("FINAL")] == ["FINAL a", "FINAL b"]
    follower.chain.finalized = 4  # beyond what is confirmed
    follower.follow()
    assert follower.cursors()["events.final"] == follower.cursors()["events.confirmed"] == 3


def test_a_chain_that_is_final_at_once(follower: Follower) -> None:
    follower.policy = FinalityPolicy(confirmations=0, final_depth=0, tag=None)
    follower.chain.mine("a")
    follower.follow()
    assert follower.told() == ["SEEN a", "CONFIRMED a", "FINAL a"]


def test_a_range_that_is_too_large_is_read_in_halves(follower: Follower) -> None:
    for at in range(20):
        follower.chain.mine(*("a" if at == 0 else "b" if at == 16 else ""))

    def limited(honest: Callable[[], dict[str, Any]], params: list[Any]) -> dict[str, Any]:
        low, high = (int(params[0].get(end, "0x0"), 16) for end in ("fromBlock", "toBlock"))
        if high - low > 2:
            return {"error": {"code": -32005, "message": "query returned more than 2 results"}}
        return honest()

    follower.faults.faults["eth_getLogs"] = limited
    follower.follow()
    assert follower.told() == [
        *("SEEN a", "SEEN b", "CONFIRMED a", "CONFIRMED b"),
        *("FINAL a", "FINAL b"),
    ]
    assert follower.faults.asked.count("eth_getLogs") > 8


def test_a_single_block_that_is_too_large_is_a_failure(follower: Follower) -> None:
    for _ in range(6):
        follower.chain.mine()
    follower.faults.faults["eth_getLogs"] = refusal(-32005, "query returned more than 2 results")
    with pytest.raises(RangeTooLarge):
        follower.stage().run_once()
    assert follower.cursors() == {}


@pytest.mark.parametrize("method", ["eth_getBlockByNumber", "eth_getLogs"])
def test_an_endpoint_that_fails_leaves_nothing_behind(follower: Follower, method: str) -> None:
    follower.chain.mine("a")
    stage = follower.stage()
    follower.faults.faults[method] = refusal(-32603, "internal error")
    with pytest.raises(RpcUnavailable):
        stage.run_once()
    assert follower.rows() == ([], [], [], {})
    follower.faults.faults.clear()
    follower.follow()
    assert follower.told() == ["SEEN a"]


def test_who_lost_the_lease_writes_nothing(follower: Follower) -> None:
    def lost(_session: Session) -> None:
        raise LostLease("another leads")

    follower.chain.mine("a")
    follower.fence = lost
    with pytest.raises(LostLease):
        follower.stage().run_once()
    assert follower.rows() == ([], [], [], {})


def test_an_endpoint_that_is_behind_takes_nothing_back(follower: Follower) -> None:
    chain = follower.chain
    for name in "abcdefgh":
        chain.mine(name)
    follower.follow()
    before, branch = follower.rows(), list(chain.branch)
    for missing in range(1, 8):
        chain.branch = branch[: len(branch) - missing]
        assert follower.stage().run_once() == 0
        assert follower.rows() == before
    chain.branch = branch
    chain.mine("i")
    follower.follow()
    assert "SEEN i" in follower.told()
    assert not any(step.startswith("RETRACTED") for step in follower.told())


def test_a_page_of_events_and_those_of_a_payment(follower: Follower) -> None:
    for name in "abc":
        follower.chain.mine(name)
    follower.follow()
    newest = follower.changes()[-1].sequence
    with read_only(follower.engine) as session:
        page = store.events_page(session, limit=2)
        assert [each.block_number for each in page] == [1, 2]
        rest = store.events_page(session, after=page[-1].id, limit=9, name="TransferRef")
        assert [each.block_number for each in rest] == [3]
        assert store.events_page(session, currency="EUR") == []
        assert store.events_by_uetr(session, "7a562c67-ca16-48ba-b074-65581be6f001") == []
        assert store.last_change(session) == newest
        finals = store.final_events(session, after=0, limit=9)
        assert [each.change for each in finals] == [Change.FINAL] * len(finals)


def test_the_script_s_blocks_are_told_apart() -> None:
    one, other = Block(1, "0x", ("a",), ""), Block(1, "0x", ("a",), "fork")
    assert one.hash != other.hash
    assert logs(one)[0]["transactionHash"] == logs(other)[0]["transactionHash"]
