"""Proofs that one entry is sealed, which hold without the database.

In: an entry's id and a session; or a proof. Out: `Inclusion` as JSON; what is wrong with one.
Called by: cli, api. Who kept the hash of a seal needs nothing else of ours to check it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from node.core.errors import NotFound, Rejected
from node.core.merkle import path_of, root_by_path
from node.ledger import store as ledger
from node.ledger.journal import UnknownEntry
from node.ledger.link import content_of
from node.sealing import store
from node.sealing.seal import Book, Seal


class NotSealedYet(NotFound):
    """The entry stands in the journal, and no seal covers it yet."""

    code = "ENTRY_NOT_SEALED_YET"
    title = "Entry not sealed yet"


class NoProof(Rejected):
    """What was handed in is no proof of inclusion, or proves nothing."""

    code = "INCLUSION_NOT_PROVED"
    title = "Inclusion not proved"


@dataclass(frozen=True, slots=True)
class Inclusion:
    """What an entry says, where it stands among the leaves of a seal, and the way to its root."""

    content: str
    index: int
    path: tuple[str, ...]
    seal: Seal

    def as_json(self) -> dict[str, Any]:
        """The proof as a file carries it."""
        seal = {name: getattr(self.seal, name) for name in Seal.__slots__}
        return {
            "content": self.content,
            "index": self.index,
            "path": list(self.path),
            "seal": seal | {"at": self.seal.at.isoformat(), "hash": self.seal.hash},
        }


def prove(session: Session, entry_id: UUID | str) -> Inclusion:
    """The proof of an entry. Raises `UnknownEntry`, `NotSealedYet`."""
    entry = ledger.entry(session, entry_id)
    if entry is None:
        raise UnknownEntry(f"the journal has no entry {str(entry_id)[:50]!r}")
    seal = store.seal_over(session, Book.JOURNAL, entry.sequence)
    if seal is None:
        raise NotSealedYet(
            f"entry {entry.id} is not sealed yet", remedy="Seals follow within a minute."
        )
    rows = store.leaves(session, Book.JOURNAL, after=seal.first - 1, limit=seal.count)
    index = [sequence for sequence, _ in rows].index(entry.sequence)
    path = path_of([content for _, content in rows], index)
    return Inclusion(content_of(entry).decode(), index, tuple(map(bytes.hex, path)), seal)


def check(proof: dict[str, Any]) -> Inclusion:
    """A proof that holds; raises `NoProof` for one that does not, and for what is none."""
    try:
        told = dict(proof["seal"])
        kept = str(told.pop("hash"))
        seal = Seal(**told | {"at": datetime.fromisoformat(told["at"])})
        inclusion = Inclusion(
            str(proof["content"]), int(proof["index"]), tuple(map(str, proof["path"])), seal
        )
        path = [bytes.fromhex(each) for each in inclusion.path]
        seal_hash = seal.hash
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NoProof(
            f"this is no proof of inclusion: {error}", remedy="Hand in what `audit proof` printed."
        ) from error
    if seal_hash != kept:
        raise NoProof("the seal's hash is not that of its content", remedy="Ask for a new proof.")
    root = root_by_path(inclusion.content.encode(), inclusion.index, seal.count, path)
    if root is None or root.hex() != seal.root:
        raise NoProof(
            "the content does not lead to the root of the seal", remedy="Ask for a new proof."
        )
    return inclusion
