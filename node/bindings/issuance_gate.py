"""IssuanceGate: what its events mean for the books, and the calls we make on it.

In: events, references, amounts. Out: `RULES`, calls. Called by: the rulebook of all bindings,
settlement. The chain cannot know which correspondent account pays: the expectation says it.
"""

from __future__ import annotations

from typing import Any, Final

from node.chain.artifacts import load
from node.chain.codec import encode_call
from node.chain.deployments import DeployedContract
from node.core.money import Money, currency, from_chain, to_chain
from node.core.types import Address
from node.events.event import ChainEvent
from node.ledger import chart
from node.posting.rule import Movement, NoPosting, PostingRule, silent
from node.submission.service import Call

CONTRACT: Final = "IssuanceGate"


def issue(gate: DeployedContract, sequence: int, ref: bytes, to: Address, money: Money) -> Call:
    """Issue money to an admitted wallet."""
    return _call(gate, "issue", (sequence, ref, to, to_chain(money, money.asset.scale)))


def redeem(gate: DeployedContract, sequence: int, ref: bytes, terms: tuple[Any, ...]) -> Call:
    """Burn what a holder put on hold for the gate; `terms` as `HoldTerms.as_argument` gives."""
    return _call(gate, "redeem", (sequence, ref, terms))


def cancel_redemption(gate: DeployedContract, terms: tuple[Any, ...]) -> Call:
    """Give a hold back that will not be redeemed."""
    return _call(gate, "cancelRedemption", (terms,))


def attest(gate: DeployedContract, liabilities: Money, as_of: int) -> Call:
    """State what the bank owes, as of a Unix second."""
    amount = to_chain(liabilities, liabilities.asset.scale)
    return _call(gate, "attest", (amount, as_of))


def _issued(event: ChainEvent, _: tuple[ChainEvent, ...]) -> Movement | NoPosting:
    money = _money(event)
    if not money.minor_units:
        return NoPosting("an amount of zero")
    return Movement(
        kind="ISSUE",
        currency=event.currency,
        amount=money.minor_units,
        debit=None,
        credit=chart.wallet(event.currency, event.args["to"]),
        unannounced=chart.suspense(event.currency),
        narrative=f"issue of {money}",
    )


def _redeemed(event: ChainEvent, _: tuple[ChainEvent, ...]) -> Movement | NoPosting:
    money = _money(event)
    if not money.minor_units:
        return NoPosting("an amount of zero")
    return Movement(
        kind="REDEEM",
        currency=event.currency,
        amount=money.minor_units,
        debit=chart.wallet(event.currency, event.args["from"]),
        credit=None,
        unannounced=chart.suspense(event.currency),
        narrative=f"redemption of {money}",
    )


def _money(event: ChainEvent) -> Money:
    asset = currency(event.currency)
    return from_chain(int(event.args["amount"]), asset.scale, asset)


def _call(gate: DeployedContract, function: str, args: tuple[Any, ...]) -> Call:
    return Call(gate.address, encode_call(load(CONTRACT), function, args))


RULES: Final = (
    PostingRule(CONTRACT, "Issued", "gate.issued", _issued),
    PostingRule(CONTRACT, "Redeemed", "gate.redeemed", _redeemed),
    silent(CONTRACT, "Attested", "a statement of what is owed moves nothing"),
    silent(CONTRACT, "LimitsChanged", "limits move no money"),
    silent(CONTRACT, "AuthorityUpdated", "rights changed, no money moved"),
)
