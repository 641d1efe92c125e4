"""pacs.009: credit transfers between banks for their own account or to cover a customer payment.

In: a message name. Out: the collector that reads it. Called by: reader, by discovery.
"""

from __future__ import annotations

from node.bank.collector import names
from node.bank.transfer import TransferCollector

NAMES = names("pacs.009.001", 8, 12)


def collector(name: str) -> TransferCollector:
    """The collector for one Document of this name."""
    return TransferCollector(name, body="FICdtTrf")
