"""I15, on what is really deployed: every function that changes something, as every role and nobody.

The table stands here once more, written by hand, so that a slip in the tables of the code is found.
The figures are printed, for `make verify`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

import pytest

from node.chain import artifacts
from node.chain.deployment.matrix import Matrix, Verdict, asked
from node.chain.deployments import Deployment
from tests.support.deployed import Bank

HOUR: Final = 3600
# Who waits how long; all others act at once.
WAITS: Final = {"ADMIN": 48 * HOUR, "LIMITS": 24 * HOUR, "UPGRADER": 48 * HOUR, "ENFORCER": HOUR}
ROLES: Final = (
    *("ADMIN", "ISSUER", "ATTESTOR", "COMPLIANCE", "LIMITS", "GUARDIAN", "UPGRADER", "MINTER"),
    *("ENFORCER", "SETTLER", "TREASURY", "INSTALLER"),
)
ANYONE, NOBODY = "anyone", "nobody"
TABLE: Final = {
    "BankAccess": {
        ANYONE: "cancel consumeScheduledOp execute multicall renounceRole schedule",
        "ADMIN": "grantRole labelRole revokeRole setGrantDelay setRoleAdmin setRoleGuardian"
        " setTargetAdminDelay setTargetClosed setTargetFunctionRole updateAuthority",
    },
    "DepositToken": {
        ANYONE: "approve cancelAuthorization cancelSettlementNonce createHold executeHold"
        " executeHolds initialize permit receiveWithAuthorization releaseHold settleTransfer"
        " transfer transferFrom transferWithAuthorization transferWithRef",
        NOBODY: "setAuthority",
        "ADMIN": "deactivate unpause",
        "COMPLIANCE": "freeze setAccountFlags setFrozenTokens",
        "GUARDIAN": "pause",
        "MINTER": "burn burnHeld mint",
        "ENFORCER": "forcedTransfer",
        "INSTALLER": "upgradeToAndCall",
    },
    "IssuanceGate": {
        "ISSUER": "cancelRedemption issue redeem",
        "ATTESTOR": "attest",
        "LIMITS": "raiseLimits",
        "GUARDIAN": "lowerLimits",
    },
    "LockBox": {
        ANYONE: "cancelAndDecrypt cancelTransfer confirmTransfer inceptTransfer payOut"
        " refundTransfer releaseKey requestKey transferAndDecrypt transferWithKey",
    },
    "SettlementEngine": {
        ANYONE: "affirm cancel execute expire instruct settle settleHeld",
        NOBODY: "setAuthority",
        "SETTLER": "releaseNetHolds settleNet",
    },
    "TokenUpgrader": {
        ANYONE: "rehearse tryOut",
        NOBODY: "setAuthority",
        "UPGRADER": "upgrade",
    },
    "TreasuryAdapter": {
        NOBODY: "setAuthority",
        "ADMIN": "unpause",
        "LIMITS": "raiseCap setVenue",
        "GUARDIAN": "closeVenue lowerCap pause",
        "TREASURY": "deposit swap sweep withdraw",
    },
}
WHO: Final = {
    (contract, function): who
    for contract, rights in TABLE.items()
    for who, functions in rights.items()
    for function in functions.split()
}


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Deployment, Matrix]]:
    bank = Bank(tmp_path_factory.mktemp("matrix"), "CAD", "EUR")
    deployment = bank.apply()
    yield deployment, asked(bank.rpc, deployment)
    bank.chain.close()


def expected(who: str, role: str) -> tuple[Verdict, int]:
    if who != role:
        return Verdict.DENIED, 0
    return (Verdict.DELAYED, WAITS[role]) if role in WAITS else (Verdict.ALLOWED, 0)


def test_every_contract_is_deployed_and_in_the_table(
    deployed: tuple[Deployment, Matrix],
) -> None:
    deployment, _ = deployed
    there = {each.contract for each in deployment.contracts}
    assert there == TABLE.keys() == set(artifacts.names()) - {"ERC1967Proxy"}


def test_every_function_is_in_the_table_and_nothing_else(
    deployed: tuple[Deployment, Matrix],
) -> None:
    _, matrix = deployed
    assert {(row.contract, row.function.partition("(")[0]) for row in matrix.rows} == WHO.keys()


def test_every_role_is_held(deployed: tuple[Deployment, Matrix]) -> None:
    _, matrix = deployed
    assert tuple(matrix.members) == ROLES
    assert all(matrix.members.values())


def test_each_role_may_what_the_table_says_and_nothing_else(
    deployed: tuple[Deployment, Matrix],
) -> None:
    _, matrix = deployed
    wrong, counted = [], Counter[str]()
    for row in matrix.rows:
        who = WHO[row.contract, row.function.partition("(")[0]]
        counted["open" if row.is_open else "asking"] += 1
        if row.is_open != (who == ANYONE):
            wrong.append(f"{row.label} {row.function}: open {row.is_open}, meant for {who}")
        for role, cell in row.by_role.items():
            counted[cell.verdict] += 1
            if (cell.verdict, cell.delay_seconds) != expected(who, role):
                wrong.append(f"{row.label} {row.function} by {role}: {cell}, meant for {who}")
    assert not wrong, "\n".join(wrong)
    cells = sum(counted[verdict] for verdict in Verdict)
    assert cells == counted["asking"] * len(ROLES)
    print(  # noqa: T201 (the figures are what is wanted)
        f"\n{len(matrix.rows)} functions of {len({r.label for r in matrix.rows})}"
        f" contracts, {counted['open']} open to a stranger, {counted['asking']} refuse one;"
        f" x {len(ROLES)} roles = {cells} answers: {counted[Verdict.ALLOWED]} allowed,"
        f" {counted[Verdict.DELAYED]} delayed, {counted[Verdict.DENIED]} denied"
    )


def test_the_tables_of_the_code_say_the_same(deployed: tuple[Deployment, Matrix]) -> None:
    _, matrix = deployed
    assert [str(each) for each in matrix.differences()] == []
