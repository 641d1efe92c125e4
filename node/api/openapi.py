"""The API's own description: OpenAPI with an example for every body and every refusal.

In: the application's routes. Out: the OpenAPI document. Called by: app (and by it /docs).
Examples are put together from the examples of the members, so none can be forgotten: a member
without one stops the node from describing itself, and the tests from passing.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from node.api.auth import Unauthenticated
from node.api.errors import (
    PROBLEM_TYPE,
    BodyTooLarge,
    InternalError,
    InvalidRequest,
    MalformedRequest,
    UnsupportedMediaType,
    problem,
)
from node.api.guard import BEARER
from node.api.shapes.base import EXAMPLE_ID
from node.control.roles import Forbidden
from node.core.errors import ConcordError, Conflict, NotFound, Retryable

_METHODS = ("get", "post", "put", "patch", "delete")
_EXAMPLES: tuple[ConcordError, ...] = (
    MalformedRequest("the body is not JSON: Expecting value at character 0"),
    Unauthenticated("this address needs a bearer token"),
    Forbidden("partner may not upload", remedy="Ask someone who is one of: treasurer."),
    NotFound("no such record"),
    Conflict("the request contradicts a record that exists"),
    BodyTooLarge("the body has 2000000 bytes; this operation takes at most 1000000"),
    UnsupportedMediaType("this operation reads application/json in UTF-8"),
    InvalidRequest("limit: Input should be less than or equal to 100"),
    InternalError(""),
    Retryable("the chain did not answer"),
)
_PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "A refusal or failure (RFC 9457). Decide on `code`, never on text.",
    "required": ["type", "title", "status", "detail", "code", "retryable", "request_id"],
    "properties": {
        "type": {"type": "string", "description": "Address of the page that explains the code."},
        "title": {"type": "string", "description": "The kind of problem, for people."},
        "status": {"type": "integer", "description": "The HTTP status."},
        "detail": {"type": "string", "description": "What is wrong with this request."},
        "code": {"type": "string", "description": "Stable name of the problem."},
        "retryable": {"type": "boolean", "description": "Whether the same request may succeed."},
        "remedy": {"type": "string", "description": "What to do about it."},
        "instance": {"type": "string", "description": "The address that was asked."},
        "request_id": {"type": "string", "description": "Also in X-Request-Id; quote it to us."},
        "errors": {
            "type": "array",
            "description": "Each finding: `pointer` into the body, or `in` and `parameter`.",
            "items": {"type": "object", "additionalProperties": {"type": "string"}},
        },
    },
    "additionalProperties": {"type": "string"},
}


class Api(FastAPI):
    """FastAPI with a description that leaves nothing without an example."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = _document(self)
        return self.openapi_schema


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation of a document as (path, method, operation)."""
    for path, item in document["paths"].items():
        yield from ((path, method, item[method]) for method in _METHODS if method in item)


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=app.description,
        routes=app.routes,
        tags=app.openapi_tags,
    )
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)  # the framework's own; ours is Problem
    schemas.pop("ValidationError", None)
    schemas["Problem"] = _PROBLEM_SCHEMA
    components["responses"] = {f"Problem{e.status}": _problem_response(e) for e in _EXAMPLES}
    components["securitySchemes"] = {
        BEARER: {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    }
    for path, method, operation in operations(document):
        writes = method == "post"
        _complete(operation, schemas, may_miss="{" in path or writes, writes=writes)
    return document


def _complete(
    operation: dict[str, Any], schemas: dict[str, Any], *, may_miss: bool, writes: bool
) -> None:
    statuses = [400, 422, 500, 503]
    statuses += [401, 403] if operation["security"] else []
    statuses += [404] if may_miss else []
    statuses += [409, 413, 415] if writes else []
    responses = operation["responses"]
    responses.pop("422", None)
    for each in responses.values():
        each["description"] = each["description"].replace("Successful Response", "Done")
    for status in sorted(statuses):
        responses.setdefault(str(status), {"$ref": f"#/components/responses/Problem{status}"})
    bodies = [operation.get("requestBody", {}), *responses.values()]
    for body in bodies:
        for content in body.get("content", {}).values():
            if "example" not in content and "examples" not in content:
                content["example"] = example_of(content["schema"], schemas)


def example_of(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    """An example of a schema, put together from its members' examples."""
    if "examples" in schema:
        return copy.deepcopy(schema["examples"][0])
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    if "properties" in schema:
        return {name: example_of(each, schemas) for name, each in schema["properties"].items()}
    if schema.get("type") == "array":
        return [example_of(schema["items"], schemas)]
    for choice in schema.get("anyOf", []):
        if choice.get("type") != "null":
            return example_of(choice, schemas)
    message = f"no example for {schema.get('title', schema)}"
    raise LookupError(message)


def _problem_response(error: ConcordError) -> dict[str, Any]:
    example = problem(error, "/v1/issues", EXAMPLE_ID)
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": error.title,
        "content": {PROBLEM_TYPE: {"schema": schema, "example": example}},
    }
