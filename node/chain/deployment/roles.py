"""Who may do what on chain: the roles, what each is for, and the functions that ask for it.

Fixed in code and not in a plan, so that a slip of the pen cannot give `freeze` to the issuer; a
plan only says who holds a role. Called by: plan (names, least delays), rights (the whole table).

What raises risk is slow and can be cancelled by the guardian; what lowers risk acts at once.
"""

from __future__ import annotations

from dataclasses import dataclass

_HOUR = 3600


@dataclass(frozen=True, slots=True)
class RoleRule:
    """One role of the access manager.

    `delay_seconds_min` is the least time between scheduling and doing; zero means that the role
    acts at once and can have no delay. Members of the role `guardian` cancel what is scheduled.
    """

    id: int
    name: str
    purpose: str
    delay_seconds_min: int = 0
    guardian: str = "ADMIN"


ADMIN = RoleRule(0, "ADMIN", "grants and revokes roles", delay_seconds_min=48 * _HOUR)
ISSUER = RoleRule(1, "ISSUER", "issues and redeems through the gates")
ATTESTOR = RoleRule(2, "ATTESTOR", "attests the bank's liabilities, the ceiling of issuance")
COMPLIANCE = RoleRule(3, "COMPLIANCE", "admits and freezes accounts")
LIMITS = RoleRule(4, "LIMITS", "raises limits", delay_seconds_min=24 * _HOUR, guardian="GUARDIAN")
GUARDIAN = RoleRule(5, "GUARDIAN", "pauses, lowers limits, cancels what is scheduled")
UPGRADER = RoleRule(
    6, "UPGRADER", "replaces a token's code", delay_seconds_min=48 * _HOUR, guardian="GUARDIAN"
)
MINTER = RoleRule(7, "MINTER", "mints and burns; held by the gates alone")

ROLES = (ADMIN, ISSUER, ATTESTOR, COMPLIANCE, LIMITS, GUARDIAN, UPGRADER, MINTER)
BY_NAME = {rule.name: rule for rule in ROLES}
NAME_OF = {rule.id: rule.name for rule in ROLES}

# Two hands of one body would make the second pair of eyes the first: no account holds both.
APART = (
    *((ADMIN.name, rule.name) for rule in ROLES if rule not in {ADMIN, MINTER}),
    (ISSUER.name, ATTESTOR.name),
    (ISSUER.name, LIMITS.name),
    (ISSUER.name, UPGRADER.name),
    (ATTESTOR.name, LIMITS.name),
    (GUARDIAN.name, LIMITS.name),
    (GUARDIAN.name, UPGRADER.name),
)

# Every function behind `restricted`, by contract. One that is missing here stays with ADMIN.
FUNCTIONS: dict[str, dict[str, RoleRule]] = {
    "DepositToken": {
        "mint": MINTER,
        "burn": MINTER,
        "setAccountFlags": COMPLIANCE,
        "freeze": COMPLIANCE,
        "pause": GUARDIAN,
        "upgradeToAndCall": UPGRADER,
    },
    "IssuanceGate": {
        "issue": ISSUER,
        "redeem": ISSUER,
        "cancelRedemption": ISSUER,
        "attest": ATTESTOR,
        "raiseLimits": LIMITS,
        "lowerLimits": GUARDIAN,
    },
}


def role_name(role_id: int) -> str:
    """The name of a role, or its number when it is none of ours."""
    return NAME_OF.get(role_id, f"role {role_id}")
