"""What a refusal must look like over HTTP, whoever refused what.

In: an answer, the status and code it should have. Out: the problem document. Used by tests of the
API.
"""

from __future__ import annotations

from typing import Any, Protocol


class Answered(Protocol):
    """As much of an HTTP answer as is looked at."""

    @property
    def status_code(self) -> int: ...

    @property
    def headers(self) -> Any: ...  # noqa: ANN401 - the client's own kind

    @property
    def text(self) -> str: ...

    def json(self) -> Any: ...  # noqa: ANN401 - whatever was sent


def problem(answer: Answered, status: int, code: str) -> dict[str, Any]:
    """The document, once it is a whole RFC 9457 problem of that status and code."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert (body["status"], body["code"], body["type"]) == (status, code, f"/errors/{code}")
    assert body["title"]
    assert body["detail"]
    assert body["retryable"] in {True, False}
    assert body["request_id"] == answer.headers["x-request-id"]
    assert body["instance"].startswith("/")
    return body
