"""camt.054: notifications of single bookings, evidence without balances.

In: a message name. Out: the collector that reads it. Called by: reader, by discovery.
"""

from __future__ import annotations

from node.bank.collector import names
from node.bank.report import ReportCollector
from node.bank.statement import NOTIFICATION

NAMES = names("camt.054.001", 2, 12)


def collector(name: str) -> ReportCollector:
    """The collector for one Document of this name."""
    return ReportCollector(name, kind=NOTIFICATION, body="BkToCstmrDbtCdtNtfctn", report="Ntfctn")
