"""Runs drawn anew, each from the seed alone.

Hypothesis usually makes five of six runs out of the one before, by copying a step over others: good
at finding equal values, but a run of two hundred times the same step says little. Its documented
way out is another backend; this one draws as its own does, but for the constants that one picks
up from whatever modules a process has imported: with them a seed meant other runs elsewhere.
"""

from __future__ import annotations

from typing import Final

from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider

BACKEND: Final = "concord-fresh"


class FreshRuns(HypothesisProvider):
    """Hypothesis' own draws, the same from the same seed in every process."""

    def _maybe_draw_constant(self, *_: object, **__: object) -> None:
        return None


AVAILABLE_PROVIDERS[BACKEND] = f"{__name__}.{FreshRuns.__name__}"
