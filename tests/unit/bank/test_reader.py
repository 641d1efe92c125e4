"""What the reader understands: every version, every wrapping, every way to say the same.

In: built messages, and samples of real banks where the machine has them. Run by pytest.
"""

from datetime import date
from pathlib import Path

import pytest

from node.bank.reader import read
from node.bank.statement import NOTIFICATION, STATEMENT, Statement
from tests.support.bank_messages import (
    NAMESPACE,
    UETR,
    balance,
    camt053,
    camt054,
    detail,
    document,
    entry,
    one_day,
    report,
)

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples"


def only(content: bytes) -> Statement:
    (found,) = read(content, "x").statements
    return found


@pytest.mark.parametrize("version", range(2, 13))
def test_every_version_of_camt053_is_read(version: int) -> None:
    status = "BOOK" if version < 4 else "<Cd>BOOK</Cd>"
    party = "<Nm>Maple</Nm>" if version < 8 else "<Pty><Nm>Maple</Nm></Pty>"
    refs = f"<EndToEndId>E2E</EndToEndId><UETR>{UETR.upper()}</UETR>"
    amount = "<AmtDtls><TxAmt><Amt Ccy='CAD'>5.00</Amt></TxAmt></AmtDtls>" if version < 4 else ""
    more = f"{amount}<RltdPties><Dbtr>{party}</Dbtr></RltdPties>"
    tx = detail("" if amount else "5.00", refs=refs, more=more)
    body = balance("OPBD", "1") + balance("CLBD", "6")
    entries = entry("5.00", status=status, details=f"<NtryDtls>{tx}</NtryDtls>")
    message = read(camt053(report(body + entries), version=version), "x")
    assert message.format == f"camt.053.001.{version:02d}"
    (found,) = message.statements
    assert (found.kind, found.message_id, found.statement_id) == (STATEMENT, "MSG-1", "STMT-1")
    assert (found.opening, found.closing) != (None, None)
    (line,) = found.entries
    assert (line.amount.minor_units, line.uetr, line.counterparty) == (500, UETR, "Maple")
    assert (line.status, line.end_to_end_id) == ("BOOK", "E2E")


@pytest.mark.parametrize("version", range(2, 13))
def test_every_version_of_camt054_is_read(version: int) -> None:
    status = "BOOK" if version < 4 else "<Cd>BOOK</Cd>"
    content = camt054(report(entry("5.00", status=status), tag="Ntfctn"), version=version)
    found = only(content)
    assert (found.kind, found.opening, found.closing) == (NOTIFICATION, None, None)
    assert found.entries[0].amount.minor_units == 500


@pytest.mark.parametrize(
    ("name", "body"),
    [(f"pacs.008.001.{version:02d}", "FIToFICstmrCdtTrf") for version in range(8, 14)]
    + [(f"pacs.009.001.{version:02d}", "FICdtTrf") for version in range(8, 13)],
)
def test_every_version_of_a_payment_is_read(name: str, body: str) -> None:
    bank = "<FinInstnId><BICFI>{}</BICFI></FinInstnId>"
    party = "<Nm>{}</Nm>" if name.startswith("pacs.008") else bank
    tx = (
        f"<CdtTrfTxInf><PmtId><InstrId>I</InstrId><EndToEndId>E</EndToEndId><UETR>{UETR}</UETR>"
        "</PmtId><IntrBkSttlmAmt Ccy='JPY'>500</IntrBkSttlmAmt>"
        f"<Dbtr>{party.format('AAAACATT')}</Dbtr>"
        "<DbtrAcct><Id><IBAN>DE02100100109307118603</IBAN></Id></DbtrAcct>"
        f"<DbtrAgt>{bank.format('BBBBCATT')}</DbtrAgt><CdtrAgt>{bank.format('CCCCCATT')}</CdtrAgt>"
        f"<Cdtr>{party.format('DDDDCATT')}</Cdtr>"
        "<CdtrAcct><Id><Othr><Id>77</Id></Othr></Id></CdtrAcct></CdtTrfTxInf>"
    )
    header = "<GrpHdr><MsgId>M</MsgId><NbOfTxs>1</NbOfTxs>"
    day = "<IntrBkSttlmDt>2026-10-05</IntrBkSttlmDt></GrpHdr>"
    message = read(document(name, f"<{body}>{header}{day}{tx}</{body}>"), "x")
    (found,) = message.payments
    assert (found.name, found.message_id, found.uetr, str(found.amount)) == (
        name,
        "M",
        UETR,
        "JPY 500",
    )
    assert (found.debtor, found.creditor) == ("AAAACATT", "DDDDCATT")
    assert (found.debtor_agent, found.creditor_agent) == ("BBBBCATT", "CCCCCATT")
    assert (found.debtor_account, found.creditor_account) == ("DE02100100109307118603", "77")
    assert (found.settlement_date, found.cover) == (date(2026, 10, 5), False)


