"""The stream tells what happened once, in order, and ends when it should."""

from __future__ import annotations

import signal
from collections.abc import Callable
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from node.console import stream
from node.console.session import LIFE_SECONDS_MAX
from node.feed.store import Message
from tests.support.clock import NOW
from tests.support.console_day import Node


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait between two looks."""
    monkeypatch.setattr(stream, "POLL_SECONDS", 0)


def test_a_browser_that_comes_back_gets_what_it_missed(day: Node, treasurer: TestClient) -> None:
    del day
    stop(treasurer)
    answer = treasurer.get("/stream", headers={"Last-Event-ID": "1"})
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text == (
        "retry: 2000\n\n"
        'id: 2\ndata: {"kind": "entry.posted", "subject": "subject\\nentry.posted"}\n\n'
        'id: 3\ndata: {"kind": "match.made", "subject": "subject\\nmatch.made"}\n\n'
    )


@pytest.mark.parametrize("seen", [None, "", "-1", "x", "9" * 30])
def test_without_a_known_position_it_begins_now(
    day: Node, treasurer: TestClient, seen: str | None
) -> None:
    del day
    stop(treasurer)
    headers = {} if seen is None else {"Last-Event-ID": seen}
    assert treasurer.get("/stream", headers=headers).text == "retry: 2000\n\n"


def test_it_ends_with_the_visit(node: Node, treasurer: TestClient) -> None:
    def expire(left: int) -> bool:
        if left == 0:
            node.clock.at = NOW + timedelta(seconds=LIFE_SECONDS_MAX)
        return False

    count_down(treasurer, expire, 3)
    assert treasurer.get("/stream").status_code == 200


def test_it_ends_when_uvicorn_is_told_to_stop(
    treasurer: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Server:
        should_exit = True

        def handle_exit(self) -> None:
            """Stand in for the handler that uvicorn puts on SIGTERM."""

    monkeypatch.setattr(signal, "getsignal", lambda _number: Server().handle_exit)
    assert treasurer.get("/stream").text == "retry: 2000\n\n"


def test_silence_is_broken_by_a_comment(treasurer: TestClient) -> None:
    polls = 2 * stream.KEEP_ALIVE_POLLS
    count_down(treasurer, lambda left: left == 0, polls)
    assert treasurer.get("/stream").text.count(": still here\n\n") == 2


def test_a_message_cannot_break_out_of_its_event() -> None:
    text = stream.event(Message(7, "match.made", "a\n\ndata: forged", {}, NOW))
    assert text.count("\n") == 3
    assert text.startswith("id: 7\ndata: {")


def stop(client: TestClient) -> None:
    client.app.state.stopping.set()  # type: ignore[attr-defined]


def count_down(client: TestClient, over: Callable[[int], bool], looks: int) -> None:
    """Ask `over` at each look whether the server stops; it is given how many looks are left."""

    class Stopping:
        left = looks

        def is_set(self) -> bool:
            self.left -= 1
            return over(self.left)

    client.app.state.stopping = Stopping()  # type: ignore[attr-defined]
