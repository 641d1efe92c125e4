"""Heads over WebSocket: what ends a connection, and that each new head and each return wakes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from structlog.testing import capture_logs

from node.chain.heads import Heads
from tests.support.head_server import HeadServer, head_server

CHAIN_ID = 20260
DEAD = "ws://127.0.0.1:1/key-of-ours"


@pytest.fixture
def server() -> Iterator[HeadServer]:
    """Give an endpoint that tells of heads."""
    with head_server(CHAIN_ID) as made:
        yield made


class Bell:
    """Counts how often it was rung."""

    def __init__(self) -> None:
        self.rung, self._lock = 0, threading.Lock()

    def __call__(self) -> None:
        with self._lock:
            self.rung += 1


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 8
    while not condition():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.005)


@contextmanager
def listening(*urls: str, silent_seconds_max: float = 5) -> Iterator[Bell]:
    bell = Bell()
    heads = Heads(urls, chain_id=CHAIN_ID, wake=bell, silent_seconds_max=silent_seconds_max)
    heads.start()
    try:
        yield bell
    finally:
        heads.stop()
        assert not [each for each in threading.enumerate() if each.name == "heads"]


def test_without_an_address_nothing_is_started() -> None:
    with listening() as bell:
        assert bell.rung == 0


def test_another_chain_wakes_nobody(server: HeadServer) -> None:
    server.chain_id = 1
    with capture_logs() as logs, listening(server.url) as bell:
        wait_for(lambda: server.connections >= 2)
        assert bell.rung == 0
    assert "it serves chain 0x1, not 0x4f24" in {each.get("why") for each in logs}


def test_an_endpoint_without_subscriptions_is_left_for_the_next(server: HeadServer) -> None:
    server.takes_subscriptions = False
    with head_server(CHAIN_ID) as other, listening(server.url, other.url) as bell:
        wait_for(lambda: bool(other.listeners))
        wait_for(lambda: bell.rung == 1)


def test_a_dead_address_is_left_for_the_next_and_its_key_is_not_told(server: HeadServer) -> None:
    with capture_logs() as logs, listening(DEAD, server.url) as bell:
        wait_for(lambda: bell.rung == 1)
    assert "key-of-ours" not in str(logs)


@pytest.mark.parametrize("nonsense", ["no JSON", "[]", "7"])
def test_nonsense_ends_a_connection(server: HeadServer, nonsense: str) -> None:
    with listening(server.url) as bell:
        wait_for(lambda: bell.rung == 1)
        server.say(nonsense)
        wait_for(lambda: server.connections == 2)
        wait_for(lambda: bell.rung == 2)


def test_what_is_not_of_the_subscription_wakes_nobody(server: HeadServer) -> None:
    with listening(server.url) as bell:
        wait_for(lambda: bell.rung == 1)
        server.say('{"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":"0x1"}}')
        server.say('{"jsonrpc":"2.0","id":7,"result":true}')
        server.announce(1)
        wait_for(lambda: bell.rung == 2)
    assert server.connections == 1


def test_each_head_wakes_at_once(server: HeadServer) -> None:
    with listening(server.url) as bell:
        wait_for(lambda: bell.rung == 1)
        for number in range(1, 50):
            began = time.monotonic()
            server.announce(number)
            wait_for(lambda number=number: bell.rung == number + 1)  # type: ignore[misc]
            assert time.monotonic() - began < 1


def test_a_cut_connection_is_made_anew_and_wakes_for_what_was_missed(server: HeadServer) -> None:
    with listening(server.url) as bell:
        for count in range(1, 3):
            wait_for(lambda count=count: bell.rung == count)  # type: ignore[misc]
            server.cut()
        wait_for(lambda: bell.rung == 3)


def test_a_silent_connection_is_given_up(server: HeadServer) -> None:
    with capture_logs() as logs, listening(server.url, silent_seconds_max=0.3) as bell:
        wait_for(lambda: bell.rung == 2)
    assert "it said nothing for 0.3 s" in {each.get("why") for each in logs}


def test_a_flood_of_heads_is_worked_off(server: HeadServer) -> None:
    with listening(server.url) as bell:
        wait_for(lambda: bell.rung == 1)
        for number in range(2000):
            server.announce(number)
        wait_for(lambda: bell.rung == 2001)
    assert server.connections == 1
