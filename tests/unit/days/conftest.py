"""A business day with a difference that stands, and who may sign it."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from node.days.service import Days
from tests.support.recon_cases import open_breaks, uetr
from tests.support.recon_records import Records


@pytest.fixture
def records(engine: Engine) -> Records:
    """One payment that all records agree on, one that the bank paid short."""
    made = Records(engine)
    whole, short = uetr(), uetr()
    made.issue(500, whole)
    made.issue(700, short)
    made.statement((500, whole), (680, short))
    assert len(open_breaks(made)) == 1
    return made


@pytest.fixture
def days(records: Records) -> Days:
    return Days(records.engine, records.clock, records.prove)
