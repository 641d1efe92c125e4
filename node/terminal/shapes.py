"""What the command line prints under `--json`: plain objects, amounts as decimal strings.

In: proofs, breaks, settlements, checks, received files. Out: mappings that json can write.
Called by: cli, demo; show here, so that a table never says more than the object.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from node.bank.importer import Received
from node.bank.refusal import FileRefused
from node.core.errors import ConcordError
from node.core.money import Money, currency, decimal_text
from node.reconciliation.breaks import Break, age_days
from node.reconciliation.proof import Proof, ProofLine
from node.services import Check
from node.settlement.instruction import Instruction
from node.settlement.settlement import Settlement, moved, standing

_AMOUNTS: Final = ("chain", "books", "bank", "difference", "explained", "statement_closing")


def proof_object(proof: Proof) -> dict[str, Any]:
    """The proof, currency by currency."""
    return {
        "agrees": proof.agrees,
        "at": proof.at.isoformat(),
        "lines": [_line(each) for each in proof.lines],
    }


def break_object(found: Break, today: date) -> dict[str, Any]:
    """One break, with its age today."""
    return {
        "id": found.id,
        "cause": str(found.cause),
        "side": found.side,
        "amount": _decimal(found.amount, found.currency),
        "currency": found.currency,
        "age_days": age_days(found, today),
        "value_date": found.value_date.isoformat(),
        "uetr": found.uetr,
        "owner": found.owner,
        "accepted": bool(found.accepted),
        "explanation": found.explanation,
        "evidence": dict(found.evidence),
    }


def settlement_object(found: Settlement, legs: Sequence[Instruction]) -> dict[str, Any]:
    """One settlement, what it moves, and its legs in their order."""
    return {
        "uetr": found.uetr,
        "method": found.method.value,
        "way": found.way.value,
        "state": standing(legs).value,
        "moves": [_money(each) for each in moved(found, legs)],
        "legs": [
            {
                "uetr": each.uetr,
                **_money(each.amount),
                "debtor_wallet": each.debtor_wallet,
                "creditor_wallet": each.creditor_wallet,
                "state": each.state.value,
            }
            for each in legs
        ],
    }


def check_object(check: Check) -> dict[str, Any]:
    """One finding of the doctor."""
    return {
        "name": check.name,
        "ok": check.ok,
        "finding": check.finding,
        "remedy": check.remedy,
    }


def received_object(name: str, received: Received) -> dict[str, Any]:
    """A file that was taken in."""
    return {
        "file": name,
        "accepted": True,
        "id": received.file_id,
        "format": received.format,
        "statements": len(received.statements),
        "lines": received.entries,
        "payments": len(received.payments),
    }


def refused_object(name: str, error: ConcordError) -> dict[str, Any]:
    """A file that was refused, with where and why."""
    return {
        "file": name,
        "accepted": False,
        "code": error.code,
        "line": error.line if isinstance(error, FileRefused) else None,
        "detail": error.detail,
        "remedy": error.remedy,
    }


def _line(line: ProofLine) -> dict[str, Any]:
    amounts = {name: _decimal(getattr(line, name), line.currency) for name in _AMOUNTS}
    return {
        "currency": line.currency,
        **amounts,
        "block": line.block,
        "ledger_sequence": line.ledger_sequence,
        "agrees": line.agrees,
    }


def _money(money: Money) -> dict[str, str]:
    return {"currency": money.asset.code, "amount": money.decimal()}


def _decimal(minor_units: int, code: str) -> str:
    return decimal_text(minor_units, currency(code).scale)
