"""Looks at the raw bytes of a file before any parser does.

In: bytes. Out: the same document in an encoding every parser agrees on, or a refusal.
Called by: reader. A document type is looked for in every encoding it could hide in, so that no
parser of ours ever meets one.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

from node.bank.refusal import FileRefused

_ACCEPTED: Final = {
    "utf-8": "UTF-8",
    "utf8": "UTF-8",
    "us-ascii": "UTF-8",
    "ascii": "UTF-8",
    "iso-8859-1": "ISO-8859-1",
    "latin1": "ISO-8859-1",
    "iso-8859-15": "ISO-8859-15",
    "windows-1252": "windows-1252",
}
_DOCTYPES: Final = tuple(
    "<!DOCTYPE".encode(encoding)
    for encoding in "ascii utf-16-le utf-16-be utf-32-le utf-32-be cp037 cp500 cp273".split()
)
_DECLARED: Final = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
EBCDIC_STARTS: Final = (b"\x4c\x6f", b"\x4c\xa7", b"\x4c\xc4", b"\x4c\xe7")
_STARTS: Final = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    b"<\x00\x00\x00": "UTF-32",
    b"\x00\x00\x00<": "UTF-32",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
    b"<\x00": "utf-16-le",
    b"\x00<": "utf-16-be",
} | dict.fromkeys(EBCDIC_STARTS, "EBCDIC")


class DoctypeRefused(FileRefused):
    """The file carries a document type, the door of entity attacks; no bank message has one."""

    code = "DOCTYPE_REFUSED"
    title = "Document type refused"


class EncodingRefused(FileRefused):
    """The file is not in an encoding that bank messages use."""

    code = "ENCODING_REFUSED"
    title = "Encoding refused"


def refuse_doctype(content: bytes) -> None:
    """Raise `DoctypeRefused` when a document type stands anywhere in the bytes."""
    for mark in _DOCTYPES:
        place = content.find(mark)
        if place >= 0:
            raise DoctypeRefused(
                "the file has a document type declaration",
                remedy="Send the ISO 20022 message as the bank made it, without <!DOCTYPE.",
                line=content.count(b"\n", 0, place) + 1,
            )


def settle(content: bytes) -> tuple[bytes, str]:
    """The document and the name of its encoding; UTF-16 comes back as UTF-8."""
    start = next((name for mark, name in _STARTS.items() if content.startswith(mark)), "")
    if start.startswith("utf-16"):
        return _from_utf16(content, start), "UTF-8"
    if start:
        raise _refused(start)
    declared = _DECLARED.match(content.removeprefix(codecs.BOM_UTF8)[:300])
    name = declared[1].decode("ascii") if declared else "utf-8"
    if name.lower() not in _ACCEPTED:
        raise _refused(name)
    return content, _ACCEPTED[name.lower()]


def _from_utf16(content: bytes, encoding: str) -> bytes:
    try:
        return content.decode(encoding).removeprefix("\ufeff").encode("utf-8")
    except UnicodeDecodeError as error:
        raise EncodingRefused(
            f"the file starts as UTF-16 and breaks at byte {error.start}",
            remedy="Send the file unchanged, best in UTF-8.",
            line=1,
        ) from error


def _refused(name: str) -> EncodingRefused:
    return EncodingRefused(
        f"the file is in {name[:40]}, which is not read",
        remedy="Send the message in UTF-8, as ISO 20022 prescribes.",
        line=1,
    )
