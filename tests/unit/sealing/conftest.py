"""Books with a few entries, an audit trail, and a seal over both; on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from node.control import audit
from node.db.unit_of_work import unit_of_work
from node.ledger import journal
from node.sealing.sealer import seal_all
from tests.support.ledger_books import (
    ALICE,
    BOB,
    NOSTRO,
    NOW,
    new_entry,
    pending,
    post_pending,
    posted,
)


@pytest.fixture
def written(engine: Engine) -> Engine:
    """Four entries under one seal, three actions under another, one entry behind them."""
    with unit_of_work(engine) as session:
        for account in (NOSTRO, ALICE, BOB):
            journal.open_account(session, account, at=NOW)
        for name in ("opened", "changed", "closed"):
            audit.record(
                session, actor="teller", action=name, subject="case 1", detail={"why": name}, at=NOW
            )
    for name in ("first", "second"):
        posted(engine, new_entry(name))
    post_pending(engine, pending(engine, new_entry("third")).id)
    with unit_of_work(engine) as session:
        seal_all(session, NOW)
    posted(engine, new_entry("behind the seal"))
    return engine
