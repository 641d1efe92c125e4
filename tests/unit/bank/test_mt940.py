"""MT940 and MT942: what banks send under these names, in their dialects.

In: messages written here. Out: statements, or the refusal. Run by pytest.
"""

from __future__ import annotations

from datetime import date

import pytest

from node.bank.reader import read
from node.bank.refusal import FileRefused
from node.bank.statement import BOOKED, INFORMATION, NOTIFICATION, STATEMENT, Statement
from tests.support.bank_samples import sample

UETR = "7a562c67-ca16-48ba-b074-65581be6f001"
HEAD = ":20:STARTUMS\n:25:DE02100100109307118603\n:28C:5/1\n:60F:C261001EUR1000,00\n"
TAIL = ":62F:C261002EUR990,00\n-\n"
LINE = ":61:2610021002D10,00NTRFREF-1//BANK-9\n"


def statements(text: str) -> tuple[Statement, ...]:
    return read(text.encode(), "day.sta").statements


def only(text: str) -> Statement:
    (found,) = statements(text)
    return found


def refused(text: str) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        statements(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (HEAD.replace(":25:DE02100100109307118603\n", "") + TAIL, "FIELD_MISSING", 1),
        (HEAD.replace("261001", "261301") + TAIL, "FIELD_INVALID", 4),
        (HEAD.replace("1000,00", "1000,001") + TAIL, "AMOUNT_TOO_PRECISE", 4),
        (HEAD.replace("1000,00", "1,000,00") + TAIL, "INVALID_AMOUNT", 4),
        (HEAD.replace("5/1", "five") + TAIL, "FIELD_INVALID", 3),
        (HEAD + ":61:261002X10,00NTRFREF\n" + TAIL, "FIELD_INVALID", 5),
        (HEAD + ":61:2610021302D10,00NTRFREF\n" + TAIL, "FIELD_INVALID", 5),
        (HEAD + LINE.replace("REF-1", "R" * 141) + TAIL, "FIELD_INVALID", 5),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(text: str, code: str, line: int) -> None:
    found = refused(text)
    assert (found.code, found.line, found.format) == (code, line, "MT940")


def test_a_statement_with_its_balances() -> None:
    found = only(HEAD + LINE + TAIL)
    assert (found.kind, found.account_number, found.currency) == (
        STATEMENT, "DE02100100109307118603", "EUR",
    )  # fmt: skip
    assert found.opening is not None
    assert found.closing is not None
    assert (found.opening.minor_units, found.closing.minor_units) == (100_000, 99_000)
    assert (found.opening_date, found.closing_date) == (date(2026, 10, 1), date(2026, 10, 2))
    assert (found.number, found.page, found.statement_id) == (5, 1, "STARTUMS")
    (entry,) = found.entries
    assert (entry.amount.minor_units, entry.status, entry.line) == (-1_000, BOOKED, 5)
    assert (entry.end_to_end_id, entry.servicer_reference) == ("REF-1", "BANK-9")


@pytest.mark.parametrize(
    ("mark", "units", "reversal"),
    [("C", 1_000, False), ("D", -1_000, False), ("RC", -1_000, True), ("RD", 1_000, True)],
)
def test_a_reversal_turns_what_it_takes_back(mark: str, units: int, *, reversal: bool) -> None:
    (entry,) = only(HEAD + LINE.replace("D10", f"{mark}10") + TAIL).entries
    assert (entry.amount.minor_units, entry.reversal) == (units, reversal)


@pytest.mark.parametrize(
    ("value", "booked", "expected"),
    [
        ("261231", "0102", date(2027, 1, 2)),
        ("270102", "1231", date(2026, 12, 31)),
        ("261002", "    ", date(2026, 10, 2)),
        ("261002", "", date(2026, 10, 2)),
    ],
)
def test_the_booking_day_is_in_the_year_nearest_to_the_value_date(
    value: str, booked: str, expected: date
) -> None:
    (entry,) = only(HEAD + f":61:{value}{booked}D10,00NTRFREF\n" + TAIL).entries
    assert entry.booking_date == expected


def test_a_line_without_money_is_information() -> None:
    found = only(HEAD + ":61:261002CD0,00NDEFNONREF//\n/C 37897,00\n" + TAIL)
    assert [(each.status, each.end_to_end_id) for each in found.entries] == [(INFORMATION, "")]


def test_details_behind_the_closing_balance_belong_to_the_statement() -> None:
    found = only(HEAD + LINE + TAIL.replace("-\n", ":65:C261003EUR990,00\n:86:Of the day\n-\n"))
    assert [each.narrative for each in found.entries] == [""]


def test_german_subfields_glued_and_broken_over_lines() -> None:
    details = (
        ":86:166?00GUTSCHRIFT?109310?20EREF+INV-2026-\n0001?21SVWZ+Rent Octo\n?22ber?30BANKDEFF"
        "?31DE89370400440532013000?32Erika Muster?33mann\n"
    )
    (entry,) = only(HEAD + LINE.replace("REF-1", "NONREF") + details + TAIL).entries
    assert (entry.end_to_end_id, entry.counterparty) == ("INV-2026-0001", "Erika Mustermann")
    assert entry.narrative == "Rent October"


def test_slashed_codes_and_a_uetr() -> None:
    details = f":86:/EREF/E2E-77/NAME/Acme BV/REMI/Invoice 9 UETR {UETR}\n"
    (entry,) = only(HEAD + LINE + details + TAIL).entries
    assert (entry.end_to_end_id, entry.counterparty, entry.uetr) == ("E2E-77", "Acme BV", UETR)


def test_a_reference_longer_than_the_standard_allows_is_kept_whole() -> None:
    reference = "A-REFERENCE-OF-THIRTY-FIVE-CHARACTER"
    (entry,) = only(HEAD + LINE.replace("REF-1", reference) + TAIL).entries
    assert entry.end_to_end_id == reference


def test_several_statements_and_pages_in_blocks_of_fin() -> None:
    page = HEAD.replace("5/1", "5/2").replace("60F", "60M") + TAIL
    first = HEAD + LINE + TAIL.replace("62F", "62M")
    wrapped = "".join(
        "{1:F01BANKDEFFAXXX0000000000}{2:O9400000261002BANKDEFF}{3:{108:MUR}}{4:\n"
        + each.removesuffix("-\n") + "-}\n"
        for each in (first, page, HEAD.replace("5/1", "6/1") + TAIL)
    )  # fmt: skip
    found = statements(wrapped)
    assert [(each.number, each.page, len(each.entries)) for each in found] == [
        (5, 1, 1), (5, 2, 0), (6, 1, 0),
    ]  # fmt: skip


def test_an_account_with_its_currency_appended() -> None:
    found = only((HEAD + TAIL).replace("118603\n", "118603EUR\n"))
    assert found.account_number == "DE02100100109307118603"


def test_line_ends_and_encodings() -> None:
    text = HEAD + LINE + ":86:M\u00fcller\n" + TAIL
    for content in (
        text.encode(), text.replace("\n", "\r\n").encode("latin-1"),
        b"\xef\xbb\xbf" + text.encode(), text.replace("\n", "\r").encode(),
    ):  # fmt: skip
        (found,) = read(content, "day.sta").statements
        assert [each.narrative for each in found.entries] == ["M\u00fcller"]


INTERIM = (
    ":20:INTERIM\n:25:DE02100100109307118603\n:28C:7/1\n:34F:EURD0,\n:13D:2610021130+0100\n"
    ":61:2610021002D10,00NTRFREF-1//BANK-9\n:61:2610021002C4,00NTRFREF-2\n"
    ":90D:1EUR10,00\n:90C:1EUR4,00\n-\n"
)


def test_an_interim_report_is_evidence_only() -> None:
    found = only(INTERIM)
    assert (found.kind, found.opening, found.closing) == (NOTIFICATION, None, None)
    assert [each.amount.minor_units for each in found.entries] == [-1_000, 400]


@pytest.mark.parametrize("wrong", [":90D:2EUR10,00", ":90D:1EUR10,01"])
def test_an_interim_report_that_does_not_add_up_is_refused(wrong: str) -> None:
    found = refused(INTERIM.replace(":90D:1EUR10,00", wrong))
    assert (found.code, found.format, found.line) == ("STATEMENT_SUM_WRONG", "MT942", 8)


def test_the_genuine_samples() -> None:
    (found,) = read(sample("mt940_citi.sta"), "citi").statements
    assert found.opening is not None
    assert found.closing is not None
    booked = sum(each.amount.minor_units for each in found.entries if each.status == BOOKED)
    assert found.opening.minor_units + booked == found.closing.minor_units
    assert len(found.entries) == 5
    assert [len(each.entries) for each in read(sample("mt940_abnamro.sta"), "abn").statements] == [
        8, 2,
    ]  # fmt: skip
