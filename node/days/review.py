"""What a business day came to, gathered for whoever signs it.

In: a session over one snapshot, the proof at its cut, the day. Out: the content of a certificate.
Called by: service. All amounts are minor units.
"""

from __future__ import annotations

import inspect
from collections import Counter
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from node.bank import store as bank
from node.core.ids import sha256_hex
from node.core.money import currency, parse_signed
from node.core.plugins import discover
from node.days import store
from node.days.certificate import VERSION, Content
from node.ledger import balances
from node.ledger import store as ledger
from node.ledger.account import AccountKind
from node.reconciliation import rules
from node.reconciliation import store as reconciliation
from node.reconciliation.breaks import Break, age_days
from node.reconciliation.cut import Cut
from node.reconciliation.items import store as items
from node.reconciliation.proof import Proof
from node.sealing import store as sealing


def review(session: Session, proof: Proof, cut: Cut, day: date, at: datetime) -> Content:
    """The content of the day's certificate, as the records stand at the cut."""
    open_breaks = reconciliation.open_breaks(session)
    number, before, _ = store.last(session)
    seal = sealing.last_seal(session)
    return {
        "version": VERSION,
        "number": number + 1,
        "before": before,
        "day": day.isoformat(),
        "made_at": at.isoformat(),
        "cut": {"block": cut.block, "entry": cut.entry, "statement": cut.statement},
        "seal": seal.hash if seal else "",
        "inputs": _inputs(session, cut),
        "rules": _rules(),
        "counts": {
            "items": items.count(session),
            "matches": reconciliation.count_matches(session),
            "breaks_open": len(open_breaks),
            "breaks_accepted": sum(bool(each.accepted) for each in open_breaks),
        },
        "currencies": [
            {
                "currency": each.currency,
                "chain": each.chain,
                "books": each.token_liability,
                "nostros": each.nostro_mirror,
                "statements": each.statement_closing,
            }
            for each in proof.lines
        ],
        "accounts": _accounts(session, cut, open_breaks),
        "breaks": [_of_break(each, day) for each in open_breaks],
    }


def _inputs(session: Session, cut: Cut) -> list[dict[str, Any]]:
    """The last statement of each account, by the hash of its file."""
    found = []
    for each in bank.last_statements(session, cut.statement):
        file = bank.file(session, each.file_id)
        found.append(
            {
                "account": each.account,
                "statement": each.statement_id,
                "closing_date": each.closing_date and each.closing_date.isoformat(),
                "file": file.name if file else "",
                "sha256": file.sha256 if file else "",
            }
        )
    return found


def _rules() -> list[dict[str, Any]]:
    """Every rule in its order, by the hash of its text: its version."""
    return [
        {
            "rule": module.RULE.name,
            "priority": module.RULE.priority,
            "sha256": sha256_hex(inspect.getsource(module).encode()),
        }
        for module in sorted(discover(rules), key=lambda each: each.RULE.priority)
    ]


def _accounts(session: Session, cut: Cut, open_breaks: list[Break]) -> list[dict[str, Any]]:
    """Books less statement less open items, for each account at a bank."""
    opened = Counter[str]()
    for each in open_breaks:
        opened.update(_by_account(each))
    last = bank.last_statements(session, cut.statement)
    closing = {each.account: (each.closing or 0) + each.ahead for each in last}
    found = []
    for account in ledger.accounts(session, AccountKind.NOSTRO):
        held = balances.balance(session, account.code, sequence_until=cut.entry)
        found.append(
            {
                "account": account.code,
                "currency": account.currency,
                "books": held.posted(account.normal_side),
                "statement": closing.get(account.code, 0),
                "open_items": opened[account.code],
            }
        )
    return found


def _by_account(found: Break) -> dict[str, int]:
    """What a break says of bank less books, on each account at a bank."""
    told: Counter[str] = Counter()
    for each in found.evidence.get("items", []):
        account = str(each.get("account", ""))
        if not account.startswith(f"{AccountKind.NOSTRO}:"):
            continue
        if each["side"] == "bank":
            told[account] += parse_signed(each["amount"], currency(found.currency)).minor_units
        elif each["side"] == "books":
            told[account] -= int(each["nostro"])
    return dict(told)


def _of_break(found: Break, day: date) -> dict[str, Any]:
    return {
        "id": found.id,
        "cause": found.cause.value,
        "currency": found.currency,
        "amount": found.amount,
        "effect_bank": found.effect_bank,
        "effect_chain": found.effect_chain,
        "accounts": _by_account(found),
        "value_date": found.value_date.isoformat(),
        "age_days": age_days(found, day),
        "owner": found.owner,
        "accepted": found.accepted,
        "uetr": found.uetr,
        "explanation": found.explanation,
    }
