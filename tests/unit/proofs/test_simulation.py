"""The verdict on the simulation: enough steps, and every state and fault reached."""

from __future__ import annotations

import pytest

from scripts.proofs.simulation import REQUIRED, STEPS_MIN, Tally, missing

REACHED = Tally({(kind, what): 1 for kind, every in REQUIRED.items() for what in every})
FULL = REACHED + Tally({("step", "mine"): STEPS_MIN})


def test_too_few_steps_prove_nothing() -> None:
    assert missing(REACHED) == [f"0 steps, fewer than {STEPS_MIN:,}"]


@pytest.mark.parametrize(("kind", "what"), sorted(REACHED))
def test_what_was_never_reached_is_named(kind: str, what: str) -> None:
    without = FULL.copy()
    del without[kind, what]
    assert missing(without) == [f"{kind}: never {what}"]


def test_what_was_all_reached_is_proved() -> None:
    assert missing(FULL) == []
