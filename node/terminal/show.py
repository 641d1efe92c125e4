"""The same objects as tables for people: what is wrong stands out without colour, too.

In: objects of shapes.py, a console. Out: lines on it. Called by: cli, demo.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table

from node.core.errors import ConcordError
from node.settlement.settlement import WORDS

Shown = Mapping[str, Any]
_WIDTH_MAX: Final = 1_000


def proof(told: Shown, console: Console) -> None:
    """One line per currency, and the verdict over all."""
    table = _table("Three records of the same money")
    table.add_column("Currency", no_wrap=True)
    for name in ("Chain", "Books", "Bank", "Difference", "In breaks"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("Verdict", no_wrap=True)
    for line in told["lines"]:
        amounts = [_grouped(line[name]) for name in ("chain", "books", "bank", "difference")]
        table.add_row(line["currency"], *amounts, _grouped(line["explained"]), _verdict(line))
    # A line too long for the terminal is folded by it; a table made to fit would cut the amounts.
    wide = console.options.update(width=_WIDTH_MAX)
    console.width = max(console.width, Measurement.get(console, wide, table).maximum)
    console.print(table)
    if told["lines"]:
        first = told["lines"][0]
        console.print(
            f"As of final block {first['block']}, ledger entry {first['ledger_sequence']}.",
            highlight=False,
        )
    console.print(verdict(told), highlight=False)


def verdict(told: Shown) -> str:
    """The whole proof in a sentence."""
    if not told["agrees"]:
        wrong = ", ".join(line["currency"] for line in told["lines"] if not line["agrees"])
        return f"[bold red]✗ Not proved:[/] {wrong} differs by more than its open breaks explain."
    if all(_plain(line) for line in told["lines"]):
        return "[bold green]✓ Proved:[/] chain, books and bank are the same to the unit."
    return "[bold green]✓ Proved:[/] every difference is a listed break (`concord breaks`)."


def breaks(told: Sequence[Shown], console: Console) -> None:
    """Every open break, oldest first."""
    if not told:
        console.print("[bold green]✓[/] No open breaks.", highlight=False)
        return
    table = _table(f"Open breaks: {len(told)}")
    table.add_column("Cause", no_wrap=True)
    table.add_column("Side", no_wrap=True)
    table.add_column("Amount", justify="right", no_wrap=True)
    table.add_column("Age", justify="right", no_wrap=True)
    table.add_column("Owner", no_wrap=True)
    table.add_column("What happened", overflow="fold")
    for each in told:
        table.add_row(
            each["cause"],
            each["side"],
            f"{_grouped(each['amount'])} {each['currency']}",
            f"{each['age_days']} d",
            escape(each["owner"]),
            escape(each["explanation"]) + (" (accepted)" if each["accepted"] else ""),
        )
    console.print(table)


def settlements(told: Sequence[Shown], console: Console) -> None:
    """One line per settlement: what was exchanged for what, and whether it is done."""
    for each in told:
        moves = [f"{_grouped(one['amount'])} {one['currency']}" for one in each["moves"]]
        method, way = WORDS[each["method"]], WORDS[each["way"]]
        done = "[green]✓[/]" if each["state"] == "SETTLED" else "[bold red]✗[/]"
        text = f"{done} {method}, {way}: {' against '.join(moves)}, {each['state'].lower()}"
        console.print(text, highlight=False)


def checks(told: Sequence[Shown], console: Console) -> None:
    """One line per finding, its remedy below."""
    table = _table("")
    for column in ("", "Check"):
        table.add_column(column, no_wrap=True)
    table.add_column("Finding", overflow="fold")
    for each in told:
        mark = "[green]✓[/]" if each["ok"] else "[bold red]✗[/]"
        remedy = f"\n[bold]{escape(each['remedy'])}[/]" if each["remedy"] else ""
        table.add_row(mark, each["name"], escape(each["finding"]) + remedy)
    console.print(table)
    wrong = sum(not each["ok"] for each in told)
    console.print(
        f"[bold red]✗ {wrong} of {len(told)} checks found something.[/]"
        if wrong
        else f"[bold green]✓ All {len(told)} checks are well.[/]",
        highlight=False,
    )


def file(told: Shown, console: Console) -> None:
    """What became of one file."""
    name = escape(told["file"])
    if told["accepted"]:
        content = [
            f"{told[what]} {what[:-1] if told[what] == 1 else what}"
            for what in ("statements", "lines", "payments")
            if told[what]
        ]
        text = f"[green]✓[/] {name}: {told['format']}, {', '.join(content) or 'nothing in it'}"
    else:
        at = f"line {told['line']}"
        place = f" {at}" if told["line"] and not told["detail"].startswith(at) else ""
        text = f"[bold red]✗[/] {name}: {told['code']}{place}: {escape(told['detail'])}"
        text += f"\n  [bold]{escape(told['remedy'])}[/]" if told["remedy"] else ""
    console.print(text, highlight=False, soft_wrap=True)


def verified(seen: Shown, console: Console) -> None:
    """What was looked at, what was changed, and the hash that is worth keeping."""
    table = _table("Changed behind the books' back")
    table.add_column("Where", no_wrap=True)
    table.add_column("What", overflow="fold")
    for each in seen["found"]:
        table.add_row(escape(each["where"]), escape(each["what"]))
    if seen["found"]:
        console.print(table)
        console.print(f"[bold red]✗ {len(seen['found'])} places were changed.[/]", highlight=False)
    else:
        console.print(
            f"[bold green]✓ As written:[/] {seen['entries']} entries, {seen['actions']} actions,"
            f" {seen['seals']} seals.",
            highlight=False,
        )
    if seen["newest_seal"]:
        console.print("Keep the hash of the newest seal elsewhere:", highlight=False)
        console.print(seen["newest_seal"], highlight=False, soft_wrap=True)


def included(content: str, seal: int, seal_hash: str, console: Console) -> None:
    """That an entry is under a seal, and by which hash that is known."""
    console.print(f"[bold green]✓ Proved:[/] this entry is under seal {seal}:", highlight=False)
    console.print(escape(content), highlight=False, soft_wrap=True)
    console.print("It is worth as much as your own copy of the seal's hash:", highlight=False)
    console.print(seal_hash, highlight=False, soft_wrap=True)


def certificate(told: Shown, console: Console) -> None:
    """That a certificate holds, and by which root it is known."""
    console.print(
        f"[bold green]✓ It holds:[/] {told['day']}, {told['currencies']} currencies,"
        f" {told['accounts']} accounts at banks, {told['breaks']} open breaks.",
        highlight=False,
    )
    console.print("Compare its root with what the bank published:", highlight=False)
    console.print(told["root"], highlight=False, soft_wrap=True)


def error(problem: ConcordError, console: Console) -> None:
    """Why it was refused, and what to do."""
    console.print(f"[bold red]✗ {problem.title}:[/] {escape(problem.detail)}", highlight=False)
    if problem.remedy:
        console.print(escape(problem.remedy), highlight=False)


def _table(title: str) -> Table:
    return Table(title=title or None, box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)


def _verdict(line: Shown) -> str:
    if not line["agrees"]:
        return "[bold red]✗ not explained[/]"
    return "[green]✓ the same[/]" if _plain(line) else "[yellow]✓ by its breaks[/]"


def _plain(line: Shown) -> bool:
    return bool(line["chain"] == line["books"] == line["bank"])


def _grouped(decimal: str) -> str:
    """2565972.00 as 2,565,972.00."""
    whole, dot, fraction = decimal.lstrip("-").partition(".")
    return ("-" if decimal.startswith("-") else "") + f"{int(whole):,}{dot}{fraction}"
