"""The wire to an endpoint: half-closed, slow, too long, no JSON; and what holds when it is well."""

from __future__ import annotations

import gzip
import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from node.chain.http_connection import Bounds
from node.chain.rpc import RangeTooLarge, RateLimited, Rpc, RpcLied, RpcUnavailable, WrongChain
from node.chain.rpc_shapes import pause_seconds
from tests.support.fault_proxy import Fault, Faults, Raw, hang_up, result, served, then_honest

A = "0x" + "aa" * 20
QUICK = Bounds(seconds=1, connect_seconds=1, answer_bytes=1 << 16)
HEAD = "eth_getBlockByNumber"


def says(raw: Raw) -> Fault:
    return lambda _honest, _params: raw


def wrapped(raw: dict[str, Any], **members: Any) -> Fault:  # noqa: ANN401 - fields of Raw
    """The honest answer in other clothes."""

    def bend(honest: Any, _params: list[Any]) -> Raw:  # noqa: ANN401 - a way to the answer
        body = json.dumps({**honest(), **raw}).encode()
        return Raw(body, **members)

    return bend


def test_an_answer_that_drips_is_given_up_after_the_whole_time(faults: Faults) -> None:
    faults.faults[HEAD] = says(Raw(b" " * 1000, drip_seconds=0.2))
    started = time.monotonic()
    with served(faults) as url, pytest.raises(RpcUnavailable, match="no whole answer within 1 s"):
        Rpc([url], bounds=QUICK).block("latest")
    assert time.monotonic() - started < 3


def test_an_endpoint_that_says_nothing_is_given_up(faults: Faults) -> None:
    def silent(_honest: object, _params: object) -> None:
        time.sleep(1.5)

    faults.faults[HEAD] = silent
    with served(faults) as url, pytest.raises(RpcUnavailable, match="within 1 s"):
        Rpc([url], bounds=QUICK).block("latest")


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (Raw(b"<html>welcome</html>"), "no JSON"),
        (Raw(b"<html>bad gateway</html>", 502), "HTTP 502"),
        (Raw(b"", 200), "no JSON"),
        (Raw(b'{"jsonrpc":"2.0","id":', 200), "no JSON"),
        (Raw(b"{}", 308, {"Location": "http://127.0.0.1:1/"}), "HTTP 308"),
        (Raw(b"abc", headers={"Content-Length": "10"}, then_close=True), "ends too soon"),
        (Raw(b"no gzip", headers={"Content-Encoding": "gzip"}), "error"),
    ],
)
def test_what_is_no_answer(faults: Faults, raw: Raw, told: str) -> None:
    faults.faults[HEAD] = says(raw)
    with served(faults) as url, pytest.raises((RpcUnavailable, RpcLied), match=told):
        Rpc([url], bounds=QUICK).block("latest")


def test_an_error_of_json_rpc_is_read_under_any_status(faults: Faults) -> None:
    error = {"code": -32614, "message": "eth_getLogs is limited to a 10,000 range"}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "error": error}).encode()
    faults.batches = False
    faults.faults["eth_getLogs"] = says(Raw(body, 413))
    with served(faults) as url, pytest.raises(RangeTooLarge) as refused:
        Rpc([url]).raw_logs(1, 3, [A])
    assert refused.value.suggested == 10_000


def test_too_many_requests_says_how_long_to_wait(faults: Faults) -> None:
    faults.faults[HEAD] = says(Raw(b"slow down", 429, {"Retry-After": "7"}))
    with served(faults) as url, pytest.raises(RateLimited) as refused:
        Rpc([url]).block("latest")
    assert refused.value.pause_seconds == 7
    assert refused.value.code == "RPC_RATE_LIMITED"


@pytest.mark.parametrize(
    ("told", "pause"),
    [("7", 7), (" 7 ", 7), ("Wed, 21 Oct 2026 07:28:00 GMT", None), ("", None), (None, None),
     ("-1", None), ("9" * 9, None)],
)  # fmt: skip
def test_a_retry_after_is_seconds_or_nothing(told: str | None, pause: int | None) -> None:
    assert pause_seconds(told) == pause


def test_an_answer_for_another_question_is_not_taken(faults: Faults) -> None:
    faults.faults[HEAD] = wrapped({"id": 999})
    with served(faults) as url, pytest.raises(RpcLied, match="another question"):
        Rpc([url]).block("latest")


@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_that_is_too_long_is_not_read(faults: Faults, *, packed: bool) -> None:
    body = b"[" + b" " * (QUICK.answer_bytes + 1) + b"]"
    headers = {"Content-Encoding": "gzip"} if packed else {}
    long = says(Raw(gzip.compress(body) if packed else body, headers=headers))
    faults.faults |= {HEAD: long, "eth_getLogs": long}
    faults.batches = False
    with served(faults) as url:
        rpc = Rpc([url], bounds=QUICK)
        with pytest.raises(RpcUnavailable, match="more than 65536 bytes"):
            rpc.block("latest")
        faults.faults.pop(HEAD)
        with pytest.raises(RangeTooLarge):
            rpc.raw_logs(1, 3, [A])


