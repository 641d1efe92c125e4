"""A node on a folder of the test's own: opened, given work, and told apart by what it came to.

In: a folder, a database. Out: an open node, a small bank on it, its facts. Used by tests of the
whole node.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from node.app import Node, build
from node.core.errors import ConcordError
from node.db.unit_of_work import read_only
from node.ledger import store as ledger
from node.reconciliation import store as reconciliation
from node.settings import Settings
from node.settlement import store as settlement
from node.settlement.commands import Caller, IssueCommand, TransferCommand

ACTOR = "test"
NOSTRO = "DE02100100109307118603"
UETRS = tuple(f"7a562c67-ca16-48ba-b074-65581be6f00{n}" for n in range(1, 4))


def settings(folder: Path, database_url: str = "", **more: Any) -> Settings:  # noqa: ANN401
    """Settings of a node on `folder`, whatever the environment says."""
    kept = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("CONCORD_")}
    try:
        return Settings(data_folder=folder, database_url=database_url, **more)
    finally:
        os.environ.update(kept)


@contextmanager
def opened(folder: Path, database_url: str = "", **more: Any) -> Iterator[Node]:  # noqa: ANN401
    """The node, until the end of the block."""
    node = build(settings(folder, database_url, **more), currencies=("EUR",))
    try:
        yield node
    finally:
        node.close()


def refusal(folder: Path, database_url: str = "", **more: Any) -> ConcordError:  # noqa: ANN401
    """Why the node does not open."""
    try:
        with opened(folder, database_url, **more):
            raise AssertionError("the node opened")
    except ConcordError as error:
        return error


def issue(node: Node) -> None:
    """A bank with two customers, who each pay in; not yet sent."""
    node.onboarding.correspondent("EUR", NOSTRO, "Nordland Bank", by=ACTOR)
    for label, uetr, amount in (("acme", UETRS[0], "1200.00"), ("brenner", UETRS[1], "800.00")):
        wallet = node.signer.create(label)
        node.onboarding.customer(label, wallet, currencies=("EUR",), custodial=True, by=ACTOR)
        command = IssueCommand("EUR", amount, wallet, uetr, NOSTRO)
        node.services.settlement.issue(command, _caller(uetr))


def transfer(node: Node) -> None:
    """One pays the other; not yet sent."""
    acme, brenner = node.signer.address("acme"), node.signer.address("brenner")
    command = TransferCommand("EUR", "50.00", acme, brenner, UETRS[2])
    node.services.settlement.transfer(command, _caller(UETRS[2]))


def facts(node: Node) -> dict[str, Any]:
    """What a node came to, without what may differ: blocks, hashes, moments."""
    with read_only(node.engine) as session:
        instructions = settlement.instructions(session, after=0, limit=100)
        entries = ledger.entries(session, after=0, limit=1000)
        breaks = reconciliation.breaks(session, open_only=False)
        matches = reconciliation.matches(session)
    proof = node.services.prove()
    return {
        "instructions": [(each.uetr, each.state, str(each.amount)) for each in instructions],
        "entries": sorted((each.uetr, each.rule, each.phase.value) for each in entries),
        "breaks": sorted((each.cause.value, each.uetr, each.amount) for each in breaks),
        "matches": sorted((each.uetr, each.sides, each.complete) for each in matches),
        "proof": [(each.currency, each.chain, each.books, each.agrees) for each in proof.lines],
    }


def _caller(uetr: str) -> Caller:
    return Caller(actor=ACTOR, scope=ACTOR, idempotency_key=uetr, fingerprint=uetr)
