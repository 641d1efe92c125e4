"""Accounts: what every account holds, and whether the books balance.

In: the books. Out: balances by kind of account, and the trial balance per currency.
"""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from node.console.access import reading
from node.console.page import page
from node.ledger import balances as ledger
from node.ledger.account import Account, AccountKind
from node.ledger.balances import TrialLine

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Held:
    """An account and what it holds on its own side, in minor units."""

    account: Account
    posted: int
    pending: int
    available: int


@router.get("/accounts")
def accounts(request: Request, currency: str = "") -> Response:
    """Balances now, of one currency when asked."""
    with reading(request) as session:
        held, trial = read_balances(session, currency), ledger.trial_balance(session)
    kinds = [(kind, [each for each in held if each.account.kind is kind]) for kind in AccountKind]
    return page(
        request,
        "accounts.html",
        groups=[(kind, within) for kind, within in kinds if within],
        trial=read_trial(trial, currency),
        currency=currency,
        currencies=[line.currency for line in trial],
    )


def read_trial(trial: list[TrialLine], currency: str) -> list[TrialLine]:
    """The lines of the trial balance that are asked for."""
    return [line for line in trial if currency in {"", line.currency}]


def read_balances(session: Session, currency: str) -> list[Held]:
    """Every account's balance, in code order."""
    return [
        Held(
            account,
            held.posted(account.normal_side),
            held.pending(account.normal_side),
            held.available(account.normal_side),
        )
        for account, held in ledger.balances(session, currency=currency or None)
    ]