def test_a_cover_payment_keeps_its_own_parties() -> None:
    inner = "<UndrlygCstmrCdtTrf><Dbtr><Nm>Customer</Nm></Dbtr></UndrlygCstmrCdtTrf>"
    bank = "<Dbtr><FinInstnId><BICFI>AAAACATT</BICFI></FinInstnId></Dbtr>"
    amount = "<IntrBkSttlmAmt Ccy='CAD'>1</IntrBkSttlmAmt>"
    tx = f"<CdtTrfTxInf><PmtId/>{amount}{bank}{inner}</CdtTrfTxInf>"
    (found,) = read(document("pacs.009.001.08", f"<FICdtTrf>{tx}</FICdtTrf>"), "x").payments
    assert (found.debtor, found.cover, found.uetr) == ("AAAACATT", True, "")


@pytest.mark.parametrize(
    "wrap",
    [
        f"<Envelope xmlns='urn:e'><AppHdr xmlns='{NAMESPACE}head.001.001.02'/>{{}}</Envelope>",
        f"<Envelope xmlns='urn:e'><AppHdr xmlns='{NAMESPACE}head.001.001.04'/>{{}}</Envelope>",
        "<e:BizMsgEnvlp xmlns:e='urn:e'><e:Hdr/><e:Body>{}</e:Body></e:BizMsgEnvlp>",
        "<Saa:RequestPayload xmlns:Saa='urn:swift:saa'>{}</Saa:RequestPayload>",
        "<RequestPayload>{}</RequestPayload>",
    ],
)
def test_an_envelope_is_looked_through(wrap: str) -> None:
    inner = one_day("1", entry("2.00"), "3").decode().partition("\n")[2]
    assert only(wrap.format(inner).encode()).entries[0].amount.minor_units == 200


def test_a_prefix_changes_nothing() -> None:
    plain = one_day("1", entry("2.00"), "3").decode().partition("\n")[2]
    prefixed = plain.replace("</", "\0").replace("<", "<c:").replace("\0", "</c:")
    assert only(prefixed.replace("xmlns=", "xmlns:c=").encode()) == only(plain.encode())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_encodings_say_the_same(encoding: str) -> None:
    text = one_day("1", entry("2.00"), "3", identifier="É-1").decode()
    head = text.replace("version='1.0'", "version='1.0' encoding='UTF-16'")
    content = (text if encoding.startswith("utf-8") else head).encode(encoding)
    assert only(content).statement_id == "É-1"


def test_latin_1_is_read_as_declared() -> None:
    text = one_day("1", "", "1", identifier="É-1").decode()
    declared = text.replace("version='1.0'", "version='1.0' encoding='ISO-8859-1'")
    assert only(declared.encode("latin-1")).statement_id == "É-1"


def test_supplementary_data_is_not_taken_for_the_message() -> None:
    foreign = one_day("7", entry("9.00"), "16").decode().partition("\n")[2]
    extra = f"<SplmtryData><Envlp>{foreign}</Envlp></SplmtryData>"
    found = read(one_day("1", entry("2.00") + extra, "3"), "x")
    assert [len(each.entries) for each in found.statements] == [1]
    assert found.statements[0].entries[0].amount.minor_units == 200


@pytest.mark.parametrize(
    ("codes", "opening", "closing"),
    [
        (["PRCD", "CLBD"], 1, 2),
        (["PRCD", "OPBD", "CLAV", "CLBD"], 2, 4),
        (["PRCD", "PRCD", "CLBD"], 1, 3),
        (["OPBD", "ITBD"], 1, 2),
        (["ITBD", "ITBD"], 1, 2),
        (["ITBD", "CLBD"], 1, 2),
        (["OPAV", "CLAV"], 1, 2),
        (["CLBD", "OPBD"], 2, 1),
        (["OPBD"], 1, None),
        (["CLBD"], None, 1),
        (["ITBD"], 1, None),
        (["XPCD"], None, None),
    ],
)
def test_balances(codes: list[str], opening: int | None, closing: int | None) -> None:
    body = "".join(balance(code, f"{n}.00") for n, code in enumerate(codes, start=1))
    found = only(camt053(report(body)))
    units = [money and money.minor_units for money in (found.opening, found.closing)]
    assert units == [opening and opening * 100, closing and closing * 100]


def test_a_debit_balance_is_negative() -> None:
    body = balance("OPBD", "3", side="DBIT") + balance("CLBD", "3", side="DBIT")
    assert str(only(camt053(report(body))).opening) == "CAD -3.00"


def test_an_iban_is_taken_before_another_number() -> None:
    iban = "<Id><IBAN>DE02100100109307118603</IBAN></Id><Ccy>CAD</Ccy>"
    assert only(one_day("1", "", "1", account=iban)).account_number == "DE02100100109307118603"


def test_a_currency_is_found_where_the_account_has_none() -> None:
    account = "<Id><Othr><Id>1</Id></Othr></Id>"
    assert only(camt054(report(entry("5"), account=account, tag="Ntfctn"))).currency == "CAD"
    assert only(one_day("1", "", "1", account=account)).currency == "CAD"


