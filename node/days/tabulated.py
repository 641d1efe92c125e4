"""A certificate as tables, which every rendering for people shows.

In: a signed day. Out: titled tables of texts. Pure. Called by: paper, api, console.
"""

from __future__ import annotations

from node.core.money import Money, currency
from node.days.certificate import Content
from node.days.store import SignedDay
from node.sheets.sheet import Row, Sheet, sheet


def sheets_of(signed: SignedDay) -> list[Sheet]:
    """What a person checks, in this order."""
    content = signed.certificate.content
    return [
        sheet("Certificate", ("What", "Value"), _facts(signed)),
        sheet("Currencies", _CURRENCY, map(_currency, content["currencies"])),
        sheet("Accounts at banks", _ACCOUNT, map(_account, content["accounts"])),
        sheet("Open breaks", _BREAK, map(_break, content["breaks"])),
        sheet("Inputs", _INPUT, map(_input, content["inputs"])),
        sheet("Rules", ("Order", "Rule", "SHA-256"), map(_rule, content["rules"])),
    ]


_CURRENCY = ("Currency", "On chain", "In the books", "Our accounts in the books", "At banks")
_ACCOUNT = ("Account", "Books", "Statement", "Open items", "Left over")
_BREAK = ("Cause", "Amount", "Currency", "Value date", "Days", "Owner", "Accepted", "What")
_INPUT = ("Account", "Statement", "Reaches", "File", "SHA-256")


def _currency(told: Content) -> Row:
    code, names = told["currency"], ("chain", "books", "nostros", "statements")
    return (code, *(_decimal(told[name], code) for name in names))


def _account(told: Content) -> Row:
    code, names = told["currency"], ("books", "statement", "open_items")
    left = told["books"] - told["statement"] + told["open_items"]
    return (told["account"], *(_decimal(told[n], code) for n in names), _decimal(left, code))


def _break(told: Content) -> Row:
    return (
        told["cause"],
        _decimal(told["amount"], told["currency"]),
        told["currency"],
        told["value_date"],
        str(told["age_days"]),
        told["owner"],
        "yes" if told["accepted"] else "no",
        told["explanation"],
    )


def _input(told: Content) -> Row:
    names = ("account", "statement", "closing_date", "file", "sha256")
    return tuple(str(told[name] or "") for name in names)


def _rule(told: Content) -> Row:
    return (str(told["priority"]), told["rule"], told["sha256"])


def _facts(signed: SignedDay) -> list[tuple[str, str]]:
    content = signed.certificate.content
    cut, counts = content["cut"], content["counts"]
    return [
        ("Business day", content["day"]),
        ("Number", str(content["number"])),
        ("Prepared by", signed.made_by),
        ("Signed by", signed.signed_by),
        ("Signed at", signed.signed_at.isoformat()),
        ("Root (SHA-256 of the content)", signed.certificate.root),
        ("Root of the certificate before", content["before"]),
        ("Newest seal over journal and trail", content["seal"]),
        ("Final block", str(cut["block"])),
        ("Last ledger entry", str(cut["entry"])),
        ("Items by record", _listed(counts["items"])),
        ("Matches by rule", _listed(counts["matches"])),
        ("Open breaks", f"{counts['breaks_open']}, {counts['breaks_accepted']} accepted"),
    ]


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(counts.items()))


def _decimal(units: int, code: str) -> str:
    return Money(units, currency(code)).decimal()
