"""What one entry of a statement means: sign, amount, dates, status, and when a batch is split.

In: built messages. Run by pytest.
"""

import pytest

from node.bank.reader import read
from node.bank.statement import Statement, StatementEntry
from tests.support.bank_messages import (
    UETR,
    detail,
    entry,
    one_day,
)


def only(content: bytes) -> Statement:
    (found,) = read(content, "x").statements
    return found


def first(details: str = "", **parts: str) -> StatementEntry:
    inner = f"<NtryDtls>{details}</NtryDtls>" if details else ""
    return only(one_day("0", entry("5.00", details=inner, **parts), "5.00")).entries[0]


@pytest.mark.parametrize(
    ("side", "reversal", "units"),
    [
        ("CRDT", "", 500),
        ("DBIT", "", -500),
        ("CRDT", "<RvslInd>true</RvslInd>", 500),
        ("DBIT", "<RvslInd>1</RvslInd>", -500),
        ("DBIT", "<RvslInd>false</RvslInd>", -500),
    ],
)
def test_a_reversal_does_not_turn_the_sign(side: str, reversal: str, units: int) -> None:
    line = first(side=side, reversal=reversal)
    assert line.amount.minor_units == units
    assert line.reversal == (">true" in reversal or ">1" in reversal)


@pytest.mark.parametrize(
    ("text", "units"),
    [("5", 500), ("5.", 500), ("5.1", 510), (".5", 50), ("0005.10", 510), ("5.1000", 510)],
)
def test_decimals_are_exact(text: str, units: int) -> None:
    assert only(one_day("0", entry(text), "5")).entries[0].amount.minor_units == units


@pytest.mark.parametrize(
    ("status", "kept"),
    [("PDNG", "PDNG"), ("<Cd>INFO</Cd>", "INFO"), ("<Cd>FUTR</Cd>", "PDNG"), ("BOOK", "BOOK")],
)
def test_statuses(status: str, kept: str) -> None:
    assert first(status=status).status == kept


@pytest.mark.parametrize(
    ("dates", "booked", "valued"),
    [
        ("<BookgDt><DtTm>2026-10-04T23:30:00-05:00</DtTm></BookgDt>", 4, 4),
        ("<ValDt><Dt>2026-10-06Z</Dt></ValDt>", 6, 6),
        ("<BookgDt><Dt>2026-10-03</Dt></BookgDt><ValDt><Dt>2026-10-07</Dt></ValDt>", 3, 7),
        ("", 5, 5),
    ],
)
def test_dates_stand_in_for_each_other(dates: str, booked: int, valued: int) -> None:
    line = first(dates=dates)
    assert (line.booking_date.day, line.value_date.day) == (booked, valued)


def test_a_batch_that_adds_up_is_split() -> None:
    refs = [f"<EndToEndId>E{n}</EndToEndId>" for n in (1, 2, 3)]
    parts = [detail(text, refs=ref) for text, ref in zip(("1", "2.5", "1.5"), refs, strict=True)]
    batch = entry("5.00", side="DBIT", details=f"<NtryDtls>{''.join(parts)}</NtryDtls>")
    found = only(one_day("9", batch + entry("1"), "5"))
    assert [each.amount.minor_units for each in found.entries] == [-100, -250, -150, 100]
    assert [each.position for each in found.entries] == [1, 2, 3, 4]
    assert [each.end_to_end_id for each in found.entries] == ["E1", "E2", "E3", ""]


@pytest.mark.parametrize(
    "parts",
    [
        detail("1.00") + detail("2.00"),
        detail("3.00") + detail(),
        detail("2.50", ccy="USD") + detail("2.50"),
        detail("5.00", more="<CdtDbtInd>CRDT</CdtDbtInd>")
        + detail("5.00", more="<CdtDbtInd>DBIT</CdtDbtInd>"),
    ],
)
def test_a_batch_that_does_not_add_up_stays_one_entry(parts: str) -> None:
    found = only(one_day("0", entry("5.00", details=f"<NtryDtls>{parts}</NtryDtls>"), "5"))
    assert [each.amount.minor_units for each in found.entries] == [500]


def test_details_of_opposite_directions_are_netted() -> None:
    fee = detail("0.50", more="<CdtDbtInd>DBIT</CdtDbtInd>")
    parts = f"<NtryDtls>{detail('5.50')}</NtryDtls><NtryDtls>{fee}</NtryDtls>"
    found = only(one_day("0", entry("5.00", details=parts), "5"))
    assert [each.amount.minor_units for each in found.entries] == [550, -50]


def test_a_whole_batch_keeps_what_its_details_share() -> None:
    shared = f"<UETR>{UETR}</UETR>"
    parts = detail(refs=f"<EndToEndId>A</EndToEndId>{shared}") + detail(refs=shared)
    assert (first(parts).uetr, first(parts).end_to_end_id) == (UETR, "")


def test_a_placeholder_is_no_reference() -> None:
    refs = "<InstrId>NONREF</InstrId><EndToEndId>NOTPROVIDED</EndToEndId>"
    line = first(detail("5.00", refs=refs))
    assert (line.end_to_end_id, line.instruction_id) == ("", "")


def test_text_is_put_on_one_line_and_kept_readable() -> None:
    more = f"<RmtInf><Ustrd>a\n\tb&#x85;\u202ec</Ustrd><Ustrd>{'d' * 5000}</Ustrd></RmtInf>"
    line = first(detail("5.00", more=more))
    assert line.narrative.startswith("a b c ddd")
    assert len(line.narrative) == 1000
    assert line.narrative.isprintable()