@pytest.mark.parametrize(
    ("before", "number"),
    [
        ("<LglSeqNb>12</LglSeqNb>", 12),
        ("<ElctrncSeqNb>9</ElctrncSeqNb><LglSeqNb>12</LglSeqNb>", 12),
        ("<ElctrncSeqNb>9</ElctrncSeqNb><LglSeqNb>20261005001</LglSeqNb>", 9),
        ("<LglSeqNb>99999999999999999999</LglSeqNb>", None),
        ("", None),
    ],
)
def test_a_sequence_number_that_fits_is_kept(before: str, number: int | None) -> None:
    assert only(one_day("1", "", "1", before=before)).number == number


def test_several_statements_in_one_file_stay_apart() -> None:
    pairs = [report(balance("OPBD", n) + entry(n), identifier=f"S{n}") for n in ("1", "2")]
    found = read(camt053(*pairs), "x").statements
    assert [(each.statement_id, len(each.entries)) for each in found] == [("S1", 1), ("S2", 1)]
    assert [each.entries[0].amount.minor_units for each in found] == [100, 200]
    assert [each.entries[0].position for each in found] == [1, 1]


def test_pages_without_balances_of_their_own_are_joined() -> None:
    pages = [
        report(
            body, before=f"<StmtPgntn><PgNb>{n}</PgNb><LastPgInd>{n == 3}</LastPgInd></StmtPgntn>"
        )
        for n, body in enumerate(
            [balance("OPBD", "1") + entry("1"), entry("2"), balance("CLBD", "7") + entry("3")],
            start=1,
        )
    ]
    found = only(camt053(*pages))
    assert [each.position for each in found.entries] == [1, 2, 3]
    assert (str(found.opening), str(found.closing)) == ("CAD 1.00", "CAD 7.00")


def test_pages_with_balances_stand_for_themselves() -> None:
    pages = [
        report(
            balance(first_, opens) + balance(last, closes) + entry("1"),
            before=f"<StmtPgntn><PgNb>{n}</PgNb></StmtPgntn>",
        )
        for n, (first_, opens, last, closes) in enumerate(
            [("OPBD", "1", "ITBD", "2"), ("ITBD", "2", "CLBD", "3")], start=1
        )
    ]
    found = read(camt053(*pages), "x").statements
    assert [(each.page, str(each.opening), str(each.closing)) for each in found] == [
        (1, "CAD 1.00", "CAD 2.00"),
        (2, "CAD 2.00", "CAD 3.00"),
    ]


def test_lines_are_those_of_the_file_also_far_down() -> None:
    content = one_day("1", "\n" * 70_000 + entry("1"), "2")
    assert only(content).entries[0].line == 70_002


@pytest.fixture
def samples() -> Path:
    if not SAMPLES.is_dir():
        pytest.skip("the sample bank files are not beside the repository")
    return SAMPLES


def test_the_statement_of_the_linked_case(samples: Path) -> None:
    found = only((samples / "cbpr_c5641" / "4_camt053_DtoE.xml").read_bytes())
    assert (str(found.opening), str(found.closing)) == ("CAD -96544.00", "CAD 2469428.00")
    assert [(str(each.amount), each.uetr) for each in found.entries] == [("CAD 2565972.00", UETR)]
    assert found.entries[0].booking_date == date(2021, 4, 27)


def test_the_payment_and_the_notification_of_the_linked_case(samples: Path) -> None:
    case = samples / "cbpr_c5641"
    (payment,) = read((case / "1_pacs009_BtoC.xml").read_bytes(), "x").payments
    line = only((case / "3_camt054_DtoE.xml").read_bytes()).entries[0]
    assert (payment.uetr, line.uetr) == (UETR, UETR)
    assert (payment.amount, payment.creditor) == (line.amount, "NWBKGB2L")


def test_the_finnish_statement_proves(samples: Path) -> None:
    found = only((samples / "camt053_v02_finland_fffs.xml").read_bytes())
    booked = sum(each.amount.minor_units for each in found.entries)
    assert found.opening is not None
    assert found.closing is not None
    assert found.opening.minor_units + booked == found.closing.minor_units == 2_364_483


def test_the_swiss_return_keeps_its_sign(samples: Path) -> None:
    found = only((samples / "camt054_v04_postfinance_returns_ch.xml").read_bytes())
    line = found.entries[0]
    assert (str(line.amount), line.reversal, found.currency) == ("CHF 500.00", True, "CHF")


@pytest.mark.parametrize("name", ["2_pacs002_CtoB.xml", "5_camt056_BtoE.xml", "6_camt029_EtoB.xml"])
def test_other_messages_of_the_case_are_named(samples: Path, name: str) -> None:
    with pytest.raises(Exception, match=NAMESPACE):
        read((samples / "cbpr_c5641" / name).read_bytes(), name)
