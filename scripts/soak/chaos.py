"""What happens to the node meanwhile: forks, deaths, an endpoint that fails.

In: the chain, how to start the node, a seed. Out: counts of what was done, and how much memory the
node took. Used by the run.
"""

from __future__ import annotations

import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import median
from typing import Any, Final

from scripts.soak.ground import BLOCK_SECONDS, FINAL_DEPTH
from tests.support.anvil import Anvil
from tests.support.fault_proxy import Faults, hang_up, refusal

FAULT_SHARE: Final = 0.01
FORK_SECONDS: Final = (4, 12)
DEATH_SECONDS: Final = (20, 45)
WARM_SECONDS: Final = 8  # a process that has just begun says nothing of how it grows
_STILL_SECONDS: Final = 0.1
_LIMITED: Final = refusal(429, "too many requests")
_BROKEN: Final = refusal(-32603, "internal error")


def _late(honest: Callable[[], Any], _params: list[Any]) -> Any:  # noqa: ANN401 - as a fault is
    time.sleep(0.5)
    return honest()


def _unheard(honest: Callable[[], Any], params: list[Any]) -> Any:  # noqa: ANN401 - as a fault is
    honest()
    return hang_up(honest, params)


_FAULTS: Final = {
    "limited": _LIMITED,
    "broken": _BROKEN,
    "hung up": hang_up,
    "late": _late,
    "unheard": _unheard,
}


@dataclass
class Chaos:
    """A thread for forks and deaths; the endpoint's faults come with its questions."""

    anvil: Anvil
    start: Callable[[], subprocess.Popen[bytes]]
    chance: Random
    done: Counter[str] = field(default_factory=Counter)
    deepest: int = 0
    memory_mib: list[float] = field(default_factory=list)
    raging: bool = False

    def __post_init__(self) -> None:
        self.faults = Faults(self.anvil.answer)
        self.faults.faults["*"] = self._perhaps
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def begin(self) -> None:
        """Start the node and watch it."""
        self.process = self.start()
        self._born = time.monotonic()
        self._thread.start()

    def end(self) -> None:
        """No more of it, and the node with it."""
        self._ended.set()
        self._thread.join()
        self.process.terminate()
        self.process.wait(timeout=30)

    def flat(self) -> tuple[float, float]:
        """What the node took in the first and in the last quarter of the time: medians."""
        quarter = max(len(self.memory_mib) // 4, 1)
        return median(self.memory_mib[:quarter]), median(self.memory_mib[-quarter:])

    def _perhaps(self, honest: Callable[[], Any], params: list[Any]) -> Any:  # noqa: ANN401
        if not self.raging or self.chance.random() > FAULT_SHARE:
            return honest()
        name = self.chance.choice(sorted(_FAULTS))
        self.done[f"fault {name}"] += 1
        return _FAULTS[name](honest, params)

    def _run(self) -> None:
        fork, death = self._next(FORK_SECONDS), self._next(DEATH_SECONDS)
        while not self._ended.wait(1):
            self._weigh()
            if not self.raging:
                fork, death = self._next(FORK_SECONDS), self._next(DEATH_SECONDS)
            if time.monotonic() > fork:
                self._fork()
                fork = self._next(FORK_SECONDS)
            if time.monotonic() > death or self.process.poll() is not None:
                self._kill()
                death = self._next(DEATH_SECONDS)

    def _next(self, seconds: tuple[int, int]) -> float:
        return time.monotonic() + self.chance.uniform(*seconds)

    def _fork(self) -> None:
        depth = self.chance.randint(1, FINAL_DEPTH - 4)
        # A block mined by its clock in the middle of a fork leaves anvil without those below it.
        self.anvil.ask("evm_setIntervalMining", 0)
        time.sleep(_STILL_SECONDS)
        self.anvil.ask("anvil_reorg", depth, [])
        self.anvil.ask("evm_setIntervalMining", BLOCK_SECONDS)
        self.deepest = max(self.deepest, depth)
        self.done["fork"] += 1

    def _kill(self) -> None:
        self.done["ended by itself" if self.process.poll() is not None else "killed"] += 1
        self.process.kill()
        self.process.wait()
        self.process = self.start()
        self._born = time.monotonic()

    def _weigh(self) -> None:
        if time.monotonic() - self._born < WARM_SECONDS:
            return
        try:
            told = Path(f"/proc/{self.process.pid}/status").read_text("utf-8")
        except OSError:
            return
        for line in told.splitlines():
            if line.startswith("VmRSS:"):
                self.memory_mib.append(int(line.split()[1]) / 1024)