@pytest.mark.parametrize(
    "answers",
    [
        b"[]",
        b"{}",
        b"7",
        b'[{"jsonrpc":"2.0","id":3,"result":null}]',
        b'[{"jsonrpc":"2.0","id":2,"result":1},{"jsonrpc":"2.0","id":2,"result":1}]',
        b'[{"jsonrpc":"2.0","id":2,"result":1},{"jsonrpc":"2.0","id":77,"result":1}]',
        b"[7, 8]",
    ],
)
def test_a_batch_that_is_answered_otherwise_than_asked(faults: Faults, answers: bytes) -> None:
    faults.faults[HEAD] = says(Raw(answers))
    with served(faults) as url, pytest.raises(RpcLied):
        Rpc([url]).headers([1, 2])


def test_a_batch_that_is_limited_in_rate_is_not_asked_singly(faults: Faults) -> None:
    body = b'{"jsonrpc":"2.0","id":null,"error":{"code":-32005,"message":"rate limit exceeded"}}'
    faults.faults[HEAD] = then_honest(says(Raw(body)))
    with served(faults) as url:
        assert len(Rpc([url]).headers([1, 2, 3])) == 3
    assert len(faults.asked) == 6


def test_connections_are_kept(faults: Faults, chain_id: int) -> None:
    with served(faults) as url:
        rpc = Rpc([url], chain_id=chain_id)
        for _ in range(5):
            rpc.block("latest")
    assert len(faults.connections) == 1
    assert faults.asked == ["eth_chainId", *[HEAD] * 5]


def test_a_line_closed_between_questions_is_opened_anew(faults: Faults, chain_id: int) -> None:
    faults.faults[HEAD] = then_honest(wrapped({"id": 1}, then_close=True))
    with served(faults) as url:
        rpc = Rpc([url], chain_id=chain_id)
        assert rpc.block("latest").number == rpc.block("latest").number == 3
    assert len(faults.connections) == 2
    assert faults.asked == ["eth_chainId", HEAD, "eth_chainId", HEAD]


def test_a_line_that_breaks_while_it_is_used_is_tried_once_more(
    faults: Faults, chain_id: int
) -> None:
    faults.faults[HEAD] = then_honest(lambda honest, _params: honest(), hang_up)
    with served(faults) as url:
        rpc = Rpc([url], chain_id=chain_id)
        assert [rpc.block("latest").number for _ in range(2)] == [3, 3]
    assert len(faults.connections) == 2


def test_bytes_to_send_go_out_once(faults: Faults, chain_id: int) -> None:
    faults.faults["eth_sendRawTransaction"] = hang_up
    with served(faults) as url:
        rpc = Rpc([url], chain_id=chain_id)
        rpc.block("latest")
        with pytest.raises(RpcUnavailable):
            rpc.send_raw(b"\x02")
    assert faults.asked.count("eth_sendRawTransaction") == 1


def test_another_chain_behind_the_same_name_is_refused_after_a_break(
    faults: Faults, chain_id: int
) -> None:
    faults.faults[HEAD] = wrapped({"id": 1}, then_close=True)
    with served(faults) as url:
        rpc = Rpc([url], chain_id=chain_id)
        assert rpc.block("latest").number == 3
        faults.faults["eth_chainId"] = result("0x1")
        with pytest.raises(WrongChain):
            rpc.block("latest")
    assert faults.asked[-2:] == [HEAD, "eth_chainId"]


@pytest.mark.parametrize("piece", [1, 7, 4096])
def test_an_answer_in_pieces(faults: Faults, piece: int) -> None:
    def in_pieces(honest: Any, _params: list[Any]) -> Raw:  # noqa: ANN401 - a way to the answer
        body = json.dumps({**honest(), "id": 1}).encode()
        parts = [body[at : at + piece] for at in range(0, len(body), piece)]
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
        return Raw(chunks, headers={"Content-Length": "", "Transfer-Encoding": "chunked"})

    faults.faults[HEAD] = in_pieces
    with served(faults) as url:
        assert Rpc([url]).block("latest").number == 3


def test_an_answer_that_is_packed(faults: Faults) -> None:
    def packed(honest: Any, _params: list[Any]) -> Raw:  # noqa: ANN401 - a way to the answer
        body = gzip.compress(json.dumps({**honest(), "id": 1}).encode())
        return Raw(body, headers={"Content-Encoding": "gzip"})

    faults.faults[HEAD] = packed
    with served(faults) as url:
        assert Rpc([url]).block("latest").number == 3
    assert "gzip" in faults.connections[0]["Accept-Encoding"]


def test_user_and_password_of_the_address_are_told_to_the_endpoint(faults: Faults) -> None:
    with served(faults) as url:
        Rpc([url.replace("//", "//desk:hunter%202@")]).block("latest")
    assert faults.connections[0]["Authorization"] == "Basic ZGVzazpodW50ZXIgMg=="


def test_many_threads_share_the_lines(faults: Faults, chain_id: int) -> None:
    with served(faults) as url, ThreadPoolExecutor(8) as threads:
        rpc = Rpc([url], chain_id=chain_id)
        found = list(threads.map(lambda at: rpc.block(at % 4).number, range(200)))
    assert found == [at % 4 for at in range(200)]
    assert len(faults.connections) <= 8
