"""Sheets as files: whole, in their order, and nothing in them is a formula."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from node.sheets.csv_text import csv_text
from node.sheets.sheet import Sheet
from node.sheets.workbook import workbook

DANGEROUS = (
    *('=HYPERLINK("http://x")', "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1"),
    "-",
)


def read(text: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(text.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_begins_as_a_formula_is_text(text: str) -> None:
    sheet = Sheet("S", ("a",), ((text,),))
    assert read(csv_text(sheet))[1] == [f"'{text}"]
    page = load_workbook(BytesIO(workbook([sheet])))["S"]
    assert page["A2"].data_type == "s"


@pytest.mark.parametrize("text", ["-12.50", "0", "12", "a=b", "", "é"])
def test_what_is_none_stays_as_it_is(text: str) -> None:
    assert read(csv_text(Sheet("S", ("a",), ((text,),))))[1] == [text]


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5))
def test_whatever_is_written_comes_back_cell_by_cell(rows: list[tuple[str, str]]) -> None:
    kept = [tuple(each.encode("utf-8", "ignore").decode() for each in row) for row in rows]
    found = read(csv_text(Sheet("S", ("a", "b"), tuple(kept))))
    assert len(found) == len(kept) + 1
    for told, row in zip(found[1:], kept, strict=True):
        assert [each.removeprefix("'") for each in told] == [e.removeprefix("'") for e in row]


def test_a_letter_that_a_workbook_cannot_hold_becomes_a_space() -> None:
    page = load_workbook(BytesIO(workbook([Sheet("S", ("a",), (("x\x00\x0by",),))])))["S"]
    assert page["A2"].value == "x  y"
