"""Shows the matrix of rights to a person, and as JSON.

In: `Matrix`, differences. Out: tables on a console, a mapping. Called by: roles.

A column per role is a number, so that eleven roles and a reason fit beside a function's name;
contracts that answer alike, such as the tokens of two currencies, share one table.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from node.chain.deployment.code import Difference
from node.chain.deployment.functions import reason_of
from node.chain.deployment.matrix import Cell, Matrix, Row, Verdict
from node.chain.deployment.roles import BY_NAME
from scripts.deployment.screen import differences_table, lasting
from scripts.deployment.survey import differences_as_json

_LEGEND: Final = "●  at once    48h  after that time    ·  refused    blank  nobody holds the role"
_HOUR: Final = 3600
_NAME_WIDTH: Final = 28


def show(console: Console, title: str, matrix: Matrix, differences: Sequence[Difference]) -> None:
    """The members of every role, then each contract's functions, then what differs."""
    console.print(Text(title, "bold"), "\n")
    console.print(_members(matrix))
    for labels, rows in _alike(matrix.rows):
        console.print(_asking(", ".join(labels), rows, matrix))
        if any(row.is_open for row in rows):
            console.print(_open(rows))
    console.print(Text(f"{_LEGEND}\n", "dim"))
    if differences:
        console.print(differences_table(differences))
    else:
        asked = sum(not row.is_open for row in matrix.rows)
        told = f"{len(matrix.rows)} functions, {asked} of them behind a role."
        console.print(Text("As the code says", "bold green"), told)


def as_json(matrix: Matrix, differences: tuple[Difference, ...]) -> dict[str, Any]:
    """The matrix as one JSON object."""
    return {
        "roles": [
            {"role": role, "members": list(members)} for role, members in matrix.members.items()
        ],
        "functions": [_row_as_json(row) for row in matrix.rows],
        "differences": differences_as_json(differences),
    }


def _row_as_json(row: Row) -> dict[str, Any]:
    cells = {
        role: {"verdict": str(cell.verdict), "delay_seconds": cell.delay_seconds}
        for role, cell in row.by_role.items()
    }
    return {
        "label": row.label,
        "contract": row.contract,
        "function": row.function,
        "open": row.is_open,
        "reason": reason_of(row.contract, row.function),
        "roles": cells,
    }


def _members(matrix: Matrix) -> Table:
    table = _table("Roles")
    for name in ("", "role", "members"):
        table.add_column(name, overflow="fold")
    for role, members in matrix.members.items():
        held = "\n".join(members) or "nobody"
        table.add_row(_number(role), Text(role), Text(held, "" if members else "yellow"))
    return table


def _asking(title: str, rows: Iterable[Row], matrix: Matrix) -> Table:
    """The functions behind a role."""
    table = _table(title)
    table.add_column("function", overflow="fold", min_width=_NAME_WIDTH)
    for role in matrix.members:
        table.add_column(_number(role), justify="center", min_width=3, no_wrap=True)
    table.add_column("who", overflow="fold")
    for row in rows:
        if not row.is_open:
            cells = [_cell(row.by_role.get(role)) for role in matrix.members]
            table.add_row(Text(_short(row.function)), *cells, Text(_who(row)))
    return table


def _open(rows: Iterable[Row]) -> Table:
    """The functions open to anyone, each with the reason; overloaded ones once."""
    reasons = {
        row.function.partition("(")[0]: reason_of(row.contract, row.function)
        for row in rows
        if row.is_open
    }
    table = _table("")
    table.add_column("open to anyone", overflow="fold", min_width=_NAME_WIDTH)
    table.add_column("because it needs", overflow="fold")
    for name, reason in reasons.items():
        table.add_row(Text(name), Text(reason or "no reason is known", "" if reason else "red"))
    return table


def _cell(cell: Cell | None) -> Text:
    match cell and cell.verdict:
        case Verdict.ALLOWED:
            return Text("●", "bold green")
        case Verdict.DELAYED:
            return Text(_brief(cell.delay_seconds if cell else 0), "bold yellow")
        case Verdict.DENIED:
            return Text("·", "dim")
    return Text("")


def _who(row: Row) -> str:
    may = [role for role, cell in row.by_role.items() if cell.verdict is not Verdict.DENIED]
    return ", ".join(may) or reason_of(row.contract, row.function) or "nobody"


def _alike(rows: Iterable[Row]) -> list[tuple[list[str], list[Row]]]:
    """Contracts whose functions answer every role alike, with the rows of the first."""
    by_label: dict[str, list[Row]] = {}
    for row in rows:
        by_label.setdefault(row.label, []).append(row)
    groups: list[tuple[list[str], list[Row]]] = []
    for label, own in by_label.items():
        for labels, others in groups:
            if _answers(own) == _answers(others):
                labels.append(label)
                break
        else:
            groups.append(([label], own))
    return groups


def _answers(rows: Iterable[Row]) -> list[tuple[str, str, dict[str, Cell]]]:
    return [(row.contract, row.function, dict(row.by_role)) for row in rows]


def _table(title: str) -> Table:
    table = Table(title=title or None, box=box.SIMPLE_HEAD, padding=(0, 0), collapse_padding=True)
    table.title_justify, table.title_style = "left", "bold"
    return table


def _number(role: str) -> str:
    return str(BY_NAME[role].id) if role in BY_NAME else role.removeprefix("role ")


def _short(function: str) -> str:
    """An overloaded function by the number of its arguments: its types would fill the screen."""
    name, types, inner = function.partition("(")
    return f"{name} ({inner.count(',') + 1} values)" if types else name


def _brief(seconds: int) -> str:
    whole = seconds % _HOUR == 0
    return f"{seconds // _HOUR}h" if whole else lasting(seconds).replace(" ", "")
