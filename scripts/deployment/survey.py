"""Finds out what a plan means for its chain: what stands, what is left, what that costs.

In: a `Place`, and who would pay. Out: `Survey`, frozen, and as JSON. Called by: deploy. It sends
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from node.chain.deployment.adding import Addition, addition
from node.chain.deployment.code import Difference
from node.chain.deployment.functions import FUNCTIONS
from node.chain.deployment.journal import signed_steps
from node.chain.deployment.plan import Plan
from node.chain.deployment.roles import ADMIN, ROLES, RoleRule
from node.chain.deployment.sending import GAS_MARGIN_PERCENT
from node.chain.deployment.steps import RIGHTS, creations, steps_of
from node.chain.deployment.verify import verify
from node.chain.deployments import load_deployment
from node.chain.rpc import Rpc
from node.core.errors import Rejected
from node.core.money import decimal_text
from node.core.types import Address
from scripts.deployment.calls import calls_as_json
from scripts.deployment.place import Place
from scripts.deployment.rehearsal import rehearsed

_ETHER_DIGITS: Final = 18


class State(StrEnum):
    """How far the plan is."""

    NOTHING = "nothing stands"
    INTERRUPTED = "interrupted"
    STANDS = "everything stands"
    ADDING = "contracts are to be added"
    DIFFERS = "what stands differs"


class DeployerUnfunded(Rejected):
    """The account could not pay for what is left; half a deployment helps nobody."""

    code = "DEPLOYER_UNFUNDED"
    title = "Deployer cannot pay"


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found.

    `done` says of a step where its contract is, or under which hash it was sent; `gas` is that of
    the steps that are left; `fee_wei` the most that a unit of gas may cost.
    """

    place: Place
    state: State
    done: Mapping[str, str]
    gas: Mapping[str, int]
    payer: Address | None
    balance_wei: int
    fee_wei: int
    differences: tuple[Difference, ...] = ()
    addition: Addition | None = None

    @property
    def cost_wei_max(self) -> int:
        """The most that the steps left can cost."""
        return sum(self.gas.values()) * GAS_MARGIN_PERCENT // 100 * self.fee_wei

    def refuse_unfunded(self) -> None:
        """Raise `DeployerUnfunded` unless the account can pay for every step that is left."""
        if self.payer and self.balance_wei < self.cost_wei_max:
            raise DeployerUnfunded(
                f"{self.payer} has {ether(self.balance_wei)} ETH, the deployment may take up to"
                f" {ether(self.cost_wei_max)}",
                remedy="Send it the money, then run the same command again. Nothing was sent.",
            )


def surveyed(place: Place, payer: Address | None, admin: Address | None = None) -> Survey:
    """What stands and what is left; `admin` gives rights to what is added, else the first holder.

    Raises `PlanDiffers` for a journal of another plan.
    """
    fees = place.rpc.fees()
    differences = _differences(place)
    done = _done(place)
    added = _addition(place, admin) if differences else None
    state = State.DIFFERS if differences else _state(place, done)
    if added is not None:
        state, done = State.ADDING, done | {each.label: each.address for each in added.made}
    left = [step for step in steps_of(place.plan) if step not in done]
    gas = rehearsed(place.plan) if left and state is not State.DIFFERS else {}
    return Survey(
        place=place,
        state=state,
        done=done,
        gas={step: gas[step] for step in left if step in gas},
        payer=payer,
        balance_wei=place.rpc.balance(payer) if payer else 0,
        fee_wei=2 * fees.base_wei + fees.tip_wei,
        differences=() if added else tuple(differences),
        addition=added,
    )


def _addition(place: Place, admin: Address | None) -> Addition | None:
    account = admin or place.plan.roles[ADMIN.name].holders[0]
    return addition(place.rpc, place.plan, place.record, account)


def _differences(place: Place) -> list[Difference]:
    if not place.record.exists():
        return []
    return verify(place.rpc, place.plan, load_deployment(place.record))


