"""Shows a survey and its differences to a person.

In: `Survey`, differences. Out: tables on a console. Called by: deploy, verify_deployment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from node.chain.deployment.adding import Addition
from node.chain.deployment.code import Difference
from node.chain.deployment.plan import Plan
from node.chain.deployment.roles import ROLES, RoleRule
from node.chain.deployment.scheduled import Stage
from node.chain.deployment.steps import RIGHTS, creations
from scripts.deployment.calls import call_text
from scripts.deployment.survey import State, Survey, delay, ether, functions, holders

_COLOUR = {
    State.NOTHING: "bold",
    State.INTERRUPTED: "bold yellow",
    State.STANDS: "bold green",
    State.ADDING: "bold yellow",
    State.DIFFERS: "bold red",
}
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def show(console: Console, survey: Survey) -> None:
    """The whole plan, and how far it is."""
    parts: list[RenderableType] = [_head(survey), _contracts(survey), _roles(survey.place.plan)]
    parts.append(_limits(survey.place.plan))
    if survey.gas:
        parts.append(_cost(survey))
    if survey.addition and survey.addition.rights:
        parts.append(rights_table(survey.addition))
        parts += [call_text(each) for each in survey.addition.calls]
    if survey.differences:
        parts.append(differences_table(survey.differences))
    console.print(Group(*parts))


def rights_table(found: Addition) -> Table:
    """What ADMIN has to give to contracts that were added, and how far that is."""
    table = _table("Rights that ADMIN has to give", "contract and role", "stage")
    for each in found.rights:
        when = f", from {moment(each.ready_at)}" if each.stage is Stage.WAITING else ""
        _row(table, each.delayed.what, f"{each.stage}{when}")
    return table


def moment(seconds: int) -> str:
    """A time of the chain."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"


def differences_table(differences: Iterable[Difference]) -> Table:
    """One row for each point in which the chain is not what was meant."""
    table = _table("Differences", "what", "expected", "found on the chain")
    for each in differences:
        _row(table, each.subject, each.expected, Text(each.found, "red"))
    return table


def _head(survey: Survey) -> Text:
    place = survey.place
    return Text.assemble(
        f"Chain {place.plan.chain_id} ({place.shown}): ",
        (f"{survey.state}\n", _COLOUR[survey.state]),
        f"record {place.record}\n",
    )


def _contracts(survey: Survey) -> Table:
    table = _table("Contracts", "step", "created from, and where it stands")
    for each in creations(survey.place.plan):
        made = f"{each.artifact}({', '.join(map(str, each.args))})"
        _row(table, each.label, _done(made, survey.done.get(each.label, "to be created")))
    what = "every role below; the deployer gives up its own"
    _row(table, RIGHTS, _done(what, "set" if RIGHTS in survey.done else "to be set"))
    return table


def _done(what: str, where: str) -> Text:
    return Text.assemble(what, "\n", (where, "yellow" if where.startswith("to be") else "green"))


def _roles(plan: Plan) -> Table:
    table = _table("Roles", "role", "held by", "may call")
    table.columns[1].no_wrap = True  # an address is read whole
    for rule in ROLES:
        seconds = delay(plan, rule)
        when = f"after {lasting(seconds)}" if seconds else "at once"
        held = [*holders(plan, rule), f"{rule.guardian} may cancel" if seconds else ""]
        may = "\n".join(_calls(rule))
        _row(table, f"{rule.name}\n{when}", "\n".join(held).rstrip(), may)
    return table


def _calls(rule: RoleRule) -> Iterator[str]:
    for contract, names in groupby(functions(rule), lambda each: each.partition(".")[0]):
        yield f"{contract}: {', '.join(each.partition('.')[2] for each in names)}"


def _limits(plan: Plan) -> Table:
    table = _table("Limits", "currency", "token", "capacity", "refill per s", "attested")
    for ccy, token in plan.tokens.items():
        limits = token.limits
        age = f"within {lasting(limits.attestation_max_age)}"
        name = f"{token.name} ({token.symbol})"
        _row(table, ccy, name, limits.capacity, limits.refill_per_second, age)
    return table


def _cost(survey: Survey) -> Text:
    payer = survey.payer or "not known: its key is made or opened by `apply`"
    has = f", has {ether(survey.balance_wei)} ETH" if survey.payer else ""
    gas = f"{sum(survey.gas.values()):,}"
    return Text(
        f"Deployer {payer}{has}\n{len(survey.gas)} transactions, about {gas} gas,"
        f" at most {ether(survey.cost_wei_max)} ETH at this moment's price\n"
    )


def lasting(seconds: int) -> str:
    """A duration in the largest unit that divides it."""
    for size, unit in _UNITS:
        if seconds % size == 0 and seconds:
            return f"{seconds // size} {unit}"
    return "0 s"


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for each in columns:
        table.add_column(each, overflow="fold")
    return table


def _row(table: Table, *cells: str | Text) -> None:
    """Add cells as they are: a name from a plan or a chain may look like markup."""
    table.add_row(*(Text(each) if isinstance(each, str) else each for each in cells))
