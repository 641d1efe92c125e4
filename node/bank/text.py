"""Bank files that are no XML: their bytes as numbered lines, and the values such lines hold.

In: bytes; text with the number of its line. Out: `Line`s, money, days, references, or a leaf of
`FileRefused` that names the line. Called by: reader, and the formats of plain text.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from node.bank.element import (
    REFERENCE_LENGTH_MAX,
    AmountRefused,
    AmountTooPrecise,
    FieldInvalid,
    FieldMissing,
    tidy,
)
from node.bank.encoding import EncodingRefused
from node.core.errors import InvalidAmount, Rejected
from node.core.ids import parse_uetr
from node.core.money import Asset, Money, currency

NOTHING: Final = frozenset({"NOTPROVIDED", "NONREF", "NONREF//"})
_LINE_ENDS: Final = re.compile(r"\r\n|\n|\r")
_CENTURY: Final = 2000
_DIGITS_MAX: Final = 30
_SHORT_DAY: Final = re.compile(r"[0-9]{6}")
# What banks put in front of the UUID that names the payment; elsewhere a UUID may be anything.
_UETR: Final = re.compile(
    r"UETR[/:+ ]*([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file, without what ends it."""

    number: int
    text: str


def lines_of(content: bytes) -> list[Line]:
    """The lines of a file in UTF-8, else in windows-1252. Raises `EncodingRefused`."""
    plain = content.removeprefix(codecs.BOM_UTF8)
    place = plain.find(b"\x00")
    if place >= 0:
        raise EncodingRefused(
            f"byte {place} is zero: this is no text",
            remedy="Send the file as the bank made it, in UTF-8 or ISO-8859-1.",
            line=plain.count(b"\n", 0, place) + 1,
        )
    try:
        text = plain.decode("utf-8")
    except UnicodeDecodeError:
        text = plain.decode("windows-1252", errors="replace")
    return [Line(at, each) for at, each in enumerate(_LINE_ENDS.split(text), start=1)]


def missing(what: str, line: int) -> FieldMissing:
    """The refusal of something that lacks a field."""
    return FieldMissing(
        f"{what} is missing", remedy="Ask the bank to follow its own format.", line=line
    )


def invalid(what: str, value: str, line: int) -> FieldInvalid:
    """The refusal of a value that cannot be what it should be."""
    return FieldInvalid(
        f"{tidy(value)[:60]!r} is no {what}",
        remedy="Ask the bank to follow its own format.",
        line=line,
    )


def asset(code: str, line: int) -> Asset:
    """The currency of a code. Raises `FieldInvalid`."""
    try:
        return currency(code.strip().upper())
    except InvalidAmount as error:
        raise FieldInvalid(error.detail, remedy=error.remedy, line=line) from error


def amount(text: str, of: Asset, line: int, *, mark: str) -> Money:
    """An unsigned decimal with this decimal mark. Raises `AmountRefused`, `AmountTooPrecise`."""
    whole, _, fraction = text.strip().partition(mark)
    digits = whole + fraction
    if not digits.isascii() or not digits.isdigit() or len(digits) > _DIGITS_MAX:
        raise AmountRefused(
            f"{tidy(text)[:40]!r} is not an unsigned amount with {mark!r} before the decimals",
            remedy="Thousands are not separated, and the sign stands in a field of its own.",
            line=line,
        )
    if fraction[of.scale :].strip("0"):
        raise AmountTooPrecise(
            f"{text[:40]} has more than {of.scale} decimals, which {of.code} does not have",
            remedy="Ask the bank for the booked amount; it is never rounded here.",
            line=line,
        )
    units = int((whole or "0") + fraction[: of.scale].ljust(of.scale, "0"))
    return units_of(units, of, line)


def units_of(units: int, of: Asset, line: int) -> Money:
    """Signed minor units. Raises `AmountRefused` beyond what books hold."""
    try:
        return Money(units, of)
    except InvalidAmount as error:
        raise AmountRefused(error.detail, remedy=error.remedy, line=line) from error


def short_day(text: str, line: int) -> date:
    """A day written YYMMDD. Raises `FieldInvalid`."""
    if _SHORT_DAY.fullmatch(text) is None:
        raise invalid("day (YYMMDD)", text, line)
    try:
        return date(_CENTURY + int(text[:2]), int(text[2:4]), int(text[4:]))
    except ValueError:
        raise invalid("day (YYMMDD)", text, line) from None


def reference(text: str, line: int) -> str:
    """An identifier, whole; '' where it only says that there is none."""
    value = tidy(text)
    if len(value) > REFERENCE_LENGTH_MAX:
        raise FieldInvalid(
            f"a reference has {len(value)} characters: {value[:35]!r}…",
            remedy=f"An identifier has at most {REFERENCE_LENGTH_MAX} characters.",
            line=line,
        )
    return "" if value.upper() in NOTHING else value


def uetr_within(text: str) -> str:
    """The UETR that a narrative names as such, in lower case; ''."""
    found = _UETR.search(text)
    return found[1].lower() if found else ""


def uetr(text: str, line: int) -> str:
    """A UETR in lower case, or ''. Raises `FieldInvalid`."""
    if not text.strip():
        return ""
    try:
        return str(parse_uetr(text.strip().lower()))
    except Rejected:
        raise invalid("UETR (UUID version 4)", text, line) from None
