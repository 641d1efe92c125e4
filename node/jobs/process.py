"""The name of a process in a lease, and whether a name is that of a process that has died.

In: what the operating system says (Linux, /proc). Out: names. Called by: app (names this process),
leadership (need not wait for the dead).

Only the own machine can be asked: a name also says which boot and which namespace of process ids it
belongs to, and of any other nothing is known. Taking a lease from the living would be safe as well,
since the fence stops whoever lost it; but two that live must not take it from each other.
"""

from __future__ import annotations

import os
import secrets
import socket
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
_BOOT: Final = _PROC / "sys" / "kernel" / "random" / "boot_id"
_STARTED: Final = 18  # its place among the fields behind the state: when it started, in ticks


def own_name() -> str:
    """Host, place, process id and start of this process; unlike any other's, ever."""
    pid = os.getpid()
    return f"{socket.gethostname()} {_place()} {pid} {_started(pid) or secrets.token_hex(4)}"


def is_dead(name: str) -> bool:
    """Whether that process ran here and does no more; False where that cannot be known."""
    parts = name.split(" ")
    if len(parts) != 4 or not parts[2].isdigit():  # noqa: PLR2004 - as `own_name` makes it
        return False
    host, place, pid, started = parts
    if not _place() or (host, place) != (socket.gethostname(), _place()):
        return False
    return _started(int(pid)) != started


def _place() -> str:
    """Which boot of this machine, and which namespace of process ids; empty where unknown."""
    try:
        boot = _BOOT.read_text("ascii").strip()
        return f"{boot}/{(_PROC / 'self' / 'ns' / 'pid').readlink()}"
    except OSError:
        return ""


def _started(pid: int) -> str:
    """When a process started, in ticks since the boot; empty where there is none."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text("utf-8")
    except OSError:
        return ""
    # The program's name may hold spaces and brackets of its own.
    state, *fields = stat.rpartition(")")[2].split()
    return "" if state in {"Z", "X"} else fields[_STARTED]
