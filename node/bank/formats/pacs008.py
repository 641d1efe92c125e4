"""pacs.008: customer credit transfers between banks.

In: a message name. Out: the collector that reads it. Called by: reader, by discovery.
"""

from __future__ import annotations

from node.bank.collector import names
from node.bank.transfer import TransferCollector

NAMES = names("pacs.008.001", 8, 13)


def collector(name: str) -> TransferCollector:
    """The collector for one Document of this name."""
    return TransferCollector(name, body="FIToFICstmrCdtTrf")
