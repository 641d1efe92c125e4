"""Which contracts a plan creates, in what order and out of what: the plan taken apart.

In: a plan. Out: `Creation`s, whose arguments name what an earlier step will have created.
Called by: apply (fills the addresses in and sends), scripts (shows them). Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from node.chain.artifacts import load
from node.chain.codec import encode_call
from node.chain.deployment.plan import Plan, TokenPlan
from node.chain.deployment.rights import BANK_ACCESS
from node.chain.deployments import ACCESS, ADAPTER, ENGINE, LOCK_BOX, UPGRADER
from node.core.money import currency
from node.core.types import Address

TOKEN: Final = "DepositToken"  # noqa: S105 - a contract, not a secret
GATE: Final = "IssuanceGate"
PROXY: Final = "ERC1967Proxy"
CODE: Final = f"{TOKEN}.code"
RIGHTS: Final = "rights"
DEPLOYER: Final = "deployer"


@dataclass(frozen=True, slots=True)
class AddressOf:
    """Stands for an address that is known only once the step of that label is done."""

    label: str

    def __str__(self) -> str:
        return f"<{self.label}>"


@dataclass(frozen=True, slots=True)
class Setup:
    """The call with which a proxy sets itself up, of the contract behind it."""

    contract: str
    function: str
    args: tuple[Part, ...]

    def __str__(self) -> str:
        return f"{self.function}({', '.join(map(str, self.args))})"


Part = str | int | tuple[int, ...] | AddressOf | Setup


@dataclass(frozen=True, slots=True)
class Creation:
    """One contract to create; `speaks_for` is the contract that a proxy stands in front of."""

    label: str
    artifact: str
    args: tuple[Part, ...] = ()
    currency: str = ""
    speaks_for: str = ""

    @property
    def contract(self) -> str:
        """The contract whose calls and events are at the address."""
        return self.speaks_for or self.artifact


def creations(plan: Plan) -> tuple[Creation, ...]:
    """Every contract of the plan, each after those it needs."""
    shared = (
        Creation(ACCESS, BANK_ACCESS, (AddressOf(DEPLOYER),)),
        Creation(UPGRADER, "TokenUpgrader", (AddressOf(ACCESS),)),
        Creation(ENGINE, "SettlementEngine", (AddressOf(ACCESS),)),
        Creation(LOCK_BOX, "LockBox"),
        Creation(ADAPTER, "TreasuryAdapter", (AddressOf(ACCESS), plan.treasury.account)),
        Creation(CODE, TOKEN),
    )
    own = (each for ccy, token in plan.tokens.items() for each in _currency(plan, ccy, token))
    return (*shared, *own)


def steps_of(plan: Plan) -> Iterator[str]:
    """The names of the transactions that a plan takes, in their order."""
    yield from (each.label for each in creations(plan))
    yield RIGHTS


def filled(args: tuple[Part, ...], addresses: Mapping[str, Address]) -> tuple[Any, ...]:
    """Arguments as the codec takes them, every address filled in."""
    return tuple(_filled(each, addresses) for each in args)


def _filled(part: Part, addresses: Mapping[str, Address]) -> Any:  # noqa: ANN401 - ABI values
    if isinstance(part, AddressOf):
        return addresses[part.label]
    if isinstance(part, Setup):
        return encode_call(load(part.contract), part.function, filled(part.args, addresses))
    return part


def _currency(plan: Plan, ccy: str, token: TokenPlan) -> Iterator[Creation]:
    access = AddressOf(ACCESS)
    scale = currency(ccy).scale
    setup = Setup(TOKEN, "initialize", (token.name, token.symbol, ccy, scale, access))
    yield Creation(f"{ccy}.token", PROXY, (AddressOf(CODE), setup), currency=ccy, speaks_for=TOKEN)
    args = (AddressOf(f"{ccy}.token"), access, plan.gate_limits(ccy))
    yield Creation(f"{ccy}.gate", GATE, args, currency=ccy)
