"""What a test may need and a machine may lack: the test is skipped by name, in CI it fails.

In: a reason in one sentence. Out: never returns. Called by fixtures that found their tool absent.
"""

import os
from typing import NoReturn

import pytest


def absent(reason: str) -> NoReturn:
    """Skip the test with this reason; where CI installs everything, fail instead."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must have it: {reason}", pytrace=False)
    pytest.skip(reason)
