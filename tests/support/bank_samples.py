"""Genuine bank files beside the repository, where there are any.

In: a name. Out: its bytes, or the test is skipped. Used by tests of bank formats.
"""

from __future__ import annotations

import pytest

from tests.support.command_line import ROOT

SAMPLES = ROOT.parent / "shared" / "samples"


def sample(name: str) -> bytes:
    """The bytes of a sample file."""
    if not SAMPLES.is_dir():
        pytest.skip("the sample bank files are not beside the repository")
    return (SAMPLES / name).read_bytes()
