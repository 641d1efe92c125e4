"""Reads single fields of an XML element: text, dates, codes, exact amounts.

In: an element and a path of plain tag names. Out: values, or a refusal that names field and line.
Called by: the collectors of statements and payments. Tags are looked up in the element's own
namespace, so every version of a message is read by the same code.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Final, cast

from lxml.etree import _Element as Element

from node.bank.refusal import FileRefused
from node.core.errors import InvalidAmount, InvalidReference
from node.core.ids import parse_uetr
from node.core.money import Asset, Money, currency, parse_signed

REFERENCE_LENGTH_MAX: Final = 140
TEXT_LENGTH_MAX: Final = 1000
_NUMBER_MAX: Final = 2**31 - 1
_DATE: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?(?:Z|[+-]\d\d:\d\d)?", re.ASCII
)
_UNSIGNED: Final = re.compile(r"\d{0,30}(?:\.\d{0,30})?", re.ASCII)
_PLACEHOLDERS: Final = frozenset({"NOTPROVIDED", "NONREF"})
_TRUTH: Final = {"true": True, "1": True, "false": False, "0": False, "": False}


class FieldMissing(FileRefused):
    """The message lacks a field that it must have."""

    code = "FIELD_MISSING"
    title = "Field missing"


class FieldInvalid(FileRefused):
    """A field has a value that its type does not allow."""

    code = "FIELD_INVALID"
    title = "Field invalid"


class AmountRefused(FileRefused, InvalidAmount):
    """Not an unsigned decimal amount that fits."""

    code = "INVALID_AMOUNT"
    title = "Invalid amount"


class AmountTooPrecise(AmountRefused):
    """More decimals than the currency has; nothing is ever rounded."""

    code = "AMOUNT_TOO_PRECISE"
    title = "Amount too precise"


class CurrencyMismatch(FileRefused):
    """An amount is not in the currency of its account."""

    code = "CURRENCY_MISMATCH"
    title = "Currency mismatch"


def line_of(element: Element) -> int:
    """The line of the file on which the element starts."""
    found = cast("int | None", element.sourceline)
    return found or 1


def local_name(element: Element) -> str:
    """The tag without its namespace."""
    return str(element.tag).rpartition("}")[2]


def at(element: Element, path: str) -> Element | None:
    """The element at the path, by way of the first of each name."""
    found: Element | None = element
    for tag in _steps(str(element.tag), path):
        if found is None:
            break
        found = next(found.iterchildren(tag), None)
    return found


def each(element: Element, name: str) -> list[Element]:
    """All children of that name."""
    (tag,) = _steps(str(element.tag), name)
    return list(element.iterchildren(tag))


def text(element: Element, *paths: str) -> str:
    """The first text that is not empty, on one line, shortened when it is a novel; or ''."""
    for path in paths:
        found = at(element, path)
        if found is not None and found.text:
            tidied = tidy(found.text)
            if tidied:
                return _shortened(tidied)
    return ""


def reference(element: Element, *paths: str) -> str:
    """An identifier, whole; '' when absent or when it only says that there is none."""
    for path in paths:
        found = at(element, path)
        value = tidy(found.text or "") if found is not None else ""
        if found is not None and len(value) > REFERENCE_LENGTH_MAX:
            raise FieldInvalid(
                f"{path} has {len(value)} characters: {value[:35]!r}…",
                remedy=f"An identifier has at most {REFERENCE_LENGTH_MAX} characters.",
                line=line_of(found),
            )
        if value and value.upper() not in _PLACEHOLDERS:
            return value
    return ""


def required(element: Element, path: str) -> Element:
    """The element at the path; raises `FieldMissing`."""
    found = at(element, path)
    if found is None or not (found.text or "").strip():
        raise missing(element, path)
    return found


def missing(element: Element, path: str) -> FieldMissing:
    """The refusal that names the field and where it should stand."""
    return FieldMissing(
        f"{local_name(element)} has no {path}",
        remedy="Ask the bank for a message that is complete.",
        line=line_of(element),
    )


def invalid(element: Element, why: str) -> FieldInvalid:
    """The refusal of a field's value."""
    return FieldInvalid(
        f"{local_name(element)} {tidy(element.text or '')[:40]!r} {why}",
        remedy="Ask the bank for a message that follows the ISO 20022 schema.",
        line=line_of(element),
    )


