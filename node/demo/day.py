"""A made-up business day of a small bank, with one of each trouble the product is for.

In: a `Stage`. Out: a played day in the node's records. Called by: command here.

The bank has one correspondent with an account in EUR, one in USD and one in gold, and five
customers. What the customers' money does is told by `PAYMENTS`, what they settle with each other is
in exchanges.py; what goes wrong is in troubles.py and in `_bank_lines`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from node.core.types import Address
from node.demo import exchanges, troubles
from node.demo.correspondent import Account, Correspondent, Line
from node.demo.stage import ACTOR, Customer, Stage, told_uetr
from node.settlement.commands import IssueCommand, RedeemCommand, TransferCommand

MONEY: Final = ("EUR", "USD")
# Gold is the asset of the day: a metal account is a claim on the bank as a deposit is, in ounces,
# and is tokenised in the same way.
CURRENCIES: Final = (*MONEY, "XAU")
BANK_BIC: Final = "CNCDDEFF"
CORRESPONDENT: Final = Correspondent("Nordland Bank", "NORDDEFF", BANK_BIC)
EUR: Final = Account("EUR", "DE02100100109307118603", "1250000.00")
USD: Final = Account("USD", "US-400-771-0093", "480000.00")
GOLD: Final = Account("XAU", "XAU-400-771-0101", "160.000")
ACCOUNTS: Final = (EUR, USD, GOLD)
CUSTOMERS: Final = (
    Customer("acme", "Acme Logistics GmbH", CURRENCIES),
    Customer("brenner", "Brenner & Söhne KG", MONEY),
    Customer("claro", "Claro Energy SE", MONEY),
    Customer("delta", "Delta Pharma AG", CURRENCIES),
    Customer("elm", "Elm Street Ventures", MONEY, custodial=False),
)


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment of the day: from or to the bank outside, or between two customers."""

    name: str
    currency: str
    amount: str
    payer: str = ""  # a customer; empty for money that comes in
    payee: str = ""  # a customer; empty for money that goes out


PAYMENTS: Final = (
    Payment("acme funds", "EUR", "50000.00", payee="acme"),
    Payment("brenner funds", "EUR", "12500.00", payee="brenner"),
    Payment("claro funds short", "EUR", "8000.00", payee="claro"),
    Payment("delta funds absent", "EUR", "20000.00", payee="delta"),
    Payment("elm funds", "EUR", "6000.00", payee="elm"),
    Payment("acme dollars", "USD", "30000.00", payee="acme"),
    Payment("brenner dollars", "USD", "5000.00", payee="brenner"),
    Payment("delta gold", "XAU", "40.000", payee="delta"),
    Payment("invoice 4711", "EUR", "1250.00", payer="acme", payee="brenner"),
    Payment("freight", "EUR", "300.00", payer="brenner", payee="claro"),
    Payment("licences", "USD", "2500.00", payer="acme", payee="delta"),
    Payment("brenner payroll", "EUR", "2000.00", payer="brenner"),
    Payment("acme rent", "USD", "1000.00", payer="acme"),
)
TAKEN_BACK: Final = Payment("brenner tops up", "EUR", "4200.00", payee="brenner")
SHORT_BY: Final = "12.00"
SHORT: Final = "claro funds short"
ABSENT: Final = "delta funds absent"


def play(stage: Stage) -> None:
    """Play the whole day; what was played before is not played again."""
    stage.say("opening the accounts at the correspondent, onboarding five customers")
    for account in ACCOUNTS:
        stage.node.onboarding.correspondent(
            account.currency, account.number, CORRESPONDENT.name, by=ACTOR
        )
    wallets = stage.onboard(CUSTOMERS)
    stage.play()
    stage.say("paying in, transferring, paying out")
    for payment in PAYMENTS:
        if payment.payee and not payment.payer:
            stage.instruct(command_of(payment, wallets))
    stage.play()
    for payment in PAYMENTS:
        if payment.payer:
            stage.instruct(command_of(payment, wallets))
    stage.play()
    exchanges.play(stage, wallets)
    stage.say("the chain takes an issue back and brings it again")
    troubles.take_back(stage, _issue(TAKEN_BACK, wallets))
    stage.say("two payments race for one balance, the second reverts on chain")
    troubles.race(stage, payer=wallets["claro"], payee=wallets["delta"])
    stage.say("a customer moves tokens with its own key, outside the node")
    troubles.move_outside(stage, "elm", wallets["claro"])
    stage.say("the correspondent's statements arrive, one of them twice")
    _close(stage)
    stage.play()


def command_of(
    payment: Payment, wallets: Mapping[str, Address]
) -> IssueCommand | RedeemCommand | TransferCommand:
    """The command that carries a payment out."""
    if not payment.payer:
        return _issue(payment, wallets)
    uetr, reference, payer = _uetr(payment), payment.name.upper(), wallets[payment.payer]
    if not payment.payee:
        number = _number(payment.currency)
        return RedeemCommand(payment.currency, payment.amount, payer, uetr, number, reference)
    payee = wallets[payment.payee]
    return TransferCommand(payment.currency, payment.amount, payer, payee, uetr, reference)


def _issue(payment: Payment, wallets: Mapping[str, Address]) -> IssueCommand:
    payee, number = wallets[payment.payee], _number(payment.currency)
    reference = payment.name.upper()
    return IssueCommand(payment.currency, payment.amount, payee, _uetr(payment), number, reference)


def _uetr(payment: Payment) -> str:
    return told_uetr(payment.name)


def _close(stage: Stage) -> None:
    """The statements of the day: what the bank did, and did not do, with the money."""
    day = _day_of(stage)
    for account in ACCOUNTS:
        lines = [line for line in _bank_lines() if line.currency == account.currency]
        content = CORRESPONDENT.statement(account, lines, day)
        name = f"{account.currency.lower()}-{day.isoformat()}.xml"
        stage.hand_in(content, name)
        if account is EUR:
            stage.hand_in(content, f"again-{name}")


def _day_of(stage: Stage) -> date:
    """The day on which the story began: it goes on from there after midnight."""
    first = stage.instruction(_uetr(PAYMENTS[0]))
    return stage.node.clock.today() if first is None else first.value_date


def _bank_lines() -> list[Line]:
    lines = [
        Line(
            currency=each.currency,
            amount=each.amount,
            incoming=not each.payer,
            uetr=_uetr(each),
            end_to_end_id=each.name.upper(),
            counterparty=_named(each.payee or each.payer),
            kept=SHORT_BY if each.name == SHORT else "0",
        )
        for each in (*PAYMENTS, TAKEN_BACK)
        if not (each.payer and each.payee) and each.name != ABSENT
    ]
    unexpected = Line(
        currency="EUR",
        amount="777.00",
        incoming=True,
        counterparty="Stadtwerke Musterstadt",
        narrative="Erstattung Gutschrift 88-213",
    )
    return [*lines, unexpected]


def _named(label: str) -> str:
    return next(each.name for each in CUSTOMERS if each.label == label)


def _number(code: str) -> str:
    return next(each.number for each in ACCOUNTS if each.currency == code)
