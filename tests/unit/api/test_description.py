"""What the API says about itself: the document, its page, and a page for every problem.

In: every module of the node, so that no error is forgotten. Run by pytest.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from starlette.testclient import TestClient

import node
from node.api.app import PREFIXES
from node.api.guard import JSON_TYPE
from node.api.openapi import example_of, operations
from node.api.routes.errors import explained
from node.core.errors import ConcordError
from tests.support.api_node import ApiNode
from tests.support.problems import problem


class Loads(HTMLParser):
    """What a page would load or run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.ids.add(values.get("id") or "")
        inline = [name for name in values if name.startswith("on") or name == "style"]
        if tag in {"script", "link", "img", "iframe", "style", "form"} or inline:
            self.found.append((tag, values))


@pytest.fixture
def stranger(small_node: ApiNode) -> Iterator[TestClient]:
    with small_node.client() as client:
        yield client


@pytest.fixture
def document(stranger: TestClient) -> dict[str, Any]:
    answer = stranger.get("/openapi.json")
    assert answer.headers["content-type"] == JSON_TYPE
    found: dict[str, Any] = answer.json()
    return found


def contents(operation: dict[str, Any], document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every body an operation takes or gives, refusals included."""
    named = document["components"]["responses"]
    answers = [
        named[each["$ref"].rpartition("/")[2]] if "$ref" in each else each
        for each in operation["responses"].values()
    ]
    for body in (operation.get("requestBody", {}), *answers):
        yield from body.get("content", {}).values()


def test_a_member_without_example_cannot_be_described() -> None:
    with pytest.raises(LookupError, match="Colour"):
        example_of({"title": "Colour", "type": "string"}, {})


def test_every_operation_has_examples(document: dict[str, Any]) -> None:
    count = 0
    for path, method, operation in operations(document):
        count += 1
        where = f"{method} {path}"
        assert operation["summary"], where
        assert operation["description"], where
        assert operation["tags"], where
        for parameter in operation.get("parameters", []):
            assert parameter["description"], (where, parameter["name"])
            assert parameter["schema"].get("examples"), (where, parameter["name"])
        for content in contents(operation, document):
            assert "example" in content or content.get("examples"), where
            assert content["schema"], where
    assert count > 25


def test_every_refusal_is_described(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        statuses = set(operation["responses"])
        assert {"400", "422", "500", "503"} <= statuses, path
        if operation["security"]:
            assert {"401", "403"} <= statuses, path
        if method == "post":
            assert {"404", "409", "413", "415"} <= statuses, path


def test_every_member_is_described(document: dict[str, Any]) -> None:
    for name, schema in document["components"]["schemas"].items():
        for member, found in schema.get("properties", {}).items():
            assert found.get("description"), f"{name}.{member}"


def test_no_amount_is_a_number(document: dict[str, Any]) -> None:
    text = str(document)
    assert "'type': 'number'" not in text
    assert document["components"]["schemas"]["Amount"]["properties"]["amount"]["type"] == "string"


def test_every_address_is_told(document: dict[str, Any]) -> None:
    assert "/openapi.json" in PREFIXES
    for path in document["paths"]:
        assert any(path == each or path.startswith(f"{each}/") for each in PREFIXES), path


@pytest.mark.parametrize("path", ["/docs", "/errors", "/errors/UETR_ALREADY_USED"])
def test_a_page_loads_our_stylesheet_and_nothing_else(stranger: TestClient, path: str) -> None:
    answer = stranger.get(path)
    assert answer.headers["content-type"].startswith("text/html")
    loads = Loads()
    loads.feed(answer.text)
    assert loads.found == [("link", {"rel": "stylesheet", "href": "/docs/style.css"})]
    assert "script-src" not in answer.headers["content-security-policy"]
    style = stranger.get("/docs/style.css")
    assert style.headers["content-type"].startswith("text/css")
    assert not re.search(r"@import|url\(", style.text)


def test_the_page_shows_every_operation(stranger: TestClient, document: dict[str, Any]) -> None:
    loads, text = Loads(), stranger.get("/docs").text
    loads.feed(text)
    for path, _, operation in operations(document):
        assert operation["operationId"] in loads.ids
        assert f"<code>{path}</code>" in text
    assert "{'" not in text  # nothing of Python shows through


def test_the_page_tells_of_tokens_on_a_demo_only(small_node: ApiNode) -> None:
    for demo in (True, False):
        small_node.demo = demo
        with small_node.client() as client:
            assert ("Try it" in client.get("/docs").text) is demo


@pytest.mark.parametrize("code", ["NO_SUCH_CODE", "A" * 64])
def test_an_unknown_code_has_no_page(stranger: TestClient, code: str) -> None:
    problem(stranger.get(f"/errors/{code}"), 404, "NOT_FOUND")


@pytest.mark.parametrize("code", ["uetr", "A" * 65, "A<b>"])
def test_what_is_no_code_is_refused(stranger: TestClient, code: str) -> None:
    problem(stranger.get(f"/errors/{code}"), 422, "INVALID_REQUEST")


def every_error() -> set[type[ConcordError]]:
    for each in pkgutil.walk_packages(node.__path__, "node."):
        # A migration's environment and the entry point do their work when they are imported.
        if "migrations" not in each.name and not each.name.endswith("__main__"):
            importlib.import_module(each.name)
    found, left = set[type[ConcordError]](), [ConcordError]
    while left:
        below = left.pop().__subclasses__()
        found.update(below)
        left += below
    return {each for each in found if each.__module__.startswith("node.")}


def test_every_error_of_the_node_has_a_page(stranger: TestClient) -> None:
    errors = every_error()
    assert len(errors) > 60
    listed = stranger.get("/errors").text
    known = explained()
    for error in errors:
        assert f'href="/errors/{error.code}"' in listed
        found = known[error.code]
        assert found.title, error
        assert found.meanings, error
        assert found.remedy, error
        answer = stranger.get(f"/errors/{error.code}")
        assert answer.status_code == 200, error


def test_a_code_means_one_thing() -> None:
    """Two errors may share a code only if a caller should act on both alike."""
    by_code: dict[str, set[tuple[int, bool]]] = {}
    for error in every_error():
        if error.code != "INTERNAL":
            by_code.setdefault(error.code, set()).add((error.status, error.retryable))
    assert {code: told for code, told in by_code.items() if len(told) > 1} == {}
