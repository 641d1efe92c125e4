"""Writes a camt.053 as a busy nostro has one: many booked entries, each with its references.

In: how many entries. Out: bytes, the same each time. Called by: the benchmarks of bank files.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from node.core.money import decimal_text

_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
_OPENING = 1_000_000_00


def statement_file(entries: int) -> bytes:
    """One statement whose opening balance and entries give its closing balance."""
    amounts = [100 + place * 37 % 99_991 for place in range(entries)]
    body = "".join(_entry(place, amount) for place, amount in enumerate(amounts))
    closing = _OPENING + sum(amounts)
    return "".join(
        [
            f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{_NAMESPACE}">',
            "<BkToCstmrStmt><GrpHdr><MsgId>BENCH</MsgId>",
            "<CreDtTm>2026-10-05T18:00:00Z</CreDtTm></GrpHdr><Stmt><Id>BENCH-1</Id>",
            "<Acct><Id><Othr><Id>9875687</Id></Othr></Id><Ccy>CAD</Ccy></Acct>",
            *_balances(closing),
            body,
            "</Stmt></BkToCstmrStmt></Document>",
        ]
    ).encode()


def _balances(closing: int) -> Iterator[str]:
    for code, amount in (("OPBD", _OPENING), ("CLBD", closing)):
        yield (
            f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
            f'<Amt Ccy="CAD">{decimal_text(amount, 2)}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
            "<Dt><Dt>2026-10-05</Dt></Dt></Bal>"
        )


def _entry(place: int, amount: int) -> str:
    uetr = UUID(int=place, version=4)
    money = f'<Amt Ccy="CAD">{decimal_text(amount, 2)}</Amt>'
    return (
        f"<Ntry><NtryRef>{place}</NtryRef>{money}<CdtDbtInd>CRDT</CdtDbtInd>"
        "<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-10-05</Dt></BookgDt>"
        f"<ValDt><Dt>2026-10-05</Dt></ValDt><AcctSvcrRef>SVC-{place}</AcctSvcrRef>"
        f"<NtryDtls><TxDtls><Refs><InstrId>INS-{place}</InstrId><EndToEndId>E2E-{place}"
        f"</EndToEndId><UETR>{uetr}</UETR></Refs>{money}<CdtDbtInd>CRDT</CdtDbtInd>"
        f"<RltdPties><Dbtr><Pty><Nm>Customer {place % 500}</Nm></Pty></Dbtr></RltdPties>"
        f"<RmtInf><Ustrd>Invoice {place}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n"
    )
