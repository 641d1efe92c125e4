"""Absent tools: skipped by name on a newcomer's machine, a failure in CI."""

import pytest

from tests.support.optional import absent


def test_absence_skips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no anvil"):
        absent("no anvil")


def test_absence_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no anvil"):
        absent("no anvil")
