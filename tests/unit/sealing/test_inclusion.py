"""Proofs of inclusion hold without the database, and nothing else passes for one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import Engine

from node.core.ids import derived_id
from node.db.unit_of_work import read_only
from node.ledger.journal import UnknownEntry
from node.sealing.inclusion import NoProof, NotSealedYet, check, prove


def proof(engine: Engine, name: str) -> dict[str, Any]:
    """The proof of an entry, as a file carries it."""
    with read_only(engine) as session:
        found: dict[str, Any] = json.loads(
            json.dumps(prove(session, derived_id("test", name)).as_json())
        )
    return found


@pytest.mark.parametrize("name", ["first", "second", "third"])
def test_a_sealed_entry_is_proved_by_its_file_alone(written: Engine, name: str) -> None:
    given = proof(written, name)
    held = check(given)
    assert str(derived_id("test", name)) in held.content
    assert held.seal.hash == given["seal"]["hash"]


def test_what_is_behind_the_last_seal_is_not_proved_yet(written: Engine) -> None:
    with pytest.raises(NotSealedYet, match="not sealed yet"):
        proof(written, "behind the seal")


def test_what_is_not_in_the_journal_is_not_proved(written: Engine) -> None:
    with pytest.raises(UnknownEntry):
        proof(written, "nobody wrote this")


@pytest.mark.parametrize(
    "change",
    [
        {"content": '["another"]'},
        {"index": 2},
        {"path": []},
        {"path": ["zz"]},
        {"seal": {}},
        {"seal": None},
        {"index": "x"},
    ],
)
def test_a_proof_that_was_changed_proves_nothing(written: Engine, change: dict[str, Any]) -> None:
    with pytest.raises(NoProof) as caught:
        check(proof(written, "second") | change)
    assert caught.value.code == "INCLUSION_NOT_PROVED"
    assert caught.value.remedy


@pytest.mark.parametrize("name", ["number", "book", "first", "last", "count", "root", "before"])
def test_a_seal_that_was_changed_proves_nothing(written: Engine, name: str) -> None:
    given = proof(written, "second")
    other = {"book": "AUDIT", "root": "00" * 32, "before": "11" * 32}
    given["seal"][name] = other.get(name, 7)
    with pytest.raises(NoProof):
        check(given)


def test_what_is_no_proof_at_all_is_refused() -> None:
    with pytest.raises(NoProof):
        check({})
