"""What the reader refuses, and that each refusal says where and why.

In: files that are hostile, broken, or of another kind. Run by pytest.
"""

import tracemalloc
from pathlib import Path

import pytest

from node.bank import reader
from node.bank.reader import read
from node.bank.refusal import FileRefused
from tests.support.bank_messages import (
    NAMESPACE,
    balance,
    camt053,
    detail,
    document,
    entry,
    one_day,
    report,
)

GOOD = one_day("10.00", entry("5.00", details=f"<NtryDtls>{detail('5.00')}</NtryDtls>"), "15.00")
LONG_ID = f"<InstrId>{'x' * 141}</InstrId>"
DOCTYPE = "<!DOCTYPE Document [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"


def refused(content: bytes) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read(content, "statement.xml")
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be", "cp037"],
)
def test_a_doctype_is_refused_in_every_encoding(encoding: str) -> None:
    text = f"\n{DOCTYPE}\n<Document xmlns='{NAMESPACE}camt.053.001.08'/>"
    assert refused(text.encode(encoding)).code == "DOCTYPE_REFUSED"


def test_a_doctype_is_found_behind_a_comment_and_told_with_its_line() -> None:
    found = refused(b"<?xml version='1.0'?>\n<!-- x -->\n" + DOCTYPE.encode() + b"<a>&x;</a>")
    assert (found.code, found.line) == ("DOCTYPE_REFUSED", 3)
    assert found.problem()["line"] == "3"


@pytest.mark.parametrize("encoding", ["utf-32", "utf-32-le", "utf-32-be", "cp037", "cp500"])
def test_other_encodings_are_refused(encoding: str) -> None:
    assert refused(GOOD.decode().encode(encoding)).code == "ENCODING_REFUSED"


@pytest.mark.parametrize("name", ["UTF-7", "utf-32", "EBCDIC-CP-US", "no-such-thing", "UTF-16"])
def test_a_declared_encoding_that_hides_text_is_refused(name: str) -> None:
    content = GOOD.replace(b"version='1.0'", f"version='1.0' encoding='{name}'".encode())
    assert refused(content).code == "ENCODING_REFUSED"


@pytest.mark.parametrize(
    "content",
    [b"", b" ", b"\x00", b"\xff\xfe", b"<a", b"<a/><b/>"],
)
def test_xml_that_is_none_is_malformed(content: bytes) -> None:
    found = refused(content)
    assert (found.code, found.line) == ("FILE_MALFORMED", 1)


@pytest.mark.parametrize("content", [b":20:940S", b"not xml at all", b"{}", b"\n\n01,2\n"])
def test_text_of_no_known_format_is_unknown(content: bytes) -> None:
    assert refused(content).code == "FORMAT_UNKNOWN"


def test_every_truncation_is_refused() -> None:
    codes = {refused(GOOD[:length]).code for length in range(len(GOOD))}
    assert codes == {"FILE_MALFORMED"}


def test_a_malformed_file_names_its_line() -> None:
    found = refused(b"<Document\nxmlns='x'>\n<a>\n</b>\n</Document>")
    assert (found.code, found.line) == ("FILE_MALFORMED", 4)
    assert found.detail.startswith("line 4: ")


def test_an_unknown_entity_is_refused_even_when_a_message_follows() -> None:
    padding = b" " * (reader._PIECE_BYTES - len(b"<a>&foo;"))
    assert refused(b"<a>&foo;" + padding + GOOD).code == "FILE_MALFORMED"


def test_control_characters_are_malformed() -> None:
    for mark in (b"\x00", b"\x01", b"&#0;", b"&#1;", b"\x1f", b"&#xD800;", b"\xff"):
        assert refused(GOOD.replace(b"SVC-1", mark)).code == "FILE_MALFORMED"


def test_a_file_over_200_mb_is_refused_before_it_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert reader.SIZE_BYTES_MAX == 200 * 1024 * 1024
    monkeypatch.setattr(reader, "SIZE_BYTES_MAX", len(GOOD))
    found = refused(GOOD + b"\xff")
    assert (found.code, found.status) == ("FILE_TOO_LARGE", 413)


