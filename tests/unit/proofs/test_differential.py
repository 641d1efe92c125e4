"""The verdict on what the differential run did: enough steps, each operation both ways."""

from __future__ import annotations

import pytest

from scripts.proofs.differential import STEPS_MIN, Tally, one_sided

BOTH = Tally({("token.mint", "accepted"): STEPS_MIN, ("token.mint", "ZeroAmount"): 1})


def test_too_few_steps_prove_nothing() -> None:
    few = Tally({("token.mint", "accepted"): 2, ("token.mint", "ZeroAmount"): 1})
    assert one_sided(few) == [f"3 steps, fewer than {STEPS_MIN}"]


@pytest.mark.parametrize(
    ("answer", "never"), [("accepted", "never refused"), ("ZeroAmount", "never accepted")]
)
def test_an_operation_goes_both_ways(answer: str, never: str) -> None:
    tally = BOTH + Tally({("gate.issue", answer): 5})
    assert one_sided(tally) == [f"gate.issue: {never}"]


def test_what_goes_both_ways_often_enough_is_proved() -> None:
    assert one_sided(BOTH) == []
