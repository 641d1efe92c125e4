"""Endpoints of a chain: dead ones, those of another chain, those that fail over to a second one."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable

import pytest

from node.chain.rpc import Rpc, RpcLied, RpcUnavailable, WrongChain
from tests.support.fault_proxy import Faults, Raw, hang_up, refusal, result, served

# Nothing listens there: the port is reserved and never assigned.
DEAD = "http://127.0.0.1:1"
ANYONE = "0x" + "11" * 20
SECRETS = "http://desk:hunter2@127.0.0.1:1/v3/0123456789abcdef?token=swordfish"


def test_without_endpoints_the_remedy_names_the_setting() -> None:
    with pytest.raises(RpcUnavailable) as refused:
        Rpc([]).chain_id()
    assert "CONCORD_RPC_URLS" in refused.value.remedy


def test_an_unreachable_endpoint_is_named_with_a_remedy() -> None:
    with pytest.raises(RpcUnavailable) as refused:
        Rpc([DEAD]).block("latest")
    problem = refused.value.problem()
    assert problem["code"] == "RPC_UNAVAILABLE"
    assert problem["retryable"] is True
    assert "127.0.0.1:1" in problem["detail"]
    assert "eth_getBlockByNumber" in problem["detail"]
    assert problem["remedy"]


@pytest.mark.parametrize("secret", ["desk", "hunter2", "0123456789abcdef", "swordfish"])
def test_secrets_of_the_address_are_never_shown(secret: str) -> None:
    with pytest.raises(RpcUnavailable) as refused:
        Rpc([SECRETS]).chain_id()
    assert secret not in json.dumps(refused.value.problem())
    assert secret not in "".join(traceback.format_exception(refused.value))


def test_secrets_are_not_shown_by_an_endpoint_of_another_chain(faults: Faults) -> None:
    with served(faults) as url, pytest.raises(WrongChain) as refused:
        Rpc([url.replace("//", "//desk:hunter2@") + "/v3/key"], chain_id=1).block("latest")
    assert "hunter2" not in str(refused.value)
    assert "/v3/key" not in str(refused.value)


@pytest.mark.parametrize(
    "ask",
    [
        lambda rpc: rpc.block("latest"),
        lambda rpc: rpc.send_raw(b"\x02"),
        lambda rpc: rpc.logs(0, 1, [ANYONE]),
        lambda rpc: rpc.nonce(ANYONE),
        lambda rpc: rpc.code(ANYONE),
    ],
    ids=["block", "send", "logs", "nonce", "code"],
)
def test_another_chain_is_refused_before_anything_is_asked_or_sent(
    faults: Faults, ask: Callable[[Rpc], object]
) -> None:
    with served(faults) as url:
        rpc = Rpc([url], chain_id=1)
        for _ in range(2):
            with pytest.raises(WrongChain) as refused:
                ask(rpc)
            assert refused.value.code == "WRONG_CHAIN"
            assert refused.value.facts == {"expected": 1, "found": 131277322940537}
    assert faults.asked == ["eth_chainId"] * 2


def test_the_right_chain_is_asked_for_its_id_once(faults: Faults, chain_id: int) -> None:
    with served(faults) as url:
        rpc = Rpc([url], chain_id=chain_id)
        assert [rpc.block("latest").number for _ in range(3)] == [3, 3, 3]
    assert faults.asked == ["eth_chainId", *["eth_getBlockByNumber"] * 3]


@pytest.mark.parametrize(
    "fault",
    [
        hang_up,
        refusal(-32603, "internal error"),
        lambda _honest, _params: Raw(b"<html>502</html>", 502),
        lambda _honest, _params: Raw(b"<html>ok</html>"),
        lambda _honest, _params: Raw(b"[1, 2]"),
        lambda _honest, _params: {"jsonrpc": "2.0"},
        result(None),
        result("0x3"),
        result({"number": "0x3"}),
    ],
    ids=["hangup", "error", "502", "html", "list", "no-result", "null", "text", "half"],
)
def test_the_second_endpoint_answers_when_the_first_does_not(
    faults: Faults, chain_id: int, fault: object
) -> None:
    broken = Faults(faults.honest, {"eth_getBlockByNumber": fault})  # type: ignore[dict-item]
    with served(broken) as first, served(faults) as second:
        assert Rpc([first, second], chain_id=chain_id).block("latest").number == 3
        with pytest.raises((RpcUnavailable, RpcLied)):
            Rpc([first], chain_id=chain_id).block("latest")


def test_a_dead_first_endpoint_is_passed_over(faults: Faults, chain_id: int) -> None:
    with served(faults) as url:
        assert Rpc([DEAD, url], chain_id=chain_id).chain_id() == chain_id


def test_what_answered_last_is_asked_first(faults: Faults, chain_id: int) -> None:
    broken = Faults(faults.honest, {"eth_getBlockByNumber": hang_up})
    with served(broken) as first, served(faults) as second:
        rpc = Rpc([first, second], chain_id=chain_id)
        rpc.block("latest")
        rpc.block("latest")
    assert broken.asked.count("eth_getBlockByNumber") == 1


def test_all_dead_tells_the_last_failure(chain_id: int) -> None:
    with pytest.raises(RpcUnavailable, match="does not answer eth_getBlockByNumber"):
        Rpc([DEAD, "http://127.0.0.1:2"], chain_id=chain_id).block("latest")


def test_a_second_endpoint_of_another_chain_is_never_used(faults: Faults, chain_id: int) -> None:
    other = Faults(faults.honest, {"eth_chainId": result("0x1")})
    with served(other) as url, pytest.raises(WrongChain):
        Rpc([DEAD, url], chain_id=chain_id).block("latest")
    assert other.asked == ["eth_chainId"]


def test_each_path_of_a_provider_is_an_endpoint_of_its_own(faults: Faults, chain_id: int) -> None:
    faults.faults["eth_getBlockByNumber"] = hang_up
    with served(faults) as url, pytest.raises(RpcUnavailable):
        Rpc([f"{url}/key-of-one", f"{url}/key-of-another"], chain_id=chain_id).block("latest")
    assert faults.asked == ["eth_chainId", "eth_getBlockByNumber"] * 2


def test_an_in_process_chain_needs_no_address(faults: Faults, chain_id: int) -> None:
    assert faults.rpc(chain_id).block("latest").number == 3
    with pytest.raises(WrongChain, match="embedded chain serves chain"):
        faults.rpc(1).block("latest")
