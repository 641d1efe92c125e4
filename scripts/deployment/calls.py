"""Tells what an account whose key is elsewhere has to send, on a screen, as JSON and as a file.

In: calls. Out: text, JSON, and the file that a Safe's Transaction Builder takes in. Called by:
deploy, upgrade.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.text import Text

from node.chain.deployment.scheduled import Call

_CALLDATA_SHOWN: Final = 74


def call_text(call: Call) -> Text:
    """One call; its data is cut, the file has all of it."""
    data = call.data if len(call.data) < _CALLDATA_SHOWN else f"{call.data[:_CALLDATA_SHOWN]}…"
    return Text(f"{call.account} has to send {call.what}\n  to   {call.to}\n  data {data}\n")


def calls_as_json(calls: Sequence[Call]) -> list[dict[str, str]]:
    """Calls as JSON carries them."""
    return [
        {"what": each.what, "account": each.account, "to": each.to, "data": each.data}
        for each in calls
    ]


def leave_batch(record: Path, chain_id: int, calls: Sequence[Call]) -> None:
    """Leave the calls beside the record; an older file of them goes."""
    path = record.with_suffix(".safe.json")
    path.unlink(missing_ok=True)
    if not calls:
        return
    batch = {
        "version": "1.0",
        "chainId": str(chain_id),
        "meta": {"name": ", ".join(each.what for each in calls)},
        "transactions": [{"to": each.to, "value": "0", "data": each.data} for each in calls],
    }
    path.write_text(json.dumps(batch, indent=1) + "\n", "utf-8")
    print(f"for the Safe: {path}", file=sys.stderr)
