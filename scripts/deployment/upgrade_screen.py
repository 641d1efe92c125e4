"""Shows an upgrade to a person, and as JSON.

In: `Progress`. Out: tables on a console, a mapping. Called by: upgrade.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from node.chain.deployment.layout import added, gained, lost
from node.chain.deployment.scheduled import Stage
from node.chain.deployment.upgrade import Survey, Turn
from node.chain.deployment.upgrading import Progress
from scripts.deployment.calls import call_text, calls_as_json
from scripts.deployment.screen import moment

_HASH_DIGITS: Final = 12


def show(console: Console, found: Progress) -> None:
    """What changes, where each token is, and what is left to others."""
    survey = found.survey
    if not survey.is_needed:
        console.print("[bold green]Nothing to upgrade[/]: every token runs on this release's code.")
        return
    console.print(_head(survey))
    console.print(_changes(survey))
    console.print(_tokens(survey))
    if survey.pending is None and not survey.all_faults:
        console.print(
            f"To be scheduled for each token, at the upgrader {survey.upgrader}:\n"
            "  upgrade(token, new code, migration, the accounts and holds to compare)\n"
        )
    for each in survey.all_faults:
        console.print(Text(f"Refused: {each}", "bold red"))
    for call in found.calls:
        console.print(call_text(call))
    if found.done:
        console.print("[bold green]Upgraded[/]: every token runs on the new code.")


def as_json(found: Progress) -> dict[str, Any]:
    """The upgrade as one JSON object."""
    survey = found.survey
    return {
        "needed": survey.is_needed,
        "done": found.done,
        "old": survey.old.hash,
        "new": survey.new.hash,
        "storage_added": added(survey.old, survey.new),
        "interface_gained": gained(survey.old, survey.new),
        "interface_lost": lost(survey.old, survey.new),
        "faults": survey.all_faults,
        "tokens": [_turn_as_json(each) for each in survey.turns],
        "calls": calls_as_json(found.calls),
    }


def _turn_as_json(turn: Turn) -> dict[str, Any]:
    return {
        "currency": turn.currency,
        "token": turn.token.address,
        "stage": turn.stage.name,
        "ready_at": turn.ready_at,
        "accounts_compared": turn.samples[0],
        "holds_compared": turn.samples[1],
        "money_moved": turn.moved,
    }


def _head(survey: Survey) -> Text:
    old, new = survey.old.hash[:_HASH_DIGITS], survey.new.hash[:_HASH_DIGITS]
    return Text(f"{survey.new.name}: code {old} is to become {new}\n", "bold")


def _changes(survey: Survey) -> Table:
    table = _table("Changes", "what", "which")
    rows = {
        "new storage": added(survey.old, survey.new),
        "new in the interface": gained(survey.old, survey.new),
        "gone from the interface": lost(survey.old, survey.new),
    }
    for what, which in rows.items():
        table.add_row(what, Text("\n".join(which) or "nothing"))
    return table


def _tokens(survey: Survey) -> Table:
    table = _table("Tokens", "currency", "token", "stage", "rehearsal")
    for turn in survey.turns:
        stage = "; ".join(_stage(turn))
        rehearsal = "\n".join(_rehearsal(turn)) if survey.pending is None else ""
        table.add_row(turn.currency, turn.token.address, stage, Text(rehearsal))
    return table


def _stage(turn: Turn) -> Iterator[str]:
    yield str(turn.stage)
    if turn.stage is Stage.WAITING:
        yield f"from {moment(turn.ready_at)}"


def _rehearsal(turn: Turn) -> Iterator[str]:
    accounts, holds = turn.samples
    if turn.fault:
        yield turn.fault
        return
    yield f"passed: {accounts} accounts, {holds} open holds compared"
    moves = "money moved round" if turn.moved else "no money moved: the upgrader holds none"
    yield moves


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, box=box.SIMPLE_HEAD)
    table.title_justify, table.title_style = "left", "bold"
    for each in columns:
        table.add_column(each, overflow="fold")
    return table
