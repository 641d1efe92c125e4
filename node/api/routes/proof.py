"""The proof: do chain, books and bank agree, per currency, at a final block.

In: nothing. Out: one line per currency. Called by: partner banks, auditors.
"""

from __future__ import annotations

from fastapi import APIRouter

from node.api.access import Node
from node.api.auth import Reader
from node.api.guard import GuardedRoute
from node.api.shapes.reconciliation import ProofShape, proof_shape

router = APIRouter(prefix="/v1/proof", tags=["proof"], route_class=GuardedRoute)


@router.get("")
def prove(node: Node, _: Reader) -> ProofShape:
    """Add the three records up anew, at the cut of the last comparison."""
    return proof_shape(node.prove())
