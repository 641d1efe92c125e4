"""A story told by real bank messages: payments are issued to wallets, statements are imported.

In: a `Stage`, a folder of ISO 20022 files. Out: what they say, in the node's records; notes on
files that are not read. Called by: command here.

A payment (pacs.008, pacs.009) is money for its creditor: the bank issues deposit tokens to the
creditor's wallet under the payment's own UETR. It comes in at the account whose statement shows
it, else at the first account kept in its currency.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from node.bank.reader import read
from node.bank.statement import BankMessage, PaymentMessage, Statement
from node.bank.text_reader import FormatUnknown
from node.core.errors import Rejected
from node.core.ids import sha256_hex
from node.core.types import Address
from node.demo.stage import ACTOR, Customer, Stage
from node.settlement.commands import IssueCommand, RedeemCommand

FALLBACK_NUMBER: Final = "UNNAMED-CORRESPONDENT"
_NAME_MAX: Final = 70


class NoMessages(Rejected):
    """The folder holds no file that is read here."""

    code = "NO_MESSAGES"
    title = "No messages"


@dataclass(frozen=True, slots=True)
class MessageFile:
    """One file of the folder; `refusal` instead of `message` where it cannot be read."""

    path: Path
    content: bytes
    message: BankMessage | None = None
    refusal: Rejected | None = None

    @property
    def for_import(self) -> bool:
        """Whether the importer should have it: a statement, or a damaged file it will keep."""
        if self.message is None:
            return not isinstance(self.refusal, FormatUnknown)
        return bool(self.message.statements)


@dataclass(frozen=True, slots=True)
class Order:
    """One payment as the bank carries it out, for the party of it that is a customer."""

    payment: PaymentMessage
    nostro: str
    name: str
    label: str
    incoming: bool


def load(folder: Path) -> list[MessageFile]:
    """Every file of the folder, in name order. Raises `NoMessages` when none is understood."""
    if not folder.is_dir():
        raise NoMessages(f"{folder} is no folder", remedy="Name a folder of ISO 20022 files.")
    found = [_load(path) for path in sorted(folder.iterdir()) if path.is_file()]
    if not any(each.message for each in found):
        raise NoMessages(
            f"{folder} holds {len(found)} files and none is a payment or a statement",
            remedy="Put pacs.008, pacs.009, camt.053 or camt.054 files there.",
        )
    return found


def unread(files: Iterable[MessageFile]) -> list[MessageFile]:
    """Files that are sound and hold no message that is read here."""
    return [each for each in files if isinstance(each.refusal, FormatUnknown)]


def currencies(files: Iterable[MessageFile]) -> tuple[str, ...]:
    """Every currency that the messages speak of: each needs a token."""
    payments, statements = _payments(files), _statements(files)
    codes = [each.amount.asset.code for each in payments]
    return tuple(sorted({*codes, *(each.currency for each in statements)}))


def play(stage: Stage, files: Sequence[MessageFile]) -> None:
    """Do what the messages say; what was done before is not done again."""
    _open_accounts(stage, files)
    orders = _orders(files)
    customers = _customers(orders)
    stage.say(f"onboarding {len(customers)} customers named by the payments")
    wallets = stage.onboard(customers)
    stage.play()
    for order in orders:
        _carry_out(stage, order, wallets[order.label])
    stage.play()
    for each in files:
        if each.for_import:
            stage.say(f"importing {each.path.name}")
            stage.hand_in(each.content, each.path.name)
    stage.play()


def _load(path: Path) -> MessageFile:
    content = path.read_bytes()
    try:
        return MessageFile(path, content, read(content, path.name))
    except Rejected as refusal:
        return MessageFile(path, content, refusal=refusal)


def _payments(files: Iterable[MessageFile]) -> list[PaymentMessage]:
    return [each for file in files if file.message for each in file.message.payments]


def _statements(files: Iterable[MessageFile]) -> list[Statement]:
    return [each for file in files if file.message for each in file.message.statements]


def _open_accounts(stage: Stage, files: Sequence[MessageFile]) -> None:
    """Open each account that the statements are of, and one in each currency without any."""
    statements = _statements(files)
    for each in statements:
        _open_account(stage, each.currency, each.account_number)
    for code in set(currencies(files)) - {each.currency for each in statements}:
        _open_account(stage, code, FALLBACK_NUMBER)


def _open_account(stage: Stage, code: str, number: str) -> None:
    stage.node.onboarding.correspondent(code, number, "Correspondent", by=ACTOR)


def _orders(files: Sequence[MessageFile]) -> list[Order]:
    """What each payment asks of the bank: issue where it came in, redeem where it went out."""
    statements = _statements(files)
    return [_order(each, statements) for each in _payments(files)]


def _order(payment: PaymentMessage, statements: Sequence[Statement]) -> Order:
    code = payment.amount.asset.code
    number, incoming = _booked(payment, [each for each in statements if each.currency == code])
    party = (payment.creditor, payment.creditor_account)
    if not incoming:
        party = (payment.debtor, payment.debtor_account)
    return Order(payment, number, party[0] or party[1], _label(*party), incoming)


def _customers(orders: Iterable[Order]) -> list[Customer]:
    """Each party that gets a wallet or pays from one."""
    held: dict[str, tuple[str, set[str]]] = {}
    for each in orders:
        _, codes = held.setdefault(each.label, (each.name, set()))
        codes.add(each.payment.amount.asset.code)
    return [
        Customer(label, name[:_NAME_MAX], tuple(sorted(codes)), identifier=name[:_NAME_MAX])
        for label, (name, codes) in held.items()
    ]


def _label(name: str, account: str) -> str:
    return f"party-{sha256_hex((account or name).encode())[:16]}"


def _carry_out(stage: Stage, order: Order, wallet: Address) -> None:
    """Instruct it. What the node refuses is said and left: the statement then shows a break."""
    payment = order.payment
    stage.say(f"{payment.name}: {payment.amount} {'to' if order.incoming else 'from'} {order.name}")
    kind = IssueCommand if order.incoming else RedeemCommand
    try:
        stage.instruct(
            kind(
                payment.amount.asset.code,
                payment.amount.decimal(),
                wallet,
                payment.uetr,
                order.nostro,
                payment.end_to_end_id,
                payment.settlement_date,
            )
        )
    except Rejected as refusal:
        stage.say(f"refused: {refusal.detail}")


def _booked(payment: PaymentMessage, statements: Sequence[Statement]) -> tuple[str, bool]:
    """The account that shows the payment, and whether it comes in there."""
    for statement in statements:
        for entry in statement.entries:
            if entry.uetr == payment.uetr:
                return statement.account_number, entry.amount.minor_units > 0
    return (statements[0].account_number if statements else FALLBACK_NUMBER), True
