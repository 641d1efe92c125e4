"""TreasuryAdapter: what its events mean for the books, and the calls we make on it.

In: venues, amounts in units of their asset, references. Out: `RULES`, calls. Called by: the
rulebook of all bindings, whoever places the treasury's money.

Money moves only through the assets, and each asset that is ours has an event for each movement:
those are booked. What a venue owes for it is a position, which is valued and not booked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from node.chain.artifacts import load
from node.chain.codec import encode_call
from node.chain.deployments import DeployedContract
from node.core.types import Address
from node.posting.rule import silent
from node.submission.service import Call

CONTRACT: Final = "TreasuryAdapter"
# As an amount: all that is there. As a bound: none.
ALL: Final = 2**256 - 1


@dataclass(frozen=True, slots=True)
class Exit:
    """How much to take out of a venue, and at which price.

    `assets` and `assets_min` in units of the asset; `shares_max` in the venue's shares.
    """

    assets: int = ALL
    assets_min: int = 0
    shares_max: int = ALL


@dataclass(frozen=True, slots=True)
class Order:
    """What to change into the pool's other asset, the least that must come, until when (Unix)."""

    sold: Address
    amount: int
    received_min: int
    deadline: int


def deposit(
    adapter: DeployedContract, venue: Address, assets: int, shares_min: int, ref: bytes
) -> Call:
    """Place the treasury's money, in units of the venue's asset."""
    return _call(adapter, "deposit", venue, assets, shares_min, ref)


def withdraw(adapter: DeployedContract, venue: Address, way_out: Exit, ref: bytes) -> Call:
    """Take money out, back to the treasury: what is available of it."""
    bounds = (way_out.assets, way_out.assets_min, way_out.shares_max)
    return _call(adapter, "withdraw", venue, *bounds, ref)


def swap(adapter: DeployedContract, venue: Address, order: Order, ref: bytes) -> Call:
    """Change one asset of the treasury into another."""
    terms = (order.sold, order.amount, order.received_min, order.deadline)
    return _call(adapter, "swap", venue, *terms, ref)


def sweep(adapter: DeployedContract, asset: Address, ref: bytes) -> Call:
    """Send what lies in the adapter without a reason to the treasury."""
    return _call(adapter, "sweep", asset, ref)


def lower_cap(adapter: DeployedContract, venue: Address, cap: int) -> Call:
    """Allow less at once, in units of the venue's asset."""
    return _call(adapter, "lowerCap", venue, cap)


def close_venue(adapter: DeployedContract, venue: Address) -> Call:
    """Let nothing in any more."""
    return _call(adapter, "closeVenue", venue)


def pause(adapter: DeployedContract) -> Call:
    """Stop whatever goes in, everywhere."""
    return _call(adapter, "pause")


def _call(adapter: DeployedContract, function: str, *args: object) -> Call:
    return Call(adapter.address, encode_call(load(CONTRACT), function, args))


_BY_ASSET: Final = "the asset's own Transfer is booked; a position is valued, not booked"
_LIMIT: Final = "limits move no money"
_PAUSE: Final = "a pause moves no money"

RULES: Final = (
    silent(CONTRACT, "Deployed", _BY_ASSET),
    silent(CONTRACT, "Withdrawn", _BY_ASSET),
    silent(CONTRACT, "Swapped", _BY_ASSET),
    silent(CONTRACT, "Swept", _BY_ASSET),
    silent(CONTRACT, "VenueSet", _LIMIT),
    silent(CONTRACT, "CapRaised", _LIMIT),
    silent(CONTRACT, "CapLowered", _LIMIT),
    silent(CONTRACT, "VenueClosed", _LIMIT),
    silent(CONTRACT, "Paused", _PAUSE),
    silent(CONTRACT, "Unpaused", _PAUSE),
    silent(CONTRACT, "AuthorityUpdated", "rights changed, no money moved"),
)
