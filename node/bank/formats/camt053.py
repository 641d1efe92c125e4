"""camt.053: end-of-day statements, with balances that are proved.

In: a message name. Out: the collector that reads it. Called by: reader, by discovery.
"""

from __future__ import annotations

from node.bank.collector import names
from node.bank.report import ReportCollector
from node.bank.statement import STATEMENT

NAMES = names("camt.053.001", 2, 12)


def collector(name: str) -> ReportCollector:
    """The collector for one Document of this name."""
    return ReportCollector(name, kind=STATEMENT, body="BkToCstmrStmt", report="Stmt")
