"""Health: is the process up, is the node ready, where does it stand.

In: nothing. Out: checks by name, the head of the chain, the cursors of the stages.
Called by: load balancers and people without a token (no findings), operators (findings).
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from pydantic import Field

from node.api.access import Node
from node.api.auth import Reader
from node.api.guard import PUBLIC, GuardedRoute
from node.api.shapes.base import EXAMPLE_HASH, Shape
from node.core.errors import ConcordError
from node.db.cursors import all_cursors
from node.db.unit_of_work import read_only
from node.services import Head, Services

router = APIRouter(tags=["health"], route_class=GuardedRoute)
_UNAVAILABLE = 503


class Live(Shape):
    """The process answers."""

    live: bool = Field(description="Always true: the process answers.", examples=[True])
    version: str = Field(description="Version of the node.", examples=["0.1.0"])


class HeadShape(Shape):
    """Where the node stands on the chain."""

    chain_id: int = Field(description="Chain.", examples=[1337])
    head: int = Field(description="Highest block seen.", examples=[4250])
    confirmed: int = Field(description="Highest confirmed block.", examples=[4248])
    final: int = Field(description="Highest final block.", examples=[4242])
    final_hash: str = Field(description="Hash of the final block.", examples=[EXAMPLE_HASH])
    indexed: int = Field(description="Highest block whose logs are stored.", examples=[4250])


class Health(Shape):
    """Whether the node can do its work, without telling an outsider why not."""

    live: bool = Field(description="Always true: the process answers.", examples=[True])
    ready: bool = Field(description="Whether every check is well.", examples=[True])
    version: str = Field(description="Version of the node.", examples=["0.1.0"])
    checks: dict[str, bool] = Field(
        description="Each check by name and whether it is well.", examples=[{"database": True}]
    )
    head: HeadShape | None = Field(description="Null while the chain does not answer.")
    cursors: dict[str, int] = Field(
        description="How far each stage has come.", examples=[{"posting": 42}]
    )


class CheckShape(Shape):
    """One line of the doctor."""

    name: str = Field(description="What was looked at.", examples=["database"])
    ok: bool = Field(description="Whether it is well.", examples=[True])
    finding: str = Field(description="What was found.", examples=["schema is current"])
    remedy: str = Field(description="What to do if not.", examples=[""])


class Checks(Shape):
    """Every line of the doctor."""

    items: list[CheckShape] = Field(description="One per check.")


_READY: dict[int | str, dict[str, Any]] = {
    _UNAVAILABLE: {"model": Health, "description": "Not ready"}
}


@router.get("/health/live", openapi_extra=PUBLIC)
def live(node: Node) -> Live:
    """Whether the process answers: for a liveness probe."""
    return Live(live=True, version=node.version)


@router.get("/health", openapi_extra=PUBLIC)
def health(node: Node) -> Health:
    """How the node is; always 200, for people and dashboards."""
    return _health(node)


@router.get("/health/ready", openapi_extra=PUBLIC, responses=_READY)
def ready(node: Node, response: Response) -> Health:
    """Like /health, with status 503 unless every check is well: for a readiness probe."""
    found = _health(node)
    if not found.ready:
        response.status_code = _UNAVAILABLE
    return found


@router.get("/v1/checks")
def checks(node: Node, _: Reader) -> Checks:
    """What the doctor finds, with remedies: for operators."""
    return Checks(
        items=[
            CheckShape(name=each.name, ok=each.ok, finding=each.finding, remedy=each.remedy)
            for each in node.checks()
        ]
    )


def _health(node: Services) -> Health:
    found = {check.name: check.ok for check in node.checks()}
    head, cursors = _head(node), _cursors(node)
    found |= {"chain.head": head is not None, "database.read": cursors is not None}
    return Health(
        live=True,
        ready=all(found.values()),
        version=node.version,
        checks=found,
        head=head,
        cursors=cursors or {},
    )


def _head(node: Services) -> HeadShape | None:
    try:
        return _head_shape(node.head())
    except ConcordError:
        return None


def _head_shape(head: Head) -> HeadShape:
    return HeadShape(
        chain_id=head.chain_id,
        head=head.head,
        confirmed=head.confirmed,
        final=head.final,
        final_hash=head.final_hash,
        indexed=head.indexed,
    )


def _cursors(node: Services) -> dict[str, int] | None:
    try:
        with read_only(node.engine) as session:
            return all_cursors(session)
    except ConcordError:
        return None
