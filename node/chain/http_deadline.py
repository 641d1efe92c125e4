"""A socket that grants what is left until a moment, whatever is done with it.

In: a connected socket, a moment of the monotonic clock. Out: the same socket, each read and write
bounded by the time that is left. Called by: http_connection.
"""

from __future__ import annotations

import io
import time
from typing import Any


class TimedSocket:
    """As much of a socket as http.client asks for."""

    def __init__(self, plain: Any, until: float) -> None:  # noqa: ANN401 - socket or TLS socket
        self.plain = plain
        self._until = until

    def sendall(self, data: bytes) -> None:
        self.plain.settimeout(self.left())
        self.plain.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Timed(self, self.plain.makefile(mode, buffering=0)), 1 << 16)

    def close(self) -> None:
        self.plain.close()

    def left(self) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class _Timed(io.RawIOBase):
    """What a socket gives, read within the time that is left."""

    def __init__(self, timed: TimedSocket, raw: io.RawIOBase) -> None:
        super().__init__()
        self._timed, self._raw = timed, raw

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401 - io's signature
        self._timed.plain.settimeout(self._timed.left())
        found: int | None = self._raw.readinto(buffer)
        return found

    def close(self) -> None:
        self._raw.close()
        super().close()
