"""The chain of hashes through the journal: a link covers an entry's content and the link before.

In: an entry, the link before it. Out: its link. Called by: journal, sealing. Pure.
Whoever changes a row must change its link and that of every entry after it.
"""

from __future__ import annotations

import json
from datetime import UTC
from hashlib import sha256
from typing import Final

from node.ledger.entry import Entry

FIRST: Final = "0" * 64  # before the first entry


def content_of(entry: Entry) -> bytes:
    """All that an entry says, in one spelling; its place is given by the chain."""
    postings = [[each.account, each.side.value, each.amount] for each in entry.postings]
    content = [
        str(entry.id),
        entry.phase.value,
        entry.rule,
        entry.currency,
        entry.uetr,
        entry.expectation_id,
        entry.event_key,
        entry.resolves and str(entry.resolves),
        entry.reversal_of and str(entry.reversal_of),
        entry.value_date.isoformat(),
        entry.recorded_at.astimezone(UTC).isoformat(),
        entry.narrative,
        entry.evidence,
        postings,
    ]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


def link_of(before: str, entry: Entry) -> str:
    """SHA-256 over the link before and the content, in hex."""
    return sha256(bytes.fromhex(before) + content_of(entry)).hexdigest()
