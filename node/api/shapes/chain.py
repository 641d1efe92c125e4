"""Chain events, as a partner sees them.

In: events records. Out: shapes. Called by: routes events, payments.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pydantic import Field

from node.api.shapes.base import (
    EXAMPLE_HASH,
    EXAMPLE_TIME,
    EXAMPLE_UETR,
    EXAMPLE_WALLET,
    Shape,
)
from node.events.event import ChainEvent


class EventShape(Shape):
    """One log of one of the bank's contracts, decoded."""

    id: int = Field(description="Position in the node's record of events.", examples=[17])
    chain_id: int = Field(description="Chain.", examples=[1337])
    block_number: int = Field(description="Block number.", examples=[4242])
    block_hash: str = Field(description="Block hash.", examples=[EXAMPLE_HASH])
    block_time: datetime = Field(description="The block's own time.", examples=[EXAMPLE_TIME])
    tx_hash: str = Field(description="Hash of the signed call.", examples=[EXAMPLE_HASH])
    log_index: int = Field(description="Index of the log in its block.", examples=[3])
    address: str = Field(description="Contract address.", examples=[EXAMPLE_WALLET])
    contract: str = Field(description="Kind of contract.", examples=["IssuanceGate"])
    label: str = Field(description="Name of this deployment.", examples=["EUR.gate"])
    currency: str = Field(description="ISO 4217 code; or empty.", examples=["EUR"])
    name: str = Field(description="Event name; empty if not decodable.", examples=["Issued"])
    args: dict[str, Any] = Field(
        description="Arguments; integers as decimal strings, bytes as 0x hex.",
        examples=[{"amount": "10025"}],
    )
    uetr: str = Field(description="Payment it belongs to; or empty.", examples=[EXAMPLE_UETR])
    canonical: bool = Field(description="False once a reorg took its block.", examples=[True])
    standing: str | None = Field(
        default=None,
        description="SEEN, CONFIRMED, FINAL or RETRACTED; null in lists.",
        examples=["FINAL"],
    )


def event_shape(event: ChainEvent, standing: str | None = None) -> EventShape:
    """A chain event as it goes over the wire."""
    return EventShape(
        id=event.id,
        chain_id=event.key.chain_id,
        block_number=event.block_number,
        block_hash=event.key.block_hash,
        block_time=datetime.fromtimestamp(event.block_timestamp, UTC),
        tx_hash=event.key.tx_hash,
        log_index=event.key.log_index,
        address=event.address,
        contract=event.contract,
        label=event.label,
        currency=event.currency,
        name=event.name,
        args=dict(event.args),
        uetr=event.uetr,
        canonical=event.canonical,
        standing=standing,
    )
