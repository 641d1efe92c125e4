"""How well an endpoint does: what it has answered, how fast, and whether it rests.

In: what became of each question. Out: a score (less is better) and whether to ask it at all.
Called by: rpc_pool; shown by the doctor.

A failure benches an endpoint for a second, the next one for two, and so on; it is then asked
something small on the side, so that no question of ours waits to learn whether it has come back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from node.chain.rpc_errors import RateLimited
from node.core.errors import Retryable

BENCH_SECONDS_MAX: Final = 120
LATENCY_FLOOR_MS: Final = 5  # below it, a difference is noise
FAILURE_WEIGHT: Final = 20
_MEMORY: Final = 8  # of the last so many answers
_WHOLE: Final = 1000


@dataclass(slots=True)
class Health:
    """One endpoint. Times are of the monotonic clock, in seconds."""

    latency_ms: int | None = None
    failures_per_mille: int = 0
    failures_in_a_row: int = 0
    benched_until: float = 0
    benched_by: str = ""
    is_probed: bool = True

    def answered(self, seconds: float) -> None:
        """It gave a sensible answer."""
        self.noted(seconds)
        self.failures_per_mille -= self.failures_per_mille // _MEMORY
        self.failures_in_a_row = 0
        self.benched_until, self.benched_by, self.is_probed = 0, "", True

    def noted(self, seconds: float) -> None:
        """How long an answer took."""
        taken = int(seconds * _WHOLE)
        if self.latency_ms is None:
            self.latency_ms = taken
        else:
            self.latency_ms += (taken - self.latency_ms) // _MEMORY

    def failed(self, error: Retryable, now: float) -> None:
        """It gave none: it rests, longer each time, or as long as it asks for itself."""
        self.fell_short()
        self.failures_in_a_row += 1
        pause = min(2 ** (self.failures_in_a_row - 1), BENCH_SECONDS_MAX)
        if isinstance(error, RateLimited) and error.pause_seconds is not None:
            pause = min(error.pause_seconds, BENCH_SECONDS_MAX)
        self.benched_until, self.benched_by, self.is_probed = now + pause, error.code, False

    def fell_short(self) -> None:
        """It lacked what another endpoint had: it is behind."""
        self.failures_per_mille += (_WHOLE - self.failures_per_mille) // _MEMORY

    def is_benched(self, now: float) -> bool:
        """Whether it rests; also after its pause, until it has answered something small."""
        return now < self.benched_until or not self.is_probed

    def is_due(self, now: float) -> bool:
        """Whether its pause is over and nobody has tried it yet."""
        return not self.is_probed and now >= self.benched_until

    @property
    def rests(self) -> bool:
        """Whether it failed and has given no answer since."""
        return not self.is_probed

    @property
    def score(self) -> int:
        """Milliseconds that an answer costs, failures included."""
        latency = max(self.latency_ms or 0, LATENCY_FLOOR_MS)
        return latency * (_WHOLE + FAILURE_WEIGHT * self.failures_per_mille) // _WHOLE
