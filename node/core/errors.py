"""The errors of the node: one root, three branches, and a guide when to raise which.

- `Retryable`: the same call may succeed later (RPC down, database busy). The clock tries again.
- `Rejected`: what was asked is wrong or not allowed. Nothing changed; the caller must change it.
- `Fatal`: going on would risk money (deep reorg, wrong chain). The node halts and says what to do.

A leaf owns its message, its stable `code` and its HTTP status. `problem()` is the one rendering
(RFC 9457) that API, CLI and console share. Called by: every layer.
"""

from __future__ import annotations

from typing import Any, ClassVar


class ConcordError(Exception):
    """Root of all errors the node raises on purpose.

    `detail` says what is wrong and where; `remedy` says what to do about it.
    """

    code: ClassVar[str] = "INTERNAL"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal error"
    retryable: ClassVar[bool] = False
    exit_code: ClassVar[int] = 5

    def __init__(self, detail: str, *, remedy: str = "", **facts: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.remedy = remedy
        self.facts = facts

    def problem(self) -> dict[str, Any]:
        """The error as an RFC 9457 problem object; facts are extra members."""
        body: dict[str, Any] = {
            "type": f"/errors/{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "retryable": self.retryable,
        }
        if self.remedy:
            body["remedy"] = self.remedy
        body.update({name: str(value) for name, value in self.facts.items()})
        return body


class Retryable(ConcordError):
    """A dependency failed in a way that time may heal."""

    code = "TEMPORARILY_UNAVAILABLE"
    status = 503
    title = "Temporarily unavailable"
    retryable = True


class Rejected(ConcordError):
    """The request is refused; nothing changed."""

    code = "REJECTED"
    status = 422
    title = "Request refused"
    exit_code = 3


class Fatal(ConcordError):
    """Going on would risk money; the node halts here."""

    code = "HALTED"
    title = "The node has halted"


class InvalidAmount(Rejected):
    """Not a positive decimal amount that the asset can carry."""

    code = "INVALID_AMOUNT"
    title = "Invalid amount"


class InvalidReference(Rejected):
    """A UETR, address, date or identifier that is not well formed."""

    code = "INVALID_REFERENCE"
    title = "Invalid reference"


class NotFound(Rejected):
    """No record under that identifier."""

    code = "NOT_FOUND"
    status = 404
    title = "Not found"


class Conflict(Rejected):
    """The request contradicts a record that exists."""

    code = "CONFLICT"
    status = 409
    title = "Conflict with an existing record"


class UetrUsed(Conflict):
    """A UETR names one payment for ever; a second one under it is refused."""

    code = "UETR_ALREADY_USED"
    title = "UETR already used"


class IllegalTransition(Fatal):
    """A state machine was asked for a step its table does not have."""

    code = "ILLEGAL_TRANSITION"
    title = "Illegal state transition"