def test_a_flood_of_tags_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "TAGS_MAX", 100)
    assert refused(b"<a>" + b"<b/>" * 200 + b"</a>").code == "FILE_TOO_LARGE"


def test_a_flood_of_records_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "RECORDS_MAX", 10)
    flood = one_day("0", entry("0.00") * 20, "0")
    assert refused(flood).code == "FILE_TOO_LARGE"


def test_a_record_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "RECORD_BYTES_MAX", 128 * 1024)
    assert refused(b"<a>" + b"<b>x</b>" * 100_000 + b"</a>").code == "FILE_TOO_LARGE"


def test_a_flood_around_records_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "RECORD_BYTES_MAX", 128 * 1024)
    junk = "<GrpHdr/>" + "<x>y</x>" * 20_000
    for flood in (junk * 3, f"<NtryDtls>{junk * 3}</NtryDtls>"):
        assert refused(one_day("0", flood, "0")).code == "FILE_TOO_LARGE"
    spread = one_day("0", (entry("1.00") + "<x/>" * 100 + "<Bal/>") * 50, "50.00")
    assert len(read(spread, "x").statements[0].entries) == 50


@pytest.mark.parametrize(
    "content",
    [b"<a>" * 400 + b"</a>" * 400, b"<a>" + b"x" * 11_000_000 + b"</a>"],
)
def test_deep_and_endless_elements_are_refused(content: bytes) -> None:
    assert refused(content).code in {"FILE_MALFORMED", "FILE_TOO_LARGE"}


@pytest.mark.parametrize(
    ("namespace", "named"),
    [
        (f"{NAMESPACE}camt.053.001.01", "camt.053.001.01"),
        (f"{NAMESPACE}camt.053.001.13", "camt.053.001.13"),
        (f"{NAMESPACE}camt.053.001.8", "camt.053.001.8"),
        (f"{NAMESPACE}pacs.009.001.07", "pacs.009.001.07"),
        (f"{NAMESPACE}pain.001.001.09", "pain.001.001.09"),
        ("urn:other:camt.053.001.08", "urn:other:camt.053.001.08"),
        ("camt.053.001.08", "'camt.053.001.08'"),
    ],
)
def test_another_message_is_named(namespace: str, named: str) -> None:
    found = refused(f"<Document xmlns='{namespace}'><x/></Document>".encode())
    assert found.code == "FORMAT_UNKNOWN"
    assert named in found.detail
    assert "camt.053.001" in found.remedy


def test_a_document_without_namespace_is_unknown() -> None:
    found = refused(GOOD.replace(f" xmlns='{NAMESPACE}camt.053.001.08'".encode(), b""))
    assert found.code == "FORMAT_UNKNOWN"
    assert "without a namespace" in found.detail


def test_an_envelope_without_document_is_unknown() -> None:
    found = refused(b"<Envelope xmlns='urn:x'><AppHdr/></Envelope>")
    assert found.code == "FORMAT_UNKNOWN"
    assert "urn:x" in found.detail


def test_two_documents_are_refused() -> None:
    inner = GOOD.partition(b"\n")[2]
    assert refused(b"<E>" + inner + inner + b"</E>").code == "FILE_MALFORMED"


