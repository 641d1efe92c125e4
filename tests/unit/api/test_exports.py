"""Exports over HTTP: the same rows as the lists, as files that are safe to open."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from uuid import uuid4

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine

from node.control.roles import Role
from tests.support.api_node import ApiNode
from tests.support.problems import problem
from tests.support.recon_cases import open_breaks
from tests.support.recon_records import Records

EVIL = '=HYPERLINK("http://x","y")'


@pytest.fixture
def node(engine: Engine) -> ApiNode:
    records = Records(engine)
    payment = str(uuid4())
    records.issue(500, payment)
    records.statement((480, payment))
    found = ApiNode(engine)
    (left,) = open_breaks(records)
    found.services().cases.assign(left.id, EVIL, by="maker")
    return found


def test_rows_are_handed_out_in_both_forms(node: ApiNode) -> None:
    with node.client(Role.TREASURER) as client:
        for what, count in (("breaks", 1), ("matches", 1), ("items", 3)):
            text = client.get(f"/v1/exports/{what}").content.decode("utf-8-sig")
            rows = list(csv.DictReader(StringIO(text, newline="")))
            assert len(rows) == count, what
            file = client.get(f"/v1/exports/{what}", params={"format": "xlsx"})
            page = load_workbook(BytesIO(file.content)).worksheets[0]
            assert page.max_row == count + 1
            assert file.headers["content-disposition"] == f'attachment; filename="{what}.xlsx"'
        text = client.get("/v1/exports/breaks", params={"open": True}).content.decode("utf-8-sig")
        (row,) = csv.DictReader(StringIO(text, newline=""))
        assert (row["Amount"], row["Owner"], row["Cause"]) == ("-0.20", f"'{EVIL}", "FEE")
        assert client.get("/v1/exports/items", params={"after": 3}).text.count("\n") == 1
        problem(client.get("/v1/exports/secrets"), 422, "INVALID_REQUEST")
        problem(client.get("/v1/exports/items?format=exe"), 422, "INVALID_REQUEST")
