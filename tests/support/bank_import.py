"""Imports bank files in a test, and says what came of it.

In: an engine and the bytes of a file. Out: `Received`, the refusal, counts of what is on record.
Used by tests of bank and what reads it.
"""

import pytest
from sqlalchemy import Engine

from node.bank import store
from node.bank.importer import Received, receive
from node.bank.statement import Statement
from node.bank.writer import write_camt053
from node.core.errors import Rejected
from node.db.unit_of_work import read_only
from node.ledger import store as books
from tests.support.bank_messages import NOW, NUMBER
from tests.support.clock import Clock

NOSTRO = f"NOSTRO:CAD:{NUMBER}"


def written(of: Statement) -> bytes:
    return write_camt053(of, owner_bic="NWBKGB2L", servicer_bic="ROYCCAT2", created_at=NOW)


def take(engine: Engine, content: bytes, name: str = "day.xml") -> Received:
    return receive(engine, content, name, received_by="bank-a", clock=Clock(NOW))


def refused(engine: Engine, content: bytes, name: str = "day.xml") -> Rejected:
    with pytest.raises(Rejected) as caught:
        take(engine, content, name)
    return caught.value


def counts(engine: Engine) -> tuple[int, int, int]:
    """Accepted files, statements, journal entries."""
    with read_only(engine) as session:
        accepted = [each for each in store.files(session) if each.accepted]
        return len(accepted), len(store.statements(session)), len(books.entries(session))
