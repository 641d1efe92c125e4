"""The fields that MT940 and MT942 share: messages, balances, lines and their details.

In: the lines of a file. Out: `Message`s of `Field`s; balances and statement lines read from them.
Called by: formats mt940 and mt942. Source: SWIFT Standards MT, category 9, as far as banks follow
it: fields 61 and 86 are read in the dialects listed in docs/bank-files.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from node.bank import text as plain
from node.bank.element import shortened
from node.bank.statement import BOOKED, INFORMATION, StatementEntry
from node.bank.text import Line
from node.core.money import Asset, Money

_TAG: Final = re.compile(r":(\d{2}[A-Z]?):(.*)", re.DOTALL)
# {4: opens the text of a message in FIN; a file may hold many, or bare texts between lines of -.
_BLOCK: Final = re.compile(r"^(?:\{[1235]:.*?\}\s*)*\{4:\s*")
_END: Final = re.compile(r"-\}?.*|-+")
_BALANCE: Final = re.compile(r"([CD])([0-9]{6})([A-Z]{3})([0-9,]+)")
_LINE: Final = re.compile(
    r"(?P<value>[0-9]{6})(?P<entry>[0-9]{4}|\s{4})?\s*(?P<mark>R?[CD]|E[CD])(?P<funds>[A-Z])??"
    r"(?P<amount>[0-9]+,[0-9]*)(?P<kind>[A-Z][A-Z0-9]{3})(?P<rest>.*)",
    re.DOTALL,
)
_SUBFIELD: Final = re.compile(r"\?(\d{2})")
_SLASHED: Final = re.compile(r"/(EREF|NAME|REMI|CREF|IREF)/(.*?)(?=/[A-Z]{3,4}/|$)", re.DOTALL)
_PLUSSED: Final = re.compile(r"(EREF|KREF|SVWZ|MREF)\+(.*?)(?=[A-Z]{4}\+|$)", re.DOTALL)
_NARRATIVE: Final = tuple(f"{each:02}" for each in (*range(20, 30), *range(60, 64)))
_NUMBER: Final = re.compile(r"([0-9]{1,9})(?:/([0-9]{1,9}))?")
_HALF_A_YEAR: Final = timedelta(days=183)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a message: its tag, its lines joined by line feeds, where it stands."""

    tag: str
    value: str
    line: int


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its fields in their order."""

    fields: tuple[Field, ...]
    line: int

    def first(self, *tags: str) -> Field | None:
        """The first field under one of these tags."""
        return next((each for each in self.fields if each.tag in tags), None)

    def last(self, *tags: str) -> Field | None:
        """The last one."""
        return next((each for each in reversed(self.fields) if each.tag in tags), None)

    def required(self, *tags: str) -> Field:
        """The first one. Raises `FieldMissing`."""
        found = self.first(*tags)
        if found is None:
            raise plain.missing(f"field {' or '.join(tags)} of the message", self.line)
        return found


@dataclass(frozen=True, slots=True)
class Balance:
    """A balance, signed, and its day."""

    amount: Money
    on: date


@dataclass(frozen=True, slots=True)
class Details:
    """What field 86 says of a line, whichever way a bank writes it."""

    end_to_end_id: str = ""
    counterparty: str = ""
    narrative: str = ""
    uetr: str = ""


def messages(lines: Iterable[Line]) -> Iterator[Message]:
    """Every message of a file; one begins with field 20."""
    fields: list[Field] = []
    for field in _fields(lines):
        if field.tag == "20" and fields:
            yield Message(tuple(fields), fields[0].line)
            fields = []
        fields.append(field)
    if fields:
        yield Message(tuple(fields), fields[0].line)


def _fields(lines: Iterable[Line]) -> Iterator[Field]:
    open_: Field | None = None
    for line in lines:
        text = _BLOCK.sub("", line.text)
        found = _TAG.match(text)
        if found is None and open_ is not None and text.strip() and not _END.fullmatch(text):
            open_ = Field(open_.tag, f"{open_.value}\n{text}", open_.line)
            continue
        if open_ is not None and (found is not None or _END.fullmatch(text)):
            yield open_
            open_ = None
        if found is not None:
            open_ = Field(found[1], found[2], line.number)
    if open_ is not None:
        yield open_


def balance(field: Field) -> Balance:
    """Fields 60, 62, 64 and 65. Raises a leaf of `FileRefused`."""
    found = _BALANCE.fullmatch(field.value.strip())
    if found is None:
        raise plain.invalid(f"balance (field {field.tag})", field.value, field.line)
    of = plain.asset(found[3], field.line)
    amount = plain.amount(found[4], of, field.line, mark=",")
    return Balance(amount if found[1] == "C" else -amount, plain.short_day(found[2], field.line))


def account(field: Field, of: Asset) -> str:
    """The account of field 25, without the currency that some banks append to an IBAN."""
    value = "".join(field.value.split("\n")[0].split())
    short = value.removesuffix(of.code)
    return short if short != value and value[:2].isalpha() else value


def statement_number(field: Field | None) -> tuple[int | None, int]:
    """Number and page of field 28 or 28C: `5/2` is page 2 of statement 5."""
    if field is None:
        return None, 1
    found = _NUMBER.fullmatch(field.value.strip())
    if found is None:
        raise plain.invalid("statement number (field 28C)", field.value, field.line)
    return int(found[1]), int(found[2] or 1) or 1


def entries(fields: Iterable[Field], of: Asset, status: str = BOOKED) -> list[StatementEntry]:
    """The lines of a statement: each field 61 with the 86 that follows it at once."""
    found: list[StatementEntry] = []
    given = list(fields)
    for at, field in enumerate(given):
        if field.tag == "61":
            follows = given[at + 1] if at + 1 < len(given) else None
            details = details_of(follows.value) if follows and follows.tag == "86" else Details()
            found.append(_entry(field, details, of, len(found) + 1, status))
    return found


def _entry(field: Field, details: Details, of: Asset, position: int, status: str) -> StatementEntry:
    first, _, supplement = field.value.partition("\n")
    found = _LINE.fullmatch(first.strip())
    if found is None:
        raise plain.invalid("statement line (field 61)", first, field.line)
    amount = plain.amount(found["amount"], of, field.line, mark=",")
    # RC takes a credit back, so it is a debit; RD the other way round.
    credit = found["mark"] in {"C", "EC", "RD"}
    value_date = plain.short_day(found["value"], field.line)
    own, _, banks = found["rest"].partition("//")
    told = f"{supplement}\n{details.narrative}"
    return StatementEntry(
        position=position,
        amount=amount if credit else -amount,
        # Some banks tell balances as lines of no money.
        status=status if amount.minor_units else INFORMATION,
        booking_date=_entry_date(found["entry"], value_date, field.line),
        value_date=value_date,
        uetr=details.uetr or plain.uetr_within(told),
        end_to_end_id=details.end_to_end_id or plain.reference(own, field.line),
        instruction_id="",
        servicer_reference=plain.reference(banks, field.line),
        counterparty=details.counterparty,
        narrative=details.narrative or shortened(supplement),
        reversal=found["mark"].startswith("R"),
        line=field.line,
    )


def _entry_date(text: str | None, value_date: date, line: int) -> date:
    """The booking day MMDD in the year in which it is nearest to the value date."""
    if text is None or not text.strip():
        return value_date
    for year in (value_date.year, value_date.year - 1, value_date.year + 1):
        try:
            day = date(year, int(text[:2]), int(text[2:]))
        except ValueError:
            continue
        if abs(day - value_date) < _HALF_A_YEAR:
            return day
    raise plain.invalid("booking day (MMDD)", text, line)


def details_of(value: str) -> Details:
    """Field 86: German subfields (`?20`), slashed codes (`/EREF/`), SEPA codes, or free text."""
    uetr = plain.uetr_within(value.replace("\n", ""))
    if len(_SUBFIELD.findall(value)) > 1:
        return _german(value, uetr)
    slashed = {code: " ".join(said.split()) for code, said in _SLASHED.findall(value)}
    if slashed:
        return Details(
            _reference(slashed.get("EREF", "")),
            shortened(slashed.get("NAME", "")),
            shortened(slashed.get("REMI") or value),
            uetr,
        )
    return Details(narrative=shortened(value), uetr=uetr)


def _german(value: str, uetr: str) -> Details:
    parts = _SUBFIELD.split(value.replace("\n", ""))
    by_code = dict(zip(parts[1::2], parts[2::2], strict=False))
    narrative = "".join(by_code.get(code, "") for code in _NARRATIVE)
    coded = {code: said.strip() for code, said in _PLUSSED.findall(narrative)}
    return Details(
        _reference(coded.get("EREF", "")),
        shortened(by_code.get("32", "") + by_code.get("33", "")),
        shortened(coded.get("SVWZ") or narrative),
        uetr or plain.uetr_within(narrative),
    )


def _reference(text: str) -> str:
    """What stands in a narrative is never a reason to refuse a file."""
    value = text.strip()
    return "" if value.upper() in plain.NOTHING or len(value) > 140 else value  # noqa: PLR2004
