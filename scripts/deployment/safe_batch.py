"""Writes calls as the file that a Safe's web application takes in ("Transaction Builder").

In: a path, a chain, calls. Out: the file. Called by: upgrade, deploy.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path


def write_batch(path: Path, chain_id: int, calls: Iterable[tuple[str, str, str]]) -> None:
    """Each call is what it is for, to whom it goes, and its calldata."""
    listed = list(calls)
    batch = {
        "version": "1.0",
        "chainId": str(chain_id),
        "meta": {"name": ", ".join(what for what, _, _ in listed)},
        "transactions": [{"to": to, "value": "0", "data": data} for _, to, data in listed],
    }
    path.write_text(json.dumps(batch, indent=1) + "\n", "utf-8")
