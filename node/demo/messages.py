"""A story told by real bank messages: payments are issued to wallets, statements are imported.

In: a `Stage`, a folder of ISO 20022 files. Out: what they say, in the node's records; notes on
files that are not read. Called by: command here.

A payment (pacs.008, pacs.009) is money for its creditor: the bank issues deposit tokens to the
creditor's wallet under the payment's own UETR. It comes in at the account whose statement shows
it, else at the first account kept in its currency.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from node.bank.reader import FormatUnknown, read
from node.bank.statement import BankMessage, PaymentMessage, Statement
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
    nostros = _open_accounts(stage, files)
    payments = _payments(files)
    stage.say(f"onboarding {len(_customers(payments))} customers named by the payments")
    wallets = stage.onboard(_customers(payments))
    stage.play()
    for payment in payments:
        _carry_out(stage, payment, nostros, wallets)
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


def _open_accounts(stage: Stage, files: Sequence[MessageFile]) -> dict[str, list[Statement]]:
    """Open each account that the statements are of; gives the statements by currency."""
    by_currency: dict[str, list[Statement]] = {code: [] for code in currencies(files)}
    for each in _statements(files):
        by_currency[each.currency].append(each)
        _open_account(stage, each.currency, each.account_number)
    for code, statements in by_currency.items():
        if not statements:
            _open_account(stage, code, FALLBACK_NUMBER)
    return by_currency


def _open_account(stage: Stage, code: str, number: str) -> None:
    stage.node.onboarding.correspondent(code, number, "Correspondent", by=ACTOR)


def _customers(payments: Iterable[PaymentMessage]) -> list[Customer]:
    """Each party that holds, or pays from, a wallet; known by account, else by name."""
    held: dict[str, tuple[str, set[str]]] = {}
    for each in payments:
        for name, account in (
            (each.creditor, each.creditor_account),
            (each.debtor, each.debtor_account),
        ):
            if name or account:
                label = _label(name, account)
                _, codes = held.setdefault(label, (name or account, set()))
                codes.add(each.amount.asset.code)
    return [
        Customer(label, name[:_NAME_MAX], tuple(sorted(codes)), identifier=name[:_NAME_MAX])
        for label, (name, codes) in held.items()
    ]


def _label(name: str, account: str) -> str:
    return f"party-{sha256_hex((account or name).encode())[:16]}"


def _carry_out(
    stage: Stage,
    payment: PaymentMessage,
    nostros: Mapping[str, Sequence[Statement]],
    wallets: Mapping[str, Address],
) -> None:
    """Issue to the creditor, or redeem from the debtor where the statement shows money going out.

    A payment that the node refuses is said and left: the statement then shows a break.
    """
    code = payment.amount.asset.code
    number, incoming = _booked(payment, nostros[code])
    party = (
        (payment.creditor, payment.creditor_account)
        if incoming
        else (payment.debtor, payment.debtor_account)
    )
    stage.say(f"{payment.name}: {payment.amount} {'to' if incoming else 'from'} {party[0]}")
    kind = IssueCommand if incoming else RedeemCommand
    try:
        stage.instruct(
            kind(
                code,
                payment.amount.decimal(),
                wallets[_label(*party)],
                payment.uetr,
                number,
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
