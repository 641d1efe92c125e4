"""Every function that changes something, by contract: the role it asks for, or why it asks none.

A name stands for every function of that name. A function that is in an ABI and in no table here
fails the tests, and so does a name here that is in no ABI. Called by: rights (what the access
manager is told), matrix (what the chain is compared with), scripts. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from eth_utils.abi import abi_to_signature, function_abi_to_4byte_selector

from node.chain.artifacts import load
from node.chain.deployment.roles import (
    ADMIN,
    ATTESTOR,
    COMPLIANCE,
    ENFORCER,
    GUARDIAN,
    INSTALLER,
    ISSUER,
    LIMITS,
    MINTER,
    SETTLER,
    TREASURY,
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
        "setFrozenTokens": COMPLIANCE,
        "forcedTransfer": ENFORCER,
        "pause": GUARDIAN,
        "unpause": ADMIN,
        "deactivate": ADMIN,
        "upgradeToAndCall": INSTALLER,
    },
    "IssuanceGate": {
        "issue": ISSUER,
        "redeem": ISSUER,
        "cancelRedemption": ISSUER,
        "attest": ATTESTOR,
        "raiseLimits": LIMITS,
        "lowerLimits": GUARDIAN,
    },
    "SettlementEngine": {"settleNet": SETTLER, "releaseNetHolds": SETTLER},
    "TokenUpgrader": {"upgrade": UPGRADER},
    "TreasuryAdapter": {
        "deposit": TREASURY,
        "withdraw": TREASURY,
        "swap": TREASURY,
        "sweep": TREASURY,
        "setVenue": LIMITS,
        "raiseCap": LIMITS,
        "lowerCap": GUARDIAN,
        "closeVenue": GUARDIAN,
        "pause": GUARDIAN,
        "unpause": ADMIN,
    },
}

# Not told to the access manager: the contract asks for the right to the other function itself.
ASKS_LIKE: Final[Mapping[str, Mapping[str, str]]] = {"DepositToken": {"burnHeld": "burn"}}

# Whose caller can only be the access manager, so that no role reaches it.
NOBODY: Final = "the access manager alone"

# What anyone may call, and what it needs in place of a role.
OPEN: Final[Mapping[str, Mapping[str, str]]] = {
    "BankAccess": {
        "schedule": "the right to what is scheduled",
        "execute": "the right to what is executed",
        "cancel": "to have scheduled it, or to be its guardian or ADMIN",
        "consumeScheduledOp": "to be the contract of the scheduled call",
        "renounceRole": "the caller's own role",
        "multicall": "the right to each of the calls",
    },
    "DepositToken": {
        "setAuthority": NOBODY,
        "approve": "the caller's own allowance",
        "cancelAuthorization": "the signature of the payer",
        "cancelSettlementNonce": "the caller's own consent",
        "createHold": "the caller's own money",
        "executeHold": "to be the notary of the hold",
        "executeHolds": "to be the notary of the holds",
        "initialize": "a token not yet set up; a proxy is, from its first block",
        "permit": "the signature of the owner",
        "receiveWithAuthorization": "the signature of the payer, for the caller",
        "releaseHold": "to be notary or recipient, or the hold to have expired",
        "settleTransfer": "the signature of the payer, for the caller",
        "transfer": "the caller's own money",
        "transferFrom": "the caller's allowance",
        "transferWithAuthorization": "the signature of the payer",
        "transferWithRef": "the caller's own money",
    },
    "LockBox": {
        "inceptTransfer": "to be the buyer",
        "confirmTransfer": "to be the seller, with the hold open",
        "cancelTransfer": "to be seller or buyer, with nothing bound",
        "transferWithKey": "a key of the lock",
        "payOut": "a lock that was claimed",
        "refundTransfer": "the deadline to have passed",
        "transferAndDecrypt": "to be the payer, with the hold open",
        "cancelAndDecrypt": "to be payer or payee, or the deadline to have passed",
        "requestKey": "a payment that is decided",
        "releaseKey": "the key of the payment's outcome",
    },
    "SettlementEngine": {
        "affirm": "to be a payer whose legs are all held",
        "cancel": "to be a party, or every payer asking",
        "execute": "every leg to be held",
        "expire": "the deadline to have passed",
        "instruct": "to be a party",
        "setAuthority": NOBODY,
        "settle": "the signatures of all payers",
        "settleHeld": "to be the engine itself",
    },
    "TokenUpgrader": {
        "rehearse": "nothing: it always reverts and leaves no trace",
        "setAuthority": NOBODY,
        "tryOut": "nothing: it always reverts and leaves no trace",
    },
    "TreasuryAdapter": {"setAuthority": NOBODY},
}


def changing(contract: str) -> dict[str, dict[str, Any]]:
    """The functions of a contract that may change something; overloaded ones with their types."""
    return changing_of(load(contract).abi)


def changing_of(abi: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The same of any ABI."""
    return {
        name: each for name, each in _named(abi) if each["stateMutability"] not in {"view", "pure"}
    }


def function_names(contract: str) -> dict[str, str]:
    """Every function of a contract, by 4-byte selector."""
    return {selector(each): name for name, each in _named(load(contract).abi)}


def role_of(contract: str, function: str) -> RoleRule | None:
    """The role that a function asks for; None where it is open or in no table."""
    return FUNCTIONS.get(contract, {}).get(_bare(function))


def reason_of(contract: str, function: str) -> str | None:
    """Why a function asks for no role; None where it asks for one or is in no table."""
    return OPEN.get(contract, {}).get(_bare(function))


def selectors(contract: str) -> dict[str, int]:
    """The role that the access manager is told for each function, by 4-byte selector."""
    alone, found = ASKS_LIKE.get(contract, {}), dict[str, int]()
    for function, each in changing(contract).items():
        rule = role_of(contract, function)
        if rule not in {None, ADMIN} and _bare(function) not in alone:
            found[selector(each)] = rule.id
    return found


def selector(function: Mapping[str, Any]) -> str:
    """The first four bytes of a function's calldata, 0x text."""
    return "0x" + function_abi_to_4byte_selector(function).hex()  # type: ignore[arg-type]


def _named(abi: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Functions under their names, with their types where a name alone would not tell."""
    found = [dict(each) for each in abi if each["type"] == "function"]
    names = [each["name"] for each in found]
    for each in found:
        alone = names.count(each["name"]) == 1
        yield (each["name"] if alone else abi_to_signature(each)), each  # type: ignore[arg-type]


def _bare(function: str) -> str:
    return function.partition("(")[0]
