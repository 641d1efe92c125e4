"""What is proposed about a break, and the hash by which two people know that they saw the same.

In: breaks as they stand, a command. Out: `Proposal`, or why the command makes no sense. Pure.
Called by: service, when it is asked for and once more when it is decided.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from node.core.errors import Conflict, Rejected
from node.core.ids import sha256_hex
from node.core.money import Money, currency, parse_positive
from node.reconciliation.breaks import Break
from node.reconciliation.grouping import Source
from node.reconciliation.item import Record
from node.reconciliation.verdict import subject_of

_PAYMENT: Final = subject_of("")


class CaseCommand(StrEnum):
    """What takes two people."""

    MATCH = "break.match"  # the items of several breaks are one payment
    WRITE_OFF = "break.write-off"  # the bank bears the difference: the books follow the bank
    ACCEPT = "break.accept"  # the difference stays, and no longer waits for anybody
    SPLIT = "match.split"  # what people put together is taken apart again


class CaseClosed(Conflict):
    """The break stands no longer."""

    code = "BREAK_CLOSED"
    title = "Break closed"


class CommandHasNoSense(Rejected):
    """That command does nothing about that break."""

    code = "BREAK_COMMAND_NOT_POSSIBLE"
    title = "Not possible for this break"


class WriteOffTooLarge(Rejected):
    """More than may be written off."""

    code = "WRITE_OFF_TOO_LARGE"
    title = "Write-off too large"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is shown to both people; `others` are breaks that the command is about besides."""

    command: CaseCommand
    subject: str
    others: tuple[str, ...]
    told: dict[str, Any]

    @property
    def shown(self) -> str:
        """The hash of all of it."""
        content = [self.command.value, self.subject, sorted(self.others), self.told]
        return sha256_hex(json.dumps(content, sort_keys=True, separators=(",", ":")).encode())


def proposal_of(
    command: CaseCommand, found: Break, others: Sequence[Break], *, write_off_max: str
) -> Proposal:
    """What a command does to a break. Raises `CaseClosed`, `CommandHasNoSense`, too large."""
    for each in (found, *others):
        if not each.open:
            raise CaseClosed(f"break {each.id} is closed: {each.closed_reason}")
    if command is CaseCommand.MATCH:
        _check_match(found, others)
    elif others:
        raise CommandHasNoSense(f"{command} is about one break", remedy="Leave the others out.")
    if command is CaseCommand.WRITE_OFF:
        _check_write_off(found, write_off_max)
    told = {"breaks": [shown_of(each) for each in (found, *others)]}
    return Proposal(command, found.id, tuple(each.id for each in others), told)


def shown_of(found: Break) -> dict[str, Any]:
    """What of a break a person decides on."""
    return {
        "id": found.id,
        "cause": found.cause.value,
        "amount": str(Money(found.amount, currency(found.currency))),
        "effect_bank": found.effect_bank,
        "effect_chain": found.effect_chain,
        "uetr": found.uetr,
        "items": [[each["side"], each["source"]] for each in found.evidence.get("items", [])],
    }


def sources_of(found: Break) -> list[Source]:
    """The rows that a break stands on."""
    return [(Record(e["side"]), str(e["source"])) for e in found.evidence.get("items", [])]


def key_of(found: Break) -> str:
    """The payment that a break is about."""
    return found.subject.removeprefix(_PAYMENT)


def _check_match(found: Break, others: Sequence[Break]) -> None:
    if not others:
        raise CommandHasNoSense(
            "a match joins this break with at least one other", remedy="Name the other breaks."
        )
    if len({found.id, *(each.id for each in others)}) <= len(others):
        raise CommandHasNoSense("a break is named twice", remedy="Name each of them once.")
    for each in (found, *others):
        if not each.subject.startswith(_PAYMENT):
            raise CommandHasNoSense(
                f"break {each.id} is about a total, not about a payment",
                remedy="Look for what makes the total differ.",
            )
        if each.currency != found.currency:
            raise CommandHasNoSense(
                f"break {each.id} is in {each.currency}, the other in {found.currency}",
                remedy="Match what is in one currency.",
            )


def _check_write_off(found: Break, write_off_max: str) -> None:
    if not found.subject.startswith(_PAYMENT) or not found.effect_bank:
        raise CommandHasNoSense(
            "there is nothing between books and bank to write off",
            remedy="Match it, or accept it.",
        )
    if found.effect_chain:
        raise CommandHasNoSense(
            "chain and books differ: what the chain moved cannot be written off",
            remedy="Correct the books, or what moved the chain.",
        )
    limit = parse_positive(write_off_max, currency(found.currency))
    if abs(found.effect_bank) > limit.minor_units:
        raise WriteOffTooLarge(
            f"{Money(abs(found.effect_bank), limit.asset)} is more than {limit} which may be"
            " written off at once",
            remedy="Find the money, or have the limit raised.",
        )
