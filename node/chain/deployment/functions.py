"""Every function that changes something, by contract: the role it asks for, or why it asks none.

A name stands for the function of that name; where it is overloaded, the name with its types. A
function that is in an ABI and in no table here fails the tests. Called by: rights (what the access
manager is told), matrix (what the chain is compared with), scripts. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from eth_utils.abi import abi_to_signature, function_abi_to_4byte_selector

from node.chain.artifacts import load
from node.chain.deployment.roles import (
    ADMIN,
    ATTESTOR,
    COMPLIANCE,
    GUARDIAN,
    ISSUER,
    LIMITS,
    MINTER,
    UPGRADER,
    RoleRule,
)

# What is behind `restricted`. ADMIN's need no word to the access manager: it is what it assumes.
FUNCTIONS: Final[Mapping[str, Mapping[str, RoleRule]]] = {
    "BankAccess": dict.fromkeys(
        (
            *("labelRole", "setRoleAdmin", "setRoleGuardian", "setGrantDelay"),
            *("setTargetAdminDelay", "updateAuthority", "setTargetClosed"),
            *("setTargetFunctionRole", "grantRole", "revokeRole"),
        ),
        ADMIN,
    ),
    "DepositToken": {
        "mint": MINTER,
        "burn": MINTER,
        "burnHeld": MINTER,
        "setAccountFlags": COMPLIANCE,
        "freeze": COMPLIANCE,
        "pause": GUARDIAN,
        "unpause": ADMIN,
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

# Not told to the access manager: the contract asks for the right to the other function itself.
ASKS_LIKE: Final[Mapping[str, Mapping[str, str]]] = {"DepositToken": {"burnHeld": "burn"}}

# Whose caller can only be the access manager, so that no role reaches it.
NOBODY: Final = "the access manager alone"
_MANAGED: Final = {"setAuthority": NOBODY}

# What anyone may call, and why that is harmless.
OPEN: Final[Mapping[str, Mapping[str, str]]] = {
    "BankAccess": {
        "schedule": "asks for the right to what is scheduled",
        "execute": "asks for the right to what is executed",
        "cancel": "whoever scheduled it, its guardian, ADMIN",
        "consumeScheduledOp": "the contract at which the call was scheduled",
        "renounceRole": "the caller's own role",
        "multicall": "each call asks for its own right",
    },
    "DepositToken": _MANAGED
    | {
        "approve": "the caller's own allowance",
        "createHold": "the caller's own money",
        "executeHold": "the notary of the hold",
        "initialize": "once, while the proxy is made",
        "permit": "the signature of the owner",
        "releaseHold": "notary, recipient, or anyone after expiry",
        "transfer": "the caller's own money",
        "transferFrom": "the caller's allowance",
        "transferWithRef": "the caller's own money",
    },
    "IssuanceGate": _MANAGED,
}


def changing(contract: str) -> dict[str, dict[str, Any]]:
    """The functions of a contract that may change something, as the tables above name them."""
    return {
        name: each
        for name, each in _named(contract)
        if each["stateMutability"] not in {"view", "pure"}
    }


def function_names(contract: str) -> dict[str, str]:
    """Every function of a contract, by 4-byte selector."""
    return {selector(each): name for name, each in _named(contract)}


def selectors(contract: str) -> dict[str, int]:
    """The role that the access manager is told for each function, by 4-byte selector.

    A function that the tables name and the contract lacks is a KeyError: the tables are wrong.
    """
    found, alone = dict(_named(contract)), ASKS_LIKE.get(contract, {})
    return {
        selector(found[name]): rule.id
        for name, rule in FUNCTIONS.get(contract, {}).items()
        if rule is not ADMIN and name not in alone
    }


def selector(function: Mapping[str, Any]) -> str:
    """The first four bytes of a function's calldata, 0x text."""
    return "0x" + function_abi_to_4byte_selector(function).hex()  # type: ignore[arg-type]


def _named(contract: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Functions under their names, with their types where a name alone would not tell."""
    found = [each for each in load(contract).abi if each["type"] == "function"]
    names = [each["name"] for each in found]
    for each in found:
        alone = names.count(each["name"]) == 1
        yield (each["name"] if alone else abi_to_signature(each)), each  # type: ignore[arg-type]
