"""A certificate: what a business day came to, in one text that a hash covers, and its proof.

In: a text, as a file or the database has it. Out: `Certificate`, or what is wrong with it. Pure.
Called by: store and service here; renderings, cli.

Verified without the database: the root covers every word; for each account books less statement
less open items is zero; for each currency the open breaks explain the differences between the
records; the sums per account are those of the breaks that are listed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from node.core.errors import Rejected
from node.core.ids import sha256_hex

VERSION: Final = 1
FIRST: Final = "0" * 64  # before the first certificate
Content = Mapping[str, Any]


class CertificateWrong(Rejected):
    """What was handed in is no certificate, or does not prove what it says."""

    code = "CERTIFICATE_WRONG"
    title = "Certificate does not hold"


@dataclass(frozen=True, slots=True)
class Certificate:
    """`text` is canonical JSON; `root` is its SHA-256 in hex."""

    text: str
    root: str

    @property
    def content(self) -> Content:
        """What it says."""
        found: dict[str, Any] = json.loads(self.text)
        return found


def certificate_of(content: Content) -> Certificate:
    """The certificate of a content."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return Certificate(text, sha256_hex(text.encode()))


def as_file(certificate: Certificate, made_by: str, signed_by: str, signed_at: str) -> str:
    """The JSON file: content, root, and who signed it."""
    told = {
        "certificate": certificate.content,
        "root": certificate.root,
        "signatures": {"made_by": made_by, "signed_by": signed_by, "signed_at": signed_at},
    }
    return json.dumps(told, sort_keys=True, indent=1, ensure_ascii=False) + "\n"


def verify(text: str) -> Certificate:
    """The certificate of a JSON file, when it holds. Raises `CertificateWrong` with every fault."""
    try:
        told = json.loads(text)
        certificate = certificate_of(told["certificate"])
        signed = told["signatures"]
        faults = [
            *([] if certificate.root == told["root"] else ["its root is not that of its content"]),
            *([] if signed["made_by"] != signed["signed_by"] else ["one person signed it twice"]),
            *_faults(certificate.content),
        ]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CertificateWrong(
            f"this is no certificate: {error}", remedy="Hand in the JSON file of a signed day."
        ) from error
    if faults:
        raise CertificateWrong("; ".join(faults), remedy="Ask whoever signed the day.")
    return certificate


def _faults(content: Content) -> Iterator[str]:
    if content["version"] != VERSION:
        yield f"version {content['version']} is not known here"
    of_account, bank, chain = Counter[str](), Counter[str](), Counter[str]()
    for each in content["breaks"]:
        bank[each["currency"]] += each["effect_bank"]
        chain[each["currency"]] += each["effect_chain"]
        of_account.update(each["accounts"])
    for each in content["accounts"]:
        name = each["account"]
        if each["books"] - each["statement"] + each["open_items"]:
            yield f"account {name}: books less statement is not what is open"
        if each["open_items"] != of_account[name]:
            yield f"account {name}: its open items are not those of the breaks that are listed"
    for each in content["currencies"]:
        name = each["currency"]
        if each["statements"] - each["nostros"] != bank[name]:
            yield f"{name}: bank and books differ by more than the breaks that are listed"
        if each["chain"] - each["books"] != chain[name]:
            yield f"{name}: chain and books differ by more than the breaks that are listed"
