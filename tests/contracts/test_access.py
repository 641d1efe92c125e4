"""The table of rights: every function that changes something, against every role."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contracts.bank import (
    ADMIN,
    DELAYS,
    FORCED_TRANSFER,
    GUARDIAN,
    INITIAL_LIMITS,
    LIMITS,
    RIGHTS,
    UPGRADER,
    Bank,
    Delayed,
    ref,
)
from tests.contracts.chain import Refused

# What anyone may call, because it touches only the caller's own, or asks a right by itself.
OPEN = {
    "token": {
        "approve": "the caller's own allowance",
        "burnHeld": "asks for the right to burn",
        "cancelAuthorization": "the signature of the authorizer",
        "cancelSettlementNonce": "the caller's own nonce",
        "createHold": "the caller's own money",
        "executeHold": "the notary of the hold",
        "executeHolds": "the notary and recipient of every hold",
        "initialize": "once, in the proxy's constructor",
        "permit": "the signature of the owner",
        "receiveWithAuthorization": "the signature of the payer, by the payee",
        "releaseHold": "notary, recipient, or anyone after expiry",
        "setAuthority": "the access manager itself",
        "settleTransfer": "the signature of the payer, for the caller alone",
        "transfer": "the caller's own money",
        "transferFrom": "the caller's allowance",
        "transferWithAuthorization": "the signature of the payer",
        "transferWithRef": "the caller's own money",
    },
    "gate": {},
}
ARGUMENTS: dict[str, Callable[[Bank], tuple[object, ...]]] = {
    "mint": lambda bank: (bank.alice, 1),
    "burn": lambda bank: (bank.alice, 1),
    "setAccountFlags": lambda bank: (bank.carol, 1),
    "freeze": lambda bank: (bank.carol, 2),
    "setFrozenTokens": lambda bank: (bank.carol, 1),
    FORCED_TRANSFER: lambda bank: (bank.alice, bank.bob, 1, ref(1), ref(2)),
    "deactivate": lambda _: (),
    "pause": lambda _: (1,),
    "unpause": lambda _: (1,),
    "upgradeToAndCall": lambda bank: (bank.code.address, "0x"),
    "issue": lambda bank: (1, ref(1, 1), bank.alice, 1),
    "redeem": lambda bank: (1, ref(1, 1), bank.redemption(1).abi),
    "cancelRedemption": lambda bank: (bank.redemption(1).abi,),
    "attest": lambda bank: (1, bank.chain.now),
    "raiseLimits": lambda _: ([each + 1 for each in INITIAL_LIMITS],),
    "lowerLimits": lambda _: ((0, 0, 0),),
}
TABLE = [
    (label, function, role) for label, rights in RIGHTS.items() for function, role in rights.items()
]


@pytest.mark.parametrize("label", RIGHTS)
def test_every_change_is_in_the_table(bank: Bank, label: str) -> None:
    changes = {
        each["name"]
        for each in bank.contract(label).artifact.abi
        if each["type"] == "function" and each["stateMutability"] not in {"view", "pure"}
    }
    restricted = {function.partition("(")[0] for function in RIGHTS[label]}
    assert changes == restricted | OPEN[label].keys()


@pytest.mark.parametrize(("label", "function", "role"), TABLE)
def test_only_the_role_gets_in(bank: Bank, label: str, function: str, role: int) -> None:
    contract, arguments = bank.contract(label), ARGUMENTS[function](bank)
    for other, caller in enumerate((*bank.holders, bank.stranger)):
        told = _told(bank, contract.address, caller, contract.data(function, *arguments))
        outside = f"AccessManagedUnauthorized(caller: {caller})"
        assert (told == outside) == (other != role), (other, told)


def _told(bank: Bank, to: str, caller: str, data: str) -> str:
    try:
        bank.chain.call(caller, to, data)
    except Refused as refused:
        return str(refused)
    return ""


def test_nobody_changes_the_manager_from_outside(bank: Bank) -> None:
    for caller in (*bank.holders, bank.stranger):
        told = bank.token.refusal("setAuthority", bank.access.address, by=caller)
        assert told == f"AccessManagedUnauthorized(caller: {caller})"


def test_a_closed_contract_lets_nobody_in(bank: Bank) -> None:
    bank.access.send("setTargetClosed", bank.gate.address, True, by=bank.admin)
    told = bank.gate.refusal("attest", 1, bank.chain.now, by=bank.attestor)
    assert told == f"AccessManagedUnauthorized(caller: {bank.attestor})"


def test_a_right_taken_away_is_gone_at_once(bank: Bank) -> None:
    bank.access.send("revokeRole", 1, bank.issuer, by=bank.admin)
    told = bank.gate.refusal("issue", 1, ref(1, 1), bank.alice, 1, by=bank.issuer)
    assert told == f"AccessManagedUnauthorized(caller: {bank.issuer})"


def _raise(bank: Bank) -> Delayed:
    data = bank.gate.data("raiseLimits", [each + 1 for each in INITIAL_LIMITS])
    return Delayed(bank, bank.gate, bank.limits, data)


def _upgrade(bank: Bank) -> Delayed:
    data = bank.token.data("upgradeToAndCall", bank.code.address, "0x")
    return Delayed(bank, bank.token, bank.upgrader, data)


@pytest.mark.parametrize(("prepare", "role"), [(_raise, LIMITS), (_upgrade, UPGRADER)])
def test_what_raises_risk_waits(bank: Bank, prepare: Callable[[Bank], Delayed], role: int) -> None:
    delayed = prepare(bank)
    with pytest.raises(Refused, match="AccessManagerNotScheduled"):
        delayed.execute()
    delayed.schedule()
    bank.chain.advance(DELAYS[role] - 60)
    with pytest.raises(Refused, match="AccessManagerNotReady"):
        delayed.execute()
    bank.chain.advance(120)
    delayed.execute()
    with pytest.raises(Refused, match="AccessManagerNotScheduled"):
        delayed.execute()


@pytest.mark.parametrize(("prepare", "role"), [(_raise, LIMITS), (_upgrade, UPGRADER)])
def test_the_guardian_stops_what_waits(
    bank: Bank, prepare: Callable[[Bank], Delayed], role: int
) -> None:
    delayed = prepare(bank)
    delayed.schedule()
    with pytest.raises(Refused, match="AccessManagerUnauthorizedCancel"):
        delayed.cancel(by=bank.issuer)
    delayed.cancel(by=bank.holders[GUARDIAN])
    bank.chain.advance(DELAYS[role] + 60)
    with pytest.raises(Refused, match="AccessManagerNotScheduled"):
        delayed.execute()


def test_the_access_manager_is_openzeppelins(bank: Bank) -> None:
    assert bank.access.read("hasRole", ADMIN, bank.admin) == (True, 0)
    layout = bank.access.artifact.storage_layout
    assert [name for name, _ in layout[""]] == ["_targets", "_roles", "_schedules", "_executionId"]
