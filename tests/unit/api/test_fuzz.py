"""The API against its own description: what Schemathesis makes of it, right and wrong on purpose.

In: the OpenAPI document of a node with a day's records. Run by pytest; in full by `make verify`.
Every answer must be described, be as described, and never be the node's own failure.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import CheckContext, GenerationMode, Response
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from node.control.roles import Role
from tests.support.api_node import ApiNode, bearer, token

pytestmark = pytest.mark.verify


def refuses_what_is_wrong(
    context: CheckContext, response: Response, case: schemathesis.Case[Any]
) -> bool | None:
    """What is wrong is refused, as far as it went out: an empty list leaves no trace in a URL."""
    sent = parse_qs(urlsplit(str(response.request.url)).query, keep_blank_values=True)
    if set(case.query or {}) - set(sent):
        return None
    return negative_data_rejection(context, response, case)


CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    refuses_what_is_wrong,
    ignored_auth,
]


@pytest.fixture
def described(small_node: ApiNode) -> schemathesis.BaseSchema:
    """The description, with the application that it must fit."""
    return schemathesis.openapi.from_asgi("/openapi.json", small_node.app())


def operations(schema: schemathesis.BaseSchema, mode: GenerationMode) -> Iterator[Any]:
    """Every operation; where it is asked wrongly, those that can be asked wrongly."""
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        told = operation.definition.raw
        if mode is GenerationMode.POSITIVE or told.get("parameters") or "requestBody" in told:
            yield operation


@pytest.mark.parametrize("mode", GenerationMode)
def test_every_answer_is_as_described(
    described: schemathesis.BaseSchema, mode: GenerationMode
) -> None:
    headers = bearer(token(Role.SERVICE))
    count = 0
    for operation in operations(described, mode):

        @settings(
            max_examples=max(settings().max_examples // 20, 3),
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: schemathesis.Case[Any]) -> None:
            nonlocal count
            count += 1
            case.call_and_validate(headers=headers, checks=CHECKS)

        ask()
    assert count > 50
