"""Who may call what, as the chain itself answers: every function, asked as every holder of a role.

In: an `Rpc` and the record of a deployment. Out: `Row`s, one per function, and where they are not
what the tables of `functions` say. Called by: scripts/roles.py, tests. It sends nothing.

Each function is called (not sent) with blank arguments: first by a stranger, which tells whether
it asks for a right at all, then by every account that the access manager's events make a member.
What refuses for the want of a right refuses with an error of its own, before it reads an argument.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from node.chain.artifacts import load
from node.chain.codec import decode_error, decode_result, encode_call
from node.chain.deployment.code import Difference
from node.chain.deployment.functions import NOBODY, changing, reason_of, role_of, selector
from node.chain.deployment.rights import BANK_ACCESS
from node.chain.deployment.roles import ROLES, RoleRule
from node.chain.deployment.table import members_told
from node.chain.deployments import DeployedContract, Deployment
from node.chain.rpc import CallReverted, Rpc
from node.core.types import Address

STRANGER: Final = Address("0x" + "57" * 20)
# Blank arguments of any kind: every offset points at a length of zero.
_BLANK: Final = "00" * 32 * 32
_REFUSED: Final = frozenset({"AccessManagedUnauthorized", "AccessManagerUnauthorizedAccount"})
_WAITS: Final = "AccessManagerNotScheduled"


class Verdict(StrEnum):
    """What became of a caller, from the most to the least that it may."""

    ALLOWED = "allowed"
    DELAYED = "delayed"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Cell:
    """What a caller may do with one function; `delay_seconds` only where it must wait."""

    verdict: Verdict
    delay_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One function of one contract: open to anyone, or what each account and role may.

    `by_role` holds the most that a member of the role may, also through another role that the
    member holds; a role that nobody holds is not in it.
    """

    label: str
    contract: str
    function: str
    by_account: Mapping[Address, Cell]
    by_role: Mapping[str, Cell]

    @property
    def is_open(self) -> bool:
        """Whether it asks for no right at all."""
        return not self.by_account


@dataclass(frozen=True, slots=True)
class Matrix:
    """Every function that changes something, and the members of every role."""

    rows: tuple[Row, ...]
    members: Mapping[str, tuple[Address, ...]]

    def differences(self) -> Iterator[Difference]:
        """Where the chain is not as the tables of the code say."""
        for row in self.rows:
            yield from _differences(row, self.members)


def asked(rpc: Rpc, deployment: Deployment) -> Matrix:
    """Ask the chain for the whole matrix, at its newest block."""
    members = members_told(rpc, deployment)
    rows = tuple(
        _row(rpc, deployment.access.address, contract, function, members)
        for contract in deployment.contracts
        for function in changing(contract.contract)
    )
    return Matrix(rows, members)


def _row(
    rpc: Rpc,
    access: Address,
    contract: DeployedContract,
    function: str,
    members: Mapping[str, tuple[Address, ...]],
) -> Row:
    code = selector(changing(contract.contract)[function])
    by_account: dict[Address, Cell] = {}
    if _verdict(rpc, STRANGER, contract.address, code) is Verdict.DENIED:
        for account in sorted({each for held in members.values() for each in held}):
            verdict = _verdict(rpc, account, contract.address, code)
            waits = verdict is Verdict.DELAYED
            delay = _delay(rpc, access, account, contract.address, code) if waits else 0
            by_account[account] = Cell(verdict, delay)
    by_role = {
        role: min((by_account[each] for each in held), key=_most)
        for role, held in members.items()
        if by_account and held
    }
    return Row(contract.label, contract.contract, function, by_account, by_role)


def _verdict(rpc: Rpc, caller: Address, target: Address, code: str) -> Verdict:
    try:
        rpc.call(target, code + _BLANK, sender=caller)
    except CallReverted as error:
        told = decode_error([load(BANK_ACCESS), load("IssuanceGate")], error.data)
        name, _, values = told.partition("(")
        if name in _REFUSED and caller in values:
            return Verdict.DENIED
        if name == _WAITS and caller != STRANGER:
            return Verdict.DELAYED
    return Verdict.ALLOWED


def _delay(rpc: Rpc, access: Address, caller: Address, target: Address, code: str) -> int:
    artifact = load(BANK_ACCESS)
    data = encode_call(artifact, "canCall", (caller, target, code))
    return int(decode_result(artifact, "canCall", rpc.call(access, data))[1])


def _most(cell: Cell) -> tuple[int, int]:
    """Orders by how much a caller may."""
    return list(Verdict).index(cell.verdict), cell.delay_seconds


def _differences(row: Row, members: Mapping[str, tuple[Address, ...]]) -> Iterator[Difference]:
    place = f"{row.label} {row.function}"
    rule = role_of(row.contract, row.function)
    reason = reason_of(row.contract, row.function)
    if rule is None and reason is None:
        yield Difference(place, "a role or a reason in the tables of the code", "none")
        return
    should_be_open = rule is None and reason != NOBODY
    if row.is_open or should_be_open:
        if row.is_open != should_be_open:
            words = {True: "open to anyone", False: "asks for a role"}
            yield Difference(place, words[should_be_open], words[row.is_open])
        return
    for account, cell in row.by_account.items():
        holds = rule is not None and account in members.get(rule.name, ())
        roles = "+".join(each.name for each in ROLES if account in members.get(each.name, ()))
        expected = _expected(rule) if holds and rule else str(Verdict.DENIED)
        if not _fits(cell, rule if holds else None):
            yield Difference(f"{place} by {roles} {account}", expected, _told(cell))


def _fits(cell: Cell, rule: RoleRule | None) -> bool:
    """Whether an account, of the role that is asked for or of none, may what it should."""
    if rule is None:
        return cell.verdict is Verdict.DENIED
    if rule.delay_seconds_min == 0:
        return cell.verdict is Verdict.ALLOWED
    return cell.verdict is Verdict.DELAYED and cell.delay_seconds >= rule.delay_seconds_min


def _expected(rule: RoleRule) -> str:
    if rule.delay_seconds_min == 0:
        return str(Verdict.ALLOWED)
    return f"{Verdict.DELAYED} by at least {rule.delay_seconds_min} s"


def _told(cell: Cell) -> str:
    waits = cell.verdict is Verdict.DELAYED
    return f"{cell.verdict} by {cell.delay_seconds} s" if waits else str(cell.verdict)