def _state(place: Place, done: Mapping[str, str]) -> State:
    if place.record.exists():
        return State.STANDS
    return State.INTERRUPTED if done else State.NOTHING


def _done(place: Place) -> dict[str, str]:
    if place.record.exists():
        found = load_deployment(place.record)
        made = (*found.contracts, *found.implementations)
        addresses: dict[str, str] = {each.label: each.address for each in made}
        return addresses | {RIGHTS: "set"}
    sent = signed_steps(place.record, place.plan.hash)
    return {step: where for step, tx_hash in sent.items() if (where := _mined(place.rpc, tx_hash))}


def _mined(rpc: Rpc, tx_hash: str) -> str | None:
    receipt = rpc.receipt(tx_hash)
    return (receipt.contract_address or tx_hash) if receipt else None


def as_json(survey: Survey) -> dict[str, Any]:
    """The survey as one JSON object; amounts of wei and gas are decimal strings."""
    plan = survey.place.plan
    return {
        "state": survey.state.name,
        "chain_id": plan.chain_id,
        "endpoint": survey.place.shown,
        "record": str(survey.place.record),
        "plan_hash": plan.hash,
        "contracts": [
            {
                "label": each.label,
                "contract": each.contract,
                "artifact": each.artifact,
                "arguments": [str(part) for part in each.args],
                "stands_at": survey.done.get(each.label),
            }
            for each in creations(plan)
        ],
        "roles": [_role(plan, rule) for rule in ROLES],
        "limits": {ccy: token.limits.model_dump() for ccy, token in plan.tokens.items()},
        "deployer": {
            "address": survey.payer,
            "balance_wei": str(survey.balance_wei),
            "gas": {step: str(gas) for step, gas in survey.gas.items()},
            "cost_wei_max": str(survey.cost_wei_max),
        },
        "differences": differences_as_json(survey.differences),
        "addition": addition_as_json(survey.addition) if survey.addition else None,
    }


def addition_as_json(found: Addition) -> dict[str, Any]:
    """What is to be added, and what ADMIN has to send for it now."""
    return {
        "done": found.done,
        "to_create": [each.label for each in found.missing],
        "created": {each.label: each.address for each in found.made},
        "rights": [
            {"what": each.delayed.what, "stage": each.stage.name, "ready_at": each.ready_at}
            for each in found.rights
        ],
        "calls": calls_as_json(found.calls),
    }


def differences_as_json(differences: tuple[Difference, ...]) -> list[dict[str, str]]:
    """Differences as JSON carries them."""
    return [
        {"subject": each.subject, "expected": each.expected, "found": each.found}
        for each in differences
    ]


def _role(plan: Plan, rule: RoleRule) -> dict[str, Any]:
    return {
        "role": rule.name,
        "purpose": rule.purpose,
        "holders": holders(plan, rule),
        "delay_seconds": delay(plan, rule),
        "guardian": rule.guardian,
        "functions": functions(rule),
    }


def holders(plan: Plan, rule: RoleRule) -> list[str]:
    """Who is to hold a role: accounts, or contracts by their labels."""
    if rule.held_by:
        made = creations(plan)
        return [f"<{each.label}>" for each in made if each.contract == rule.held_by]
    return [str(each) for each in plan.roles[rule.name].holders]


def delay(plan: Plan, rule: RoleRule) -> int:
    """Seconds between scheduling and doing, for every holder of a role."""
    return 0 if rule.held_by else plan.roles[rule.name].delay


def functions(rule: RoleRule) -> list[str]:
    """What a role may call, as `DepositToken.mint`."""
    return [
        f"{contract}.{name}"
        for contract, names in FUNCTIONS.items()
        for name, asked in names.items()
        if asked is rule
    ]


def ether(wei: int) -> str:
    """An amount of wei in ETH, without the zeros at its end."""
    return decimal_text(wei, _ETHER_DIGITS).rstrip("0").rstrip(".")
