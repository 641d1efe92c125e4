"""Turns one booked entry of a camt message, with its transaction details, into statement lines.

In: the elements Ntry and TxDtls. Out: `StatementEntry`s without a position. Called by: report.
RvslInd never turns a sign: CdtDbtInd is the real direction already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from lxml.etree import _Element as Element

from node.bank import element as field
from node.bank.balances import CREDIT, DEBIT, SIDES, signed
from node.bank.statement import BOOKED, INFORMATION, PENDING, StatementEntry
from node.core.money import Asset, Money

_STATUSES: Final = {
    BOOKED: BOOKED,
    PENDING: PENDING,
    INFORMATION: INFORMATION,
    "FUTR": PENDING,  # announced for a later day
}
_AGENT: Final = ("FinInstnId/BICFI", "FinInstnId/BIC", "FinInstnId/Nm")
_PARTY: Final = ("Nm", "Pty/Nm", "Agt/FinInstnId/Nm", "Agt/FinInstnId/BICFI")
_NOTHING: Final = ""


@dataclass(frozen=True, slots=True)
class Detail:
    """One TxDtls; `amount` is None when it is not in the account's currency or not given."""

    amount: Money | None
    settled_on: date | None
    uetr: str
    end_to_end_id: str
    instruction_id: str
    servicer_reference: str
    counterparties: dict[str, str]  # by the direction of the money
    narrative: str
    line: int


def read_detail(element: Element, of: Asset) -> Detail:
    """The transaction details as they stand, before anyone asks whether they add up."""
    references = field.at(element, "Refs")
    return Detail(
        amount=_detail_amount(element, of),
        settled_on=field.day(element, "RltdDts/IntrBkSttlmDt"),
        uetr=_NOTHING if references is None else field.uetr(references, "UETR"),
        end_to_end_id=_reference(references, "EndToEndId"),
        instruction_id=_reference(references, "InstrId"),
        servicer_reference=_reference(references, "AcctSvcrRef"),
        counterparties={CREDIT: _party(element, "Dbtr"), DEBIT: _party(element, "Cdtr")},
        narrative=_remittance(element),
        line=field.line_of(element),
    )


def read_entry(
    element: Element, details: list[Detail], of: Asset, otherwise: date | None
) -> list[StatementEntry]:
    """The lines of one entry: one, or one per detail when these add up exactly.

    `otherwise` is the day to use when the entry names none.
    """
    whole = signed(element, field.amount(field.required(element, "Amt"), of))
    settled_on = next((each.settled_on for each in details if each.settled_on), None)
    booking = field.day(element, "BookgDt/Dt", "BookgDt/DtTm")
    value = field.day(element, "ValDt/Dt", "ValDt/DtTm")
    booking_date = booking or value or settled_on or otherwise
    value_date = value or booking or settled_on or otherwise
    if booking_date is None or value_date is None:
        raise field.missing(element, "BookgDt")
    status = _status(element)
    reversal = field.flag(element, "RvslInd")
    servicer = field.reference(element, "AcctSvcrRef", "NtryRef")
    remark = field.text(element, "AddtlNtryInf")

    def line(detail: Detail, amount: Money) -> StatementEntry:
        side = CREDIT if amount.minor_units >= 0 else DEBIT
        return StatementEntry(
            position=0,
            amount=amount,
            status=status,
            booking_date=booking_date,
            value_date=value_date,
            uetr=detail.uetr,
            end_to_end_id=detail.end_to_end_id,
            instruction_id=detail.instruction_id,
            servicer_reference=detail.servicer_reference or servicer,
            counterparty=detail.counterparties.get(side, ""),
            narrative=detail.narrative or remark,
            reversal=reversal,
            line=detail.line,
        )

    if len(details) > 1 and _adds_up(details, whole):
        return [line(each, each.amount) for each in details if each.amount is not None]
    return [line(_shared(details, field.line_of(element)), whole)]


def _adds_up(details: Iterable[Detail], whole: Money) -> bool:
    units = [None if each.amount is None else each.amount.minor_units for each in details]
    return None not in units and sum(filter(None, units)) == whole.minor_units


def _shared(details: list[Detail], line: int) -> Detail:
    """What all details of an entry that stays whole have in common."""

    def same(get: Callable[[Detail], str]) -> str:
        values = {get(each) for each in details}
        return values.pop() if len(values) == 1 else ""

    return Detail(
        amount=None,
        settled_on=None,
        uetr=same(lambda each: each.uetr),
        end_to_end_id=same(lambda each: each.end_to_end_id),
        instruction_id=same(lambda each: each.instruction_id),
        servicer_reference=same(lambda each: each.servicer_reference),
        counterparties={
            CREDIT: same(lambda each: each.counterparties[CREDIT]),
            DEBIT: same(lambda each: each.counterparties[DEBIT]),
        },
        narrative=same(lambda each: each.narrative),
        line=line,
    )


def _status(element: Element) -> str:
    coded = field.at(element, "Sts/Cd") is not None
    path = "Sts/Cd" if coded else "Sts"
    return _STATUSES[field.choice(element, path, frozenset(_STATUSES))]


def _detail_amount(element: Element, of: Asset) -> Money | None:
    for path in ("Amt", "AmtDtls/TxAmt/Amt"):
        found = field.at(element, path)
        if found is not None and field.amount_currency(found) == of.code:
            return _directed(element, field.amount(found, of))
    return None


def _directed(detail: Element, amount: Money) -> Money:
    own = detail if field.at(detail, "CdtDbtInd") is not None else None
    entry = next(detail.iterancestors(str(detail.tag).replace("TxDtls", "Ntry")), None)
    source = own if own is not None else entry
    if source is None:
        return amount
    return amount if field.choice(source, "CdtDbtInd", SIDES) == CREDIT else -amount


def _reference(references: Element | None, name: str) -> str:
    return _NOTHING if references is None else field.reference(references, name)


def _party(detail: Element, role: str) -> str:
    """The party by name, then the ultimate party, then its agent."""
    for within, tag, paths in (
        ("RltdPties", role, _PARTY),
        ("RltdPties", f"Ultmt{role}", _PARTY),
        ("RltdAgts", f"{role}Agt", _AGENT),
    ):
        group = field.at(detail, within)
        found = None if group is None else field.at(group, tag)
        name = _NOTHING if found is None else field.text(found, *paths)
        if name:
            return name
    return _NOTHING


def _remittance(detail: Element) -> str:
    information = field.at(detail, "RmtInf")
    if information is not None:
        free = " ".join(each.text or "" for each in field.each(information, "Ustrd"))
        structured = (
            field.text(each, "CdtrRefInf/Ref") for each in field.each(information, "Strd")
        )
        said = field.shortened(free) or next(filter(None, structured), _NOTHING)
        if said:
            return said
    return field.text(detail, "AddtlTxInf")