def test_a_document_without_statement_is_refused() -> None:
    for content in (camt053(), document("camt.053.001.08", ""), document("pacs.008.001.08", "")):
        assert refused(content).code == "FIELD_MISSING"


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        (entry("-5.00"), "INVALID_AMOUNT"),
        (entry("+5.00"), "INVALID_AMOUNT"),
        (entry("5,00"), "INVALID_AMOUNT"),
        (entry("1e3"), "INVALID_AMOUNT"),
        (entry("."), "INVALID_AMOUNT"),
        (entry("٣"), "INVALID_AMOUNT"),
        (entry("NaN"), "INVALID_AMOUNT"),
        (entry("99999999999999999999.00"), "INVALID_AMOUNT"),
        (entry("5.001"), "AMOUNT_TOO_PRECISE"),
        (entry(""), "FIELD_MISSING"),
        (entry("5.00", ccy="USD"), "CURRENCY_MISMATCH"),
        (entry("5.00", ccy=""), "FIELD_MISSING"),
        (entry("5.00", side="CREDIT"), "FIELD_INVALID"),
        (entry("5.00", side=""), "FIELD_MISSING"),
        (entry("5.00", status=""), "FIELD_MISSING"),
        (entry("5.00", status="<Cd>DONE</Cd>"), "FIELD_INVALID"),
        (entry("5.00", reversal="<RvslInd>yes</RvslInd>"), "FIELD_INVALID"),
        (entry("5.00", dates="<BookgDt><Dt>2026-13-01</Dt></BookgDt>"), "FIELD_INVALID"),
        (entry("5.00", dates="<BookgDt><Dt>05.10.2026</Dt></BookgDt>"), "FIELD_INVALID"),
        (entry("5.00", dates="<BookgDt><Dt>0000-01-01</Dt></BookgDt>"), "FIELD_INVALID"),
        (
            entry("5.00", details=f"<NtryDtls>{detail(refs='<UETR>abc</UETR>')}</NtryDtls>"),
            "FIELD_INVALID",
        ),
        (
            entry(
                "5.00",
                details=f"<NtryDtls>{detail(refs=LONG_ID)}</NtryDtls>",
            ),
            "FIELD_INVALID",
        ),
    ],
)
def test_a_wrong_field_is_refused_with_its_line(entries: str, code: str) -> None:
    found = refused(one_day("10.00", "\n\n" + entries, "15.00"))
    assert (found.code, found.line) == (code, 4)
    assert found.format == "camt.053.001.08"


@pytest.mark.parametrize(
    ("account", "code"),
    [
        ("<Id><Othr><Id></Id></Othr></Id><Ccy>CAD</Ccy>", "FIELD_MISSING"),
        ("<Ccy>CAD</Ccy>", "FIELD_MISSING"),
        ("<Id><Othr><Id>1</Id></Othr></Id><Ccy>cad</Ccy>", "FIELD_INVALID"),
        ("<Id><Othr><Id>1</Id></Othr></Id><Ccy></Ccy>", "FIELD_INVALID"),
        (f"<Id><Othr><Id>{'9' * 500}</Id></Othr></Id><Ccy>CAD</Ccy>", "FIELD_INVALID"),
    ],
)
def test_an_account_must_be_named(account: str, code: str) -> None:
    assert refused(camt053(report(balance("OPBD", "1"), account=account))).code == code


def test_a_statement_must_have_an_identifier_and_a_currency() -> None:
    assert refused(camt053(report("", identifier=""))).code == "FIELD_MISSING"
    nameless = "<Id><Othr><Id>1</Id></Othr></Id>"
    assert refused(camt053(report("", account=nameless))).code == "FIELD_MISSING"


def test_a_payment_message_must_have_all_its_payments() -> None:
    tx = "<CdtTrfTxInf><PmtId/><IntrBkSttlmAmt Ccy='CAD'>1</IntrBkSttlmAmt></CdtTrfTxInf>"
    body = f"<FICdtTrf><GrpHdr><MsgId>M</MsgId><NbOfTxs>2</NbOfTxs></GrpHdr>{tx}</FICdtTrf>"
    assert refused(document("pacs.009.001.08", body)).code == "FIELD_INVALID"


def test_a_large_file_does_not_become_a_tree() -> None:
    rows = 3_000
    content = one_day(
        "0", entry("1.00", details=f"<NtryDtls>{detail('1.00')}</NtryDtls>") * rows, f"{rows}.00"
    )
    read(GOOD, "warm.xml")
    tracemalloc.start()
    try:
        message = read(content, "large.xml")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(message.statements[0].entries) == rows
    assert peak < 10_000_000


def test_reading_leaves_no_trace(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("swordfish", "utf-8")
    include = f"<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='{secret}'/>"
    message = read(GOOD.replace(b"SVC-1", include.encode()), "x")
    assert "swordfish" not in str(message)
