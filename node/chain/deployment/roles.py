"""Who may do what on chain: the roles, what each is for, and which of them one hand may not join.

Fixed in code and not in a plan, so that a slip of the pen cannot give `freeze` to the issuer; a
plan only says who holds a role. What each role may call is said in `functions`. Called by: plan
(names, least delays), rights (the whole table).

What raises risk is slow and can be cancelled by the guardian; what lowers risk acts at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

_HOUR = 3600


@dataclass(frozen=True, slots=True)
class RoleRule:
    """One role of the access manager.

    `delay_seconds_min` is the least time between scheduling and doing; zero means that the role
    acts at once and can have no delay. Members of the role `guardian` cancel what is scheduled.
    `held_by` names the contract that alone holds the role; empty where a plan gives it to accounts.
    """

    id: int
    name: str
    purpose: str
    delay_seconds_min: int = 0
    guardian: str = "ADMIN"
    held_by: str = ""


ADMIN = RoleRule(0, "ADMIN", "grants and revokes roles", delay_seconds_min=48 * _HOUR)
ISSUER = RoleRule(1, "ISSUER", "issues and redeems through the gates")
ATTESTOR = RoleRule(2, "ATTESTOR", "attests the bank's liabilities, the ceiling of issuance")
COMPLIANCE = RoleRule(3, "COMPLIANCE", "admits and freezes accounts")
LIMITS = RoleRule(4, "LIMITS", "raises limits", delay_seconds_min=24 * _HOUR, guardian="GUARDIAN")
GUARDIAN = RoleRule(5, "GUARDIAN", "pauses, lowers limits, cancels what is scheduled")
UPGRADER = RoleRule(
    6, "UPGRADER", "has a token's code replaced", delay_seconds_min=48 * _HOUR, guardian="GUARDIAN"
)
MINTER = RoleRule(7, "MINTER", "mints and burns", held_by="IssuanceGate")
ENFORCER = RoleRule(
    8, "ENFORCER", "moves money on a court's order", delay_seconds_min=_HOUR, guardian="GUARDIAN"
)
SETTLER = RoleRule(9, "SETTLER", "settles net what many payments add up to")
TREASURY = RoleRule(10, "TREASURY", "places the treasury's money within the limits")
INSTALLER = RoleRule(11, "INSTALLER", "puts a token on new code", held_by="TokenUpgrader")

ROLES = (
    *(ADMIN, ISSUER, ATTESTOR, COMPLIANCE, LIMITS, GUARDIAN, UPGRADER, MINTER),
    *(ENFORCER, SETTLER, TREASURY, INSTALLER),
)
BY_NAME = {rule.name: rule for rule in ROLES}
NAME_OF = {rule.id: rule.name for rule in ROLES}
# The roles that a plan gives to accounts.
GIVEN = tuple(rule for rule in ROLES if not rule.held_by)

_MOVES_MONEY = (ISSUER, ENFORCER, SETTLER, TREASURY)
_CANCELLED_BY_GUARDIAN = (LIMITS, UPGRADER, ENFORCER)

# Two hands of one body would make the second pair of eyes the first: no account holds both.
APART = (
    *((ADMIN.name, rule.name) for rule in GIVEN if rule is not ADMIN),
    (ISSUER.name, ATTESTOR.name),
    (ATTESTOR.name, LIMITS.name),
    # Who admits accounts must not also take money into one.
    (COMPLIANCE.name, ENFORCER.name),
    # Who moves money must not raise its own limits, or rewrite what money is.
    *((one.name, other.name) for one, other in product(_MOVES_MONEY, (LIMITS, UPGRADER))),
    # Who can cancel an act must not be the one who scheduled it.
    *((GUARDIAN.name, rule.name) for rule in _CANCELLED_BY_GUARDIAN),
)


def role_name(role_id: int) -> str:
    """The name of a role, or its number when it is none of ours."""
    return NAME_OF.get(role_id, f"role {role_id}")
