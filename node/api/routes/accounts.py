"""Accounts and their balances, now or as of a value date, a record time or a ledger sequence.

In: account codes and moments. Out: accounts with balances, the trial balance.
Called by: partner banks, treasury tools.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field

from node.api.access import Node
from node.api.auth import Reader
from node.api.guard import GuardedRoute
from node.api.shapes.base import (
    EXAMPLE_DATE,
    EXAMPLE_TIME,
    POSITION_MAX,
    IsoDate,
    IsoMoment,
    Shape,
)
from node.api.shapes.books import (
    EXAMPLE_ACCOUNT,
    AccountShape,
    TrialLineShape,
    account_shape,
    trial_line_shape,
)
from node.core.errors import NotFound
from node.db.unit_of_work import read_only
from node.ledger import balances, store

router = APIRouter(prefix="/v1", tags=["accounts"], route_class=GuardedRoute)


class Accounts(Shape):
    """The chart of accounts."""

    items: list[AccountShape] = Field(description="Every account asked for, by code.")


class TrialBalance(Shape):
    """Posted debits and credits per currency."""

    items: list[TrialLineShape] = Field(description="One line per currency.")


@dataclass(frozen=True, slots=True)
class AsOf:
    """The moment a balance is asked for; every limit given holds at once."""

    value_date: Annotated[
        IsoDate | None,
        Query(description="Only what counts by this date.", examples=[EXAMPLE_DATE]),
    ] = None
    recorded_at: Annotated[
        IsoMoment | None,
        Query(description="Only what was recorded by this moment.", examples=[EXAMPLE_TIME]),
    ] = None
    sequence: Annotated[
        int | None,
        Query(ge=0, le=POSITION_MAX, description="Only entries up to here.", examples=[42]),
    ] = None

    def limits(self) -> dict[str, Any]:
        """The same as the ledger names it."""
        return {
            "value_date_until": self.value_date,
            "recorded_until": self.recorded_at,
            "sequence_until": self.sequence,
        }


@router.get("/accounts")
def list_accounts(
    node: Node,
    _: Reader,
    kind: Annotated[
        str | None,
        Query(pattern="^[A-Z_]{1,20}$", description="Only this kind.", examples=["WALLET"]),
    ] = None,
    currency: Annotated[
        str | None,
        Query(pattern="^[A-Z]{3}$", description="Only this currency.", examples=["EUR"]),
    ] = None,
) -> Accounts:
    """Every account with its present balance."""
    with read_only(node.engine) as session:
        found = balances.balances(session, kind=kind, currency=currency)
    return Accounts(items=[account_shape(account, balance) for account, balance in found])


@router.get("/accounts/{code:path}")
def read_account(
    node: Node,
    _: Reader,
    code: Annotated[
        str,
        Path(pattern=r"^[\x21-\x7e]{1,120}$", description="Code.", examples=[EXAMPLE_ACCOUNT]),
    ],
    as_of: Annotated[AsOf, Depends()],
) -> AccountShape:
    """One account with its balance, as of the moment asked for."""
    with read_only(node.engine) as session:
        account = store.account(session, code)
        if account is None:
            raise NotFound(f"no account {code}", remedy="See /v1/accounts for those that exist.")
        return account_shape(account, balances.balance(session, code, **as_of.limits()))


@router.get("/trial-balance")
def trial_balance(node: Node, _: Reader, as_of: Annotated[AsOf, Depends()]) -> TrialBalance:
    """Posted debits and credits per currency; both must be equal at every moment."""
    with read_only(node.engine) as session:
        lines = balances.trial_balance(session, **as_of.limits())
    return TrialBalance(items=[trial_line_shape(line) for line in lines])
