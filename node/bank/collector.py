"""What a bank format is: names of messages, and a collector of their records.

In: nothing. Out: `Collector`, `names`. Called by: every module of formats/, reader.
A format module has `NAMES`, the message names it reads, and `collector(name)`. A file is never
held as a whole tree: each record is handed over when it ends, and freed afterwards.
"""

from __future__ import annotations

from typing import Protocol

from lxml.etree import _Element as Element

from node.bank.statement import BankMessage

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"


class Collector(Protocol):
    """Takes the records of one Document, in the order in which they end."""

    @property
    def records(self) -> frozenset[str]:
        """Tags, without namespace, of the elements to hand over."""

    def take(self, record: Element) -> bool:
        """Read one record; False when it stands where it means nothing. Raises `FileRefused`s."""

    def result(self, document: Element) -> BankMessage:
        """What the Document said, once it has ended."""


def names(family: str, first: int, last: int) -> tuple[str, ...]:
    """Message names of a family: ('camt.053.001', 2, 3) gives camt.053.001.02 and .03."""
    return tuple(f"{family}.{version:02d}" for version in range(first, last + 1))
