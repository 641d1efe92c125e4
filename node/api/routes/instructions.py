"""Instructions: every issue, redemption and transfer the bank was told to make.

In: a cursor and filters. Out: instructions; one of them with the calls that carry it out.
Called by: partner banks, treasury tools.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from node.api.access import Node
from node.api.auth import Reader
from node.api.guard import GuardedRoute
from node.api.paging import LIMIT_DEFAULT, After, Limit, Page, page, position
from node.api.shapes.base import RecordId
from node.api.shapes.instructions import (
    FollowedShape,
    InstructionShape,
    followed_shape,
    instruction_shape,
)
from node.core.errors import NotFound
from node.db.unit_of_work import read_only
from node.settlement import store
from node.settlement.instruction import InstructionKind, InstructionState
from node.submission import store as submission

router = APIRouter(prefix="/v1/instructions", tags=["instructions"], route_class=GuardedRoute)
_LIST = "instructions"


@router.get("")
def list_instructions(
    *,
    node: Node,
    _: Reader,
    after: After = None,
    limit: Limit = LIMIT_DEFAULT,
    kind: Annotated[
        InstructionKind | None, Query(description="Only this kind.", examples=["ISSUE"])
    ] = None,
    state: Annotated[
        InstructionState | None, Query(description="Only in this state.", examples=["SETTLED"])
    ] = None,
) -> Page[InstructionShape]:
    """Instructions in the order in which they were accepted."""
    start = position(_LIST, after)
    with read_only(node.engine) as session:
        rows = store.instructions(session, after=start, limit=limit + 1, kind=kind, state=state)
    return page(
        _LIST, rows, limit=limit, after=after, at=lambda row: row.sequence, shape=instruction_shape
    )


@router.get("/{instruction_id}")
def read_instruction(node: Node, _: Reader, instruction_id: RecordId) -> FollowedShape:
    """One instruction, how far it has come, and the calls that carry it out."""
    with read_only(node.engine) as session:
        found = store.instruction(session, instruction_id)
        if found is None:
            raise NotFound(f"no instruction {instruction_id}", remedy="See /v1/instructions.")
        return followed_shape(found, submission.intents(session, instruction_id=found.id))
