"""Builds bank messages as text, in any version, right or wrong on purpose.

In: the parts that a test cares about. Out: XML as bytes. Used by tests of bank and what reads it.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from node.bank.statement import BOOKED, STATEMENT, Statement, StatementEntry
from node.core.money import Money, currency

UETR = "7a562c67-ca16-48ba-b074-65581be6f001"
NUMBER = "9875687"
NOW = datetime(2026, 10, 5, 18, 0, tzinfo=UTC)
CAD = currency("CAD")
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"


def balance(code: str, amount: str, *, side: str = "CRDT", on: str = "2026-10-05") -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='CAD'>{amount}</Amt>"
        f"<CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>{on}</Dt></Dt></Bal>"
    )


def entry(
    amount: str,
    *,
    side: str = "CRDT",
    status: str = "<Cd>BOOK</Cd>",
    ccy: str = "CAD",
    dates: str = "<BookgDt><Dt>2026-10-05</Dt></BookgDt><ValDt><Dt>2026-10-06</Dt></ValDt>",
    reversal: str = "",
    details: str = "",
) -> str:
    return (
        f"<Ntry><Amt Ccy='{ccy}'>{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>{reversal}"
        f"<Sts>{status}</Sts>{dates}<AcctSvcrRef>SVC-1</AcctSvcrRef>{details}</Ntry>"
    )


def detail(amount: str = "", *, ccy: str = "CAD", refs: str = "", more: str = "") -> str:
    amt = f"<Amt Ccy='{ccy}'>{amount}</Amt>" if amount else ""
    return f"<TxDtls><Refs>{refs}</Refs>{amt}{more}</TxDtls>"


def report(
    body: str,
    *,
    identifier: str = "STMT-1",
    account: str = f"<Id><Othr><Id>{NUMBER}</Id></Othr></Id><Ccy>CAD</Ccy>",
    before: str = "",
    tag: str = "Stmt",
) -> str:
    return f"<{tag}><Id>{identifier}</Id>{before}<Acct>{account}</Acct>{body}</{tag}>"


def camt053(*reports: str, version: int = 8, message_id: str = "MSG-1") -> bytes:
    return document(
        f"camt.053.001.{version:02d}",
        f"<BkToCstmrStmt>{_header(message_id)}{''.join(reports)}</BkToCstmrStmt>",
    )


def camt054(*reports: str, version: int = 8, message_id: str = "MSG-1") -> bytes:
    inner = f"{_header(message_id)}{''.join(reports)}"
    return document(
        f"camt.054.001.{version:02d}",
        f"<BkToCstmrDbtCdtNtfctn>{inner}</BkToCstmrDbtCdtNtfctn>",
    )


def one_day(opening: str, entries: str, closing: str, **parts: str) -> bytes:
    """A camt.053.001.08 of one statement, with credit balances."""
    on = parts.pop("on", "2026-10-05")
    message_id = parts.pop("message_id", "MSG-1")
    balances = balance("OPBD", opening, on=on) + balance("CLBD", closing, on=on)
    return camt053(report(balances + entries, **parts), message_id=message_id)


def document(name: str, inner: str) -> bytes:
    return f"<?xml version='1.0'?>\n<Document xmlns='{NAMESPACE}{name}'>{inner}</Document>".encode()


def statement(
    opening: int = 0,
    amounts: Sequence[int] = (),
    *,
    identifier: str = "STMT-1",
    number: str = NUMBER,
    on: date = date(2026, 10, 5),
    uetr: str = "",
) -> Statement:
    """A statement that proves, ready to be written."""
    entries = tuple(
        StatementEntry(
            position=place,
            amount=Money(units, CAD),
            status=BOOKED,
            booking_date=on,
            value_date=on,
            uetr=uetr,
            end_to_end_id=f"E2E-{place}",
            instruction_id=f"INS-{place}",
            servicer_reference=f"SVC-{identifier}-{place}",
            counterparty="Maple Trading",
            narrative=f"Invoice {place}",
            reversal=False,
            line=1,
        )
        for place, units in enumerate(amounts, start=1)
    )
    return Statement(
        kind=STATEMENT,
        message_id=f"MSG-{identifier}",
        statement_id=identifier,
        number=1,
        account_number=number,
        currency="CAD",
        opening=Money(opening, CAD),
        closing=Money(opening + sum(amounts), CAD),
        opening_date=on,
        closing_date=on,
        entries=entries,
        line=1,
    )


def _header(message_id: str) -> str:
    return f"<GrpHdr><MsgId>{message_id}</MsgId><CreDtTm>2026-10-05T18:00:00Z</CreDtTm></GrpHdr>"
