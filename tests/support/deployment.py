"""Builders for deployments: a sound plan, to be bent by the test that needs it.

Out: the mapping a plan's TOML has, plans made of it, the steps they take. Used by tests of
deployment.
"""

from __future__ import annotations

import copy
from typing import Any

from node.chain.deployment.plan import Plan, make_plan
from node.chain.deployment.steps import steps_of
from node.chain.deployments import checksummed
from node.core.types import Address

CHAIN_ID = 131277322940537


def account(number: int) -> Address:
    """An account of nobody's, told apart by its number."""
    return checksummed(f"0x{number:040x}")


_ROLES: dict[str, Any] = {
    "ADMIN": {"holders": [account(0xA0)], "delay": "48h"},
    "ISSUER": {"holders": [account(0xA1)]},
    "ATTESTOR": {"holders": [account(0xA2)]},
    "COMPLIANCE": {"holders": [account(0xA3)]},
    "LIMITS": {"holders": [account(0xA4)], "delay": "24h"},
    "GUARDIAN": {"holders": [account(0xA5)]},
    "UPGRADER": {"holders": [account(0xA6)], "delay": "48h"},
    "ENFORCER": {"holders": [account(0xA7)], "delay": "1h"},
    "SETTLER": {"holders": [account(0xA8)]},
    "TREASURY": {"holders": [account(0xA9)]},
}


def token(code: str) -> dict[str, Any]:
    """The part of a plan that a currency has."""
    return {
        "name": f"Example Bank {code}",
        "symbol": f"d{code}",
        "limits": {
            "capacity": "5000000.00",
            "refill_per_second": "60.00",
            "attestation_max_age": "26h",
        },
    }


def plan_data(*codes: str, chain_id: int = CHAIN_ID) -> dict[str, Any]:
    """A sound plan as its TOML has it, for these currencies (CAD and EUR when none is named)."""
    tokens = {code: token(code) for code in codes or ("CAD", "EUR")}
    treasury = {"account": account(0xB0)}
    roles = copy.deepcopy(_ROLES)
    return {"chain_id": chain_id, "roles": roles, "treasury": treasury, "tokens": tokens}


def plan(*codes: str, chain_id: int = CHAIN_ID) -> Plan:
    """The same, made into a plan."""
    return make_plan(plan_data(*codes, chain_id=chain_id))


# The steps of a deployment of CAD alone.
STEPS = tuple(steps_of(plan("CAD")))
