"""The page about the API: every operation with its parameters, bodies and refusals.

In: the OpenAPI document. Out: one HTML page without scripts, and its stylesheet.
Called by: developers of partner banks, in a browser.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from node.api.access import Node
from node.api.guard import PUBLIC, GuardedRoute
from node.api.openapi import operations
from node.api.pages import STYLE, STYLE_PATH, code_marked, page

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)
_CACHED: Final = {"Cache-Control": "public, max-age=300"}
_OK_MAX: Final = 299


@dataclass(frozen=True, slots=True)
class Group:
    """Operations that belong together."""

    text: str
    operations: list[Shown]


@dataclass(frozen=True, slots=True)
class Shown:
    """One operation as the page tells it."""

    anchor: str
    method: str
    path: str
    summary: str
    text: str
    needs: str
    parameters: list[dict[str, Any]]
    body: str
    answers: list[Answer]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of an operation; refusals have a problem document as their example."""

    status: str
    text: str
    example: str
    good: bool


@router.get("/docs", openapi_extra=PUBLIC)
def docs(request: Request, node: Node) -> Response:
    """Every operation on one page."""
    document = request.app.openapi()
    groups = {tag["name"]: Group(code_marked(tag["description"]), []) for tag in document["tags"]}
    for path, method, operation in operations(document):
        shown = _shown(document, path, method, operation)
        groups[operation["tags"][0]].operations.append(shown)
    base = str(request.base_url).rstrip("/")
    return page("docs.html", info=document["info"], groups=groups, demo=node.demo, base=base)


@router.get(STYLE_PATH, openapi_extra=PUBLIC)
def style() -> Response:
    """The colours and spaces of the page."""
    return Response(STYLE, media_type="text/css", headers=_CACHED)


def _shown(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> Shown:
    needs = [name for each in operation["security"] for names in each.values() for name in names]
    return Shown(
        anchor=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        text=code_marked(operation.get("description", "")),
        needs=", ".join(needs),
        parameters=[_parameter(each) for each in operation.get("parameters", [])],
        body=_example(operation.get("requestBody", {})),
        answers=list(_answers(document, operation)),
    )


def _parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    schema = parameter["schema"]
    examples = schema.get("examples") or ["" if (of := schema.get("default")) is None else of]
    return {
        "name": parameter["name"],
        "place": parameter["in"],
        "required": parameter.get("required", False),
        "text": code_marked(parameter.get("description", "")),
        "example": examples[0],
    }


def _answers(document: dict[str, Any], operation: dict[str, Any]) -> Iterator[Answer]:
    for status, found in sorted(operation["responses"].items()):
        name = found.get("$ref", "").rpartition("/")[2]
        response = document["components"]["responses"][name] if name else found
        good = int(status) <= _OK_MAX
        yield Answer(status, response["description"], _example(response), good)


def _example(body: dict[str, Any]) -> str:
    for content in body.get("content", {}).values():
        example = content["example"]
        written = isinstance(example, str)
        return example if written else json.dumps(example, indent=2, ensure_ascii=False)
    return ""
