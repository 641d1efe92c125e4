"""The live stream: what happened, as server-sent events, so that open pages refresh their parts.

In: `GET /stream`, from `Last-Event-ID` or from now. Out: one event per message of the outbox.
Called by: static/live.js. It ends with the visit, with the browser, and with the server.
"""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Header
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import StreamingResponse

from node.console.access import services_of
from node.console.door import visitor_of
from node.console.session import LIFE_SECONDS_MAX
from node.core.errors import Retryable
from node.db.unit_of_work import read_only
from node.feed import store
from node.feed.store import Message
from node.services import Services

POLL_SECONDS = 1.0
KEEP_ALIVE_POLLS = 15  # a silent connection is cut by proxies, usually after a minute
RETRY_MS = 2000
BATCH = 200

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Listener:
    """Where one browser stands, and how to know that it need not be told more."""

    services: Services
    after: int | None  # None: from now
    over: Callable[[], Awaitable[bool]]


@router.get("/stream")
async def stream(
    request: Request, last_event_id: Annotated[str | None, Header()] = None
) -> StreamingResponse:
    """Tell what happens from now on, or from behind the event the browser saw last."""
    listener = Listener(services_of(request), _position(last_event_id), _over(request))
    return StreamingResponse(
        told(listener), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
    )


async def told(listener: Listener) -> AsyncIterator[str]:
    """The text of the stream, until it is over."""
    yield f"retry: {RETRY_MS}\n\n"
    position, silent = listener.after, 0
    while True:
        position, messages = await run_in_threadpool(_read, listener.services, position)
        for message in messages:
            yield event(message)
        silent = 0 if messages else silent + 1
        if silent >= KEEP_ALIVE_POLLS:
            silent = 0
            yield ": still here\n\n"
        if await listener.over():
            return
        if len(messages) < BATCH:
            await asyncio.sleep(POLL_SECONDS)


def event(message: Message) -> str:
    """One message as a server-sent event; JSON keeps a line break from ending it early."""
    data = json.dumps({"kind": message.kind, "subject": message.subject})
    return f"id: {message.sequence}\ndata: {data}\n\n"


def _read(services: Services, position: int | None) -> tuple[int | None, list[Message]]:
    try:
        with read_only(services.engine) as session:
            if position is None:
                return store.last(session), []
            messages = store.after(session, position, BATCH)
    except Retryable:
        return position, []  # the database is away for a moment; nothing is lost by waiting
    return (messages[-1].sequence if messages else position), messages


def _position(last_event_id: str | None) -> int | None:
    text = (last_event_id or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < len(str(2**63)) else None


def _over(request: Request) -> Callable[[], Awaitable[bool]]:
    state, visitor = request.app.state, visitor_of(request)

    async def over() -> bool:
        now = int(state.services.clock.now().timestamp())
        return (
            state.stopping.is_set()
            or _server_stops()
            or visitor in state.ended
            or now - visitor.since >= LIFE_SECONDS_MAX
            or await request.is_disconnected()
        )

    return over


def _server_stops() -> bool:
    """Whether uvicorn was told to stop: it waits for streams and tells them nothing."""
    handler = signal.getsignal(signal.SIGTERM)
    return bool(getattr(getattr(handler, "__self__", None), "should_exit", False))
