"""Reads a bank file into statements and payments, whichever message it holds.

In: the bytes of a file and its name. Out: `BankMessage`, or a leaf of `FileRefused`.
Called by: importer, and by whoever wants to look into a file without importing it.

The message is known by the namespace of its Document element, wherever in an envelope that stands.
The file runs through the parser in pieces; records are read when they end and freed at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final, cast

from lxml import etree
from lxml.etree import _Element as Element

from node.bank import formats
from node.bank.collector import NAMESPACE, Collector
from node.bank.element import line_of, local_name, tidy
from node.bank.encoding import EBCDIC_STARTS, refuse_doctype, settle
from node.bank.refusal import FileRefused
from node.bank.statement import BankMessage
from node.bank.text_reader import FormatUnknown, read_text
from node.core.plugins import discover

SIZE_BYTES_MAX: Final = 200 * 1024 * 1024
TAGS_MAX: Final = 15_000_000
RECORDS_MAX: Final = 1_000_000
RECORD_BYTES_MAX: Final = 8 * 1024 * 1024
_POSITION: Final = re.compile(r", line \d+, column \d+$")
_PIECE_BYTES: Final = 64 * 1024
_RECORD_TAGS: Final = ("GrpHdr", "TxDtls", "Ntry", "Stmt", "Ntfctn", "CdtTrfTxInf")


class FileTooLarge(FileRefused):
    """The file, or one record of it, is larger than any honest one."""

    code = "FILE_TOO_LARGE"
    status = 413
    title = "File too large"


class FileMalformed(FileRefused):
    """The file is not whole, well-formed XML."""

    code = "FILE_MALFORMED"
    title = "File malformed"


def read(content: bytes, name: str) -> BankMessage:
    """Everything the file says; `name` is for the refusal alone, content decides."""
    _check_size(content, name)
    refuse_doctype(content)
    if not _is_xml(content):
        return read_text(content)
    document, encoding = settle(content)
    reading = _Reading()
    try:
        _parse(document, encoding, reading)
    except etree.XMLSyntaxError as error:
        raise _malformed(error.msg or "", error.lineno or 1) from error
    except FileRefused as refusal:
        refusal.format = reading.name
        raise
    return reading.result()


def _is_xml(content: bytes) -> bool:
    """Whether it begins as XML does, in whichever encoding; also XML that is not read here."""
    start = content[:200].lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
    return not start or start.startswith((b"<", *EBCDIC_STARTS))


def _check_size(content: bytes, name: str) -> None:
    if len(content) > SIZE_BYTES_MAX or content.count(b"<") > TAGS_MAX:
        raise FileTooLarge(
            f"{tidy(name)[:100]!r} has {len(content)} bytes",
            remedy=f"Send at most {SIZE_BYTES_MAX // 1024**2} MB: one day, or fewer accounts.",
        )


# ----------------------------------------------------------------------- from bytes to elements


def _parse(document: bytes, encoding: str, reading: _Reading) -> None:
    parser = etree.XMLPullParser(
        events=("start", "end"),
        tag=["{*}Document", *(f"{{*}}{tag}" for tag in _RECORD_TAGS)],
        encoding=encoding,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        collect_ids=False,
        remove_comments=True,
        remove_pis=True,
    )
    unread = 0
    for start in range(0, len(document), _PIECE_BYTES):
        piece = document[start : start + _PIECE_BYTES]
        parser.feed(piece)
        _check_log(parser)
        unread = 0 if _hand_over(parser, reading) else unread + len(piece)
        if unread > RECORD_BYTES_MAX:
            raise FileTooLarge(
                f"{RECORD_BYTES_MAX // 1024**2} MB went by without the end of a record",
                remedy="Send bank messages only; split what is larger.",
            )
    root = parser.close()
    _hand_over(parser, reading)
    if reading.document is None:
        raise _unknown(root, f"no Document, but {_described(root)}")


def _hand_over(parser: etree.XMLPullParser, reading: _Reading) -> int:
    """Hand over what has ended since the last piece; how many records were read."""
    before = reading.count
    for event, element in parser.read_events():
        reading.take(event, cast("Element", element))
    return reading.count - before


def _check_log(parser: etree.XMLPullParser) -> None:
    # An undeclared entity is logged as fatal, yet feed() returns and would start afresh.
    for entry in parser.feed_error_log:
        if entry.level >= etree.ErrorLevels.ERROR:
            raise _malformed(entry.message, entry.line)


def _malformed(why: str, line: int) -> FileMalformed:
    return FileMalformed(
        f"line {max(line, 1)}: {_POSITION.sub('', tidy(why))[:200]}",
        remedy="Send the file again, whole and unchanged.",
        line=max(line, 1),
    )


# -------------------------------------------------------------------- from elements to a message


@dataclass(slots=True)
class _Reading:
    """One pass over one file: finds the Document, then hands its records to its format."""

    name: str = ""
    document: Element | None = None
    collector: Collector | None = None
    count: int = 0

    def take(self, event: str, element: Element) -> None:
        """One event of the parser."""
        if local_name(element) == "Document":
            if event == "start" and not _inside_document(element):
                self._open(element)
        elif event == "end" and self.collector is not None:
            self._take_record(element, self.collector)

    def result(self) -> BankMessage:
        """What the Document said."""
        if self.collector is None or self.document is None:
            raise _malformed("the document is empty", 1)
        try:
            return self.collector.result(self.document)
        except FileRefused as refusal:
            refusal.format = self.name
            raise

    def _open(self, document: Element) -> None:
        if self.document is not None:
            raise FileMalformed(
                "the file holds a second Document",
                remedy="Send one message in one file.",
                line=line_of(document),
            )
        namespace = str(document.tag).rpartition("}")[0].removeprefix("{")
        self.name = namespace.removeprefix(NAMESPACE) if namespace.startswith(NAMESPACE) else ""
        build = _formats().get(self.name)
        if build is None:
            raise _unknown(document, _described(document))
        self.document, self.collector = document, build(self.name)

    def _take_record(self, record: Element, collector: Collector) -> None:
        document = self.document
        if document is None or _namespace(record) != _namespace(document):
            return
        if local_name(record) not in collector.records or _inside_document(record) != 1:
            return  # supplementary data may carry anything, even a whole message
        if not collector.take(record):
            return
        self.count += 1
        if self.count > RECORDS_MAX:
            raise FileTooLarge(
                f"the file has more than {RECORDS_MAX} records",
                remedy="Send fewer days or accounts in one file.",
                line=line_of(record),
            )
        _free(record)


def _free(record: Element) -> None:
    """Drop what was read, and what stands between it and the one before.

    What stands before the first of its kind is kept: an entry's report still needs its header.
    """
    record.clear()
    _drop_back_to_the_one_before(record)
    outer = record.getparent()
    if outer is not None and local_name(outer) == "NtryDtls":
        _drop_back_to_the_one_before(outer)


def _drop_back_to_the_one_before(element: Element) -> None:
    outer, last = element.getparent(), next(element.itersiblings(element.tag, preceding=True), None)
    while outer is not None and last is not None:
        before = element.getprevious()
        if before is None:
            break
        outer.remove(before)
        if before is last:
            break


def _inside_document(element: Element) -> int:
    return sum(1 for outer in element.iterancestors() if local_name(outer) == "Document")


def _namespace(element: Element) -> str:
    return str(element.tag).rpartition("}")[0]


def _described(element: Element) -> str:
    namespace = _namespace(element).removeprefix("{")
    where = f"in namespace {tidy(namespace)[:100]!r}" if namespace else "without a namespace"
    return f"{tidy(local_name(element))[:50]} {where}"


def _unknown(element: Element, what: str) -> FormatUnknown:
    known = sorted({name.rpartition(".")[0] for name in _formats()})
    return FormatUnknown(
        f"the file holds {what}, which is not read here",
        remedy=f"Send {', '.join(known)} in a version listed in docs/bank-files.md.",
        line=line_of(element),
    )


@cache
def _formats() -> dict[str, Callable[[str], Collector]]:
    modules = [each for each in discover(formats) if hasattr(each, "collector")]
    return {name: module.collector for module in modules for name in module.NAMES}