def choice(element: Element, path: str, allowed: frozenset[str]) -> str:
    """A code that must be one of those allowed."""
    found = required(element, path)
    value = (found.text or "").strip()
    if value not in allowed:
        raise invalid(found, f"is not one of {', '.join(sorted(allowed))}")
    return value


def flag(element: Element, path: str) -> bool:
    """A boolean; absent means false."""
    found = at(element, path)
    if found is None:
        return False
    truth = _TRUTH.get((found.text or "").strip())
    if truth is None:
        raise invalid(found, "is not true or false")
    return truth


def number(element: Element, *paths: str) -> int | None:
    """The first whole number that fits 31 bits; some banks write dates there, which do not."""
    for path in paths:
        found = text(element, path)
        if found.isascii() and found.isdigit() and len(found) <= len(str(_NUMBER_MAX)):
            value = int(found)
            if value <= _NUMBER_MAX:
                return value
    return None


def day(element: Element, *paths: str) -> date | None:
    """The first date, or date of a time as the bank wrote it, at the paths."""
    for path in paths:
        found = at(element, path)
        if found is not None and (found.text or "").strip():
            return _day(found)
    return None


def uetr(element: Element, path: str) -> str:
    """A UETR in lower case, or ''."""
    found = at(element, path)
    value = (found.text or "").strip() if found is not None else ""
    if found is None or not value:
        return ""
    try:
        return str(parse_uetr(value))
    except InvalidReference as error:
        raise invalid(found, "is not a UETR (UUID version 4)") from error


def asset(element: Element, code: str) -> Asset:
    """The currency of a code written at the element."""
    try:
        return currency(code)
    except InvalidAmount as error:
        raise FieldInvalid(error.detail, remedy=error.remedy, line=line_of(element)) from error


def amount_currency(element: Element) -> str:
    """The currency an amount is written in."""
    code = str(element.get("Ccy") or "").strip()
    if not code:
        raise missing(element, "Ccy")
    return code


def amount(element: Element, of: Asset) -> Money:
    """An unsigned amount in exactly this currency."""
    code = amount_currency(element)
    if code != of.code:
        raise CurrencyMismatch(
            f"an amount is in {code[:20]}, its account is in {of.code}",
            remedy="Ask the bank to report each currency in a statement of its own.",
            line=line_of(element),
        )
    value = (element.text or "").strip()
    if not _UNSIGNED.fullmatch(value) or not value.strip("."):
        raise AmountRefused(
            f"{value[:40]!r} is not an unsigned decimal amount",
            remedy="Amounts carry no sign; CdtDbtInd says the direction.",
            line=line_of(element),
        )
    whole, _, fraction = value.partition(".")
    if fraction[of.scale :].strip("0"):
        raise AmountTooPrecise(
            f"{value[:40]} has more than {of.scale} decimals, which {of.code} does not have",
            remedy="Ask the bank for the booked amount; it is never rounded here.",
            line=line_of(element),
        )
    try:
        return parse_signed(f"{whole or '0'}.{fraction}", of)
    except InvalidAmount as error:
        raise AmountRefused(error.detail, remedy=error.remedy, line=line_of(element)) from error


def tidy(value: str) -> str:
    """Text on one line: what cannot be printed becomes a space, spaces are collapsed."""
    printable = (char if char.isprintable() else " " for char in value)
    plain = value if value.isprintable() else "".join(printable)
    return " ".join(plain.split())


def shortened(value: str) -> str:
    """Text that is for people, not for matching, at a length people read."""
    return _shortened(tidy(value))


def _shortened(value: str) -> str:
    return value if len(value) <= TEXT_LENGTH_MAX else value[: TEXT_LENGTH_MAX - 1] + "…"


def _day(element: Element) -> date:
    found = _DATE.fullmatch((element.text or "").strip())
    try:
        if found:
            return date.fromisoformat(found[1])
    except ValueError as error:
        raise invalid(element, "is not a date") from error
    raise invalid(element, "is not a date")


@lru_cache(maxsize=8192)
def _steps(tag: str, path: str) -> tuple[str, ...]:
    namespace = tag.rpartition("}")[0].removeprefix("{")
    return tuple(f"{{{namespace}}}{name}" for name in path.split("/"))
