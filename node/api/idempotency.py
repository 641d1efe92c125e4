"""The header `Idempotency-Key`: a call that moves value may be sent again without fear.

In: the header, the caller, the route and the validated body. Out: a `Caller` for the settlement
service, which stores key and effect in one unit of work; then the answer to what it made.
Called by: routes that move value.

The key is scoped to subject, method and path and kept for the life of the record. The fingerprint
is taken from the validated body with sorted members, so spacing and order do not matter.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Final

from fastapi import Header
from starlette.requests import Request
from starlette.responses import Response

from node.api.auth import Principal
from node.api.shapes.base import EXAMPLE_ID, Shape
from node.api.shapes.instructions import InstructionShape, instruction_shape
from node.control.commands import KEY_LENGTH_MAX
from node.core.errors import Rejected
from node.core.ids import sha256_hex
from node.settlement.service import Caller, Outcome

REPLAYED: Final = "Idempotent-Replayed"
ACCEPTED: Final[dict[int | str, dict[str, Any]]] = {
    202: {
        "description": "Accepted. It goes on by itself; follow it at `Location`.",
        "headers": {
            "Location": {
                "description": "Where the instruction is read.",
                "schema": {"type": "string", "examples": [f"/v1/instructions/{EXAMPLE_ID}"]},
            },
            REPLAYED: {
                "description": "`true` when this key had made the instruction before.",
                "schema": {"type": "string", "examples": ["true"]},
            },
        },
    }
}

# Optional for the framework, so that its absence gets an error of its own.
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description=(
            "Required. A name you choose for this call, at most 200 printable characters; a UUID "
            "serves well. The same key with the same body gives the same instruction, once."
        ),
        examples=["5f1c2a0e-7f5e-4f53-9f0b-1c8a4c1f6f11"],
    ),
]


class IdempotencyKeyMissing(Rejected):
    """A call that moves value came without `Idempotency-Key`."""

    code = "IDEMPOTENCY_KEY_MISSING"
    status = 400
    title = "Idempotency-Key missing"


class IdempotencyKeyInvalid(Rejected):
    """The `Idempotency-Key` is too long or holds characters outside printable ASCII."""

    code = "IDEMPOTENCY_KEY_INVALID"
    status = 400
    title = "Idempotency-Key invalid"


def command_caller(request: Request, principal: Principal, key: str | None, body: Shape) -> Caller:
    """Who calls, under which key, with what: the settlement service's guard against doubles."""
    return Caller(
        actor=principal.subject,
        scope=f"{principal.subject} {request.method} {request.url.path}",
        idempotency_key=checked_key(key),
        fingerprint=fingerprint(body),
    )


def checked_key(key: str | None) -> str:
    """The key, or the refusal that says what is wrong with it."""
    if not key:
        raise IdempotencyKeyMissing(
            "this call moves value and has no Idempotency-Key",
            remedy="Choose a unique key, a UUID serves well, and send it again on every retry.",
        )
    if len(key) > KEY_LENGTH_MAX or not key.isascii() or not key.isprintable():
        raise IdempotencyKeyInvalid(
            f"the Idempotency-Key has {len(key)} characters or holds some that are not printable",
            remedy=f"Send at most {KEY_LENGTH_MAX} printable ASCII characters.",
        )
    return key


def fingerprint(body: Shape) -> str:
    """SHA-256 of the canonical JSON of a validated body."""
    canonical = json.dumps(body.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    return sha256_hex(canonical.encode())


def accepted(response: Response, outcome: Outcome) -> InstructionShape:
    """The instruction, with where it lives and whether this answer is a repetition."""
    response.headers["Location"] = f"/v1/instructions/{outcome.instruction.id}"
    if outcome.replayed:
        response.headers[REPLAYED] = "true"
    return instruction_shape(outcome.instruction)
