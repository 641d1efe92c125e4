"""The verdict on the kill matrix: enough moments of every kind, on both databases."""

from __future__ import annotations

from scripts.proofs.kills import DATABASES, KINDS, MOMENTS_MIN, Tally, missing

FULL = Tally({f"{base} {kind}": MOMENTS_MIN for base in DATABASES for kind in KINDS})


def test_a_kind_of_moment_that_was_never_tried_proves_nothing() -> None:
    few = Tally({name: count for name, count in FULL.items() if name != "sqlite before commit"})
    assert missing(few) == ["sqlite: never killed at before commit"]


def test_a_database_that_was_not_tried_proves_nothing() -> None:
    one = Tally({name: count for name, count in FULL.items() if name.startswith("sqlite")})
    assert f"postgres: 0 moments, fewer than {MOMENTS_MIN}" in missing(one)


def test_every_kind_on_both_is_proved() -> None:
    assert missing(FULL) == []
