"""The plan of the chain inside the node: which currencies, how much of each, who holds which role.

In: the addresses of the demo's keys by label. Out: `Plan`. Called by: app (deploys it; the doctor
compares). To add a currency, add it to `CURRENCIES`; a chain that stands keeps its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from node.chain.deployment.plan import Plan, make_plan
from node.chain.deployments import checksummed
from node.core.types import Address, ChainId

# Deployed where nothing else is asked for; every one of them can be issued up to `CAPACITY`.
CURRENCIES: Final = ("EUR", "CAD", "USD", "GBP", "CHF")
# What a gate may issue at once, in whole units; it refills within a day (86,400 seconds).
CAPACITY: Final = 100_000_000_000
# One key each: what one hand may do, another must not.
ROLE_LABELS: Final[Mapping[str, str]] = {
    "ADMIN": "admin",
    "ISSUER": "issuer",
    "ATTESTOR": "attestor",
    "COMPLIANCE": "compliance",
    "LIMITS": "limits",
    "GUARDIAN": "guardian",
    "UPGRADER": "upgrader",
    "ENFORCER": "enforcer",
    "SETTLER": "settler",
    "TREASURY": "treasurer",
}
DEPLOYER: Final = "deployer"
FUNDER: Final = "funder"
# Whose money the treasury's adapter places.
TREASURY: Final = "treasury"
LABELS: Final = (DEPLOYER, FUNDER, *ROLE_LABELS.values(), TREASURY)
_DELAYS: Final[Mapping[str, str]] = {
    "ADMIN": "48h",
    "LIMITS": "24h",
    "UPGRADER": "48h",
    "ENFORCER": "1h",
}


def demo_plan(chain_id: ChainId, keys: Mapping[str, Address], currencies: Iterable[str]) -> Plan:
    """The plan for the keys under `LABELS`."""
    roles = {
        role: {"holders": [checksummed(keys[label])]}
        | ({"delay": _DELAYS[role]} if role in _DELAYS else {})
        for role, label in ROLE_LABELS.items()
    }
    tokens = {
        code: {
            "name": f"Concord Demo Bank {code}",
            "symbol": f"d{code}",
            "limits": {
                "capacity": str(CAPACITY),
                "refill_per_second": str(CAPACITY // 86_400),
                "attestation_max_age": "26h",
            },
        }
        for code in currencies
    }
    treasury = {"account": checksummed(keys[TREASURY])}
    return make_plan({"chain_id": chain_id, "roles": roles, "treasury": treasury, "tokens": tokens})
