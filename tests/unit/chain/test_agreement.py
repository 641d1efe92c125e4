"""Agreement between endpoints: when it is refused, waited for, and when a person is called."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from node.chain.agreement import (
    TRIES,
    Agreement,
    EndpointsDiffer,
    EndpointsDisagree,
    QuorumMissing,
)
from node.chain.log_view import View, line, view
from node.chain.rpc import Rpc, RpcUnavailable, WrongChain
from tests.support.chain_script import CHAIN_ID, TOKEN, ScriptedChain
from tests.support.fault_proxy import Fault, Faults, changed, hang_up, refusal, result, served

NUMBERS = range(1, 5)


@pytest.fixture
def script() -> ScriptedChain:
    """Give a chain of four blocks with six logs."""
    made = ScriptedChain()
    for names in (["a"], [], ["b", "two:c"], ["d", "e"]):
        made.mine(*names)
    return made


@pytest.fixture
def endpoints(script: ScriptedChain) -> Iterator[Callable[..., Rpc]]:
    """Give a way to an `Rpc` of several endpoints, each with faults of its own."""
    with ExitStack() as stack:

        def made(*faults: dict[str, Fault]) -> Rpc:
            behind = [Faults(script.answer, each) for each in faults]
            urls = [stack.enter_context(served(each)) for each in behind]
            return Rpc(urls, chain_id=CHAIN_ID)

        yield made


def held(script: ScriptedChain) -> View:
    """The range as it is."""
    query = {"fromBlock": hex(NUMBERS[0]), "toBlock": hex(NUMBERS[-1])}
    logs = script.answer("eth_getLogs", [query])["result"]
    return view(script.branch[NUMBERS[-1]].hash, map(line, logs))


def without_one(honest: Callable[[], dict[str, Any]], _params: list[Any]) -> dict[str, Any]:
    told = honest()
    return {**told, "result": told["result"][:-1]}


LIES: dict[str, dict[str, Fault]] = {
    "a log left out": {"eth_getLogs": without_one},
    "no logs": {"eth_getLogs": result([])},
    "altered data": {"eth_getLogs": changed(data="0x" + "00" * 32)},
    "altered topics": {"eth_getLogs": changed(topics=["0x" + "11" * 32])},
    "another transaction": {"eth_getLogs": changed(transactionHash="0x" + "11" * 32)},
    "another block": {"eth_getBlockByNumber": changed(hash="0x" + "11" * 32)},
}


@pytest.mark.parametrize("lie", LIES)
def test_two_that_differ_are_not_final_and_then_call_a_person(
    script: ScriptedChain, endpoints: Callable[..., Rpc], lie: str
) -> None:
    agreement = Agreement(endpoints({}, LIES[lie]), 2)
    for _ in range(TRIES - 1):
        with pytest.raises(EndpointsDiffer) as differ:
            agreement.check(NUMBERS, [TOKEN], held(script))
        assert differ.value.code == "RPC_ENDPOINTS_DIFFER"
    with pytest.raises(EndpointsDisagree) as disagree:
        agreement.check(NUMBERS, [TOKEN], held(script))
    assert disagree.value.code == "RPC_ENDPOINTS_DISAGREE"
    assert "blocks 1 to 4: we hold block" in disagree.value.detail
    assert "http://127.0.0.1" in disagree.value.detail
    assert "CONCORD_RPC_URLS" in disagree.value.remedy


def test_what_we_hold_wrongly_is_found_though_all_others_agree(
    script: ScriptedChain, endpoints: Callable[..., Rpc]
) -> None:
    agreement, ours = Agreement(endpoints({}, {}), 2), held(script)
    with pytest.raises(EndpointsDiffer):
        agreement.check(NUMBERS, [TOKEN], View(ours.block_hash, ours.logs - 1, "00" * 32))


@pytest.mark.parametrize("lie", LIES)
def test_enough_on_our_side_outvote_one_that_differs(
    script: ScriptedChain, endpoints: Callable[..., Rpc], lie: str
) -> None:
    Agreement(endpoints({}, LIES[lie], {}), 2).check(NUMBERS, [TOKEN], held(script))


@pytest.mark.parametrize(
    "absence",
    [
        {"*": hang_up},
        {"eth_getLogs": refusal(-32603, "internal error")},
        {"eth_getBlockByNumber": result(None)},
    ],
    ids=["dead", "failing", "behind"],
)
def test_one_that_says_nothing_is_waited_for_and_calls_nobody(
    script: ScriptedChain, endpoints: Callable[..., Rpc], absence: dict[str, Fault]
) -> None:
    agreement = Agreement(endpoints({}, absence), 2)
    for _ in range(TRIES + 1):
        with pytest.raises(QuorumMissing, match="1 of 2 endpoints answer") as missing:
            agreement.check(NUMBERS, [TOKEN], held(script))
        assert "CONCORD_RPC_QUORUM" in missing.value.remedy


def test_a_difference_that_heals_is_forgotten(
    script: ScriptedChain, endpoints: Callable[..., Rpc]
) -> None:
    faults: dict[str, Fault] = {"eth_getLogs": without_one}
    agreement = Agreement(endpoints({}, faults), 2)
    for _ in range(2 * TRIES):
        with pytest.raises(EndpointsDiffer):
            agreement.check(NUMBERS, [TOKEN], held(script))
        faults.clear()
        agreement.check(NUMBERS, [TOKEN], held(script))
        faults["eth_getLogs"] = without_one


def test_an_endpoint_of_another_chain_has_no_vote_and_stops_us(
    script: ScriptedChain, endpoints: Callable[..., Rpc]
) -> None:
    with pytest.raises(WrongChain):
        Agreement(endpoints({}, {"eth_chainId": result("0x1")}), 2).check(
            NUMBERS, [TOKEN], held(script)
        )


def test_a_range_is_asked_for_in_parts_where_an_endpoint_wants_that(
    script: ScriptedChain, endpoints: Callable[..., Rpc]
) -> None:
    def one_at_a_time(honest: Callable[[], dict[str, Any]], params: list[Any]) -> dict[str, Any]:
        query = params[0]
        if query["fromBlock"] == query["toBlock"]:
            return honest()
        error = {"code": -32000, "message": "block range is too wide, maximum allowed: 1"}
        return {"jsonrpc": "2.0", "error": error}

    Agreement(endpoints({}, {"eth_getLogs": one_at_a_time}), 2).check(
        NUMBERS, [TOKEN], held(script)
    )


def test_without_endpoints_nobody_agrees() -> None:
    with pytest.raises(QuorumMissing):
        Agreement(Rpc([]), 2).check(NUMBERS, [TOKEN], View("0x", 0, ""))
    with pytest.raises(RpcUnavailable):
        Rpc([]).chain_id()


def test_two_views_are_equal_whatever_the_order_of_logs(script: ScriptedChain) -> None:
    logs = script.answer("eth_getLogs", [{"fromBlock": "0x1", "toBlock": "0x4"}])["result"]
    lines = [line(each) for each in logs]
    assert view("0x1", lines) == view("0x1", reversed(lines))
    assert view("0x1", lines) != view("0x2", lines)
    assert view("0x1", lines) != view("0x1", lines[1:])
