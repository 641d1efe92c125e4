"""Upgrades of a bank in this process, as its upgrader would do them.

In: a bank that stands. Out: what a survey finds, one stretch of an upgrade, what is proved. Used by
tests of upgrades.
"""

from __future__ import annotations

from pathlib import Path

from node.chain.deployment.scheduled import Hands, Stage
from node.chain.deployment.upgrade import Survey, surveyed
from node.chain.deployment.upgrading import Progress, advance, upgrade_differences
from node.chain.deployments import checksummed, load_deployment
from node.core.types import Address
from node.submission.deployer import KeystoreDeployer
from tests.support.deployed import Bank
from tests.support.deployment import STEPS as DEPLOYED
from tests.support.deployment import account

DAY = 86_400
WAIT = 2 * DAY + 600  # blocks of one moment run ahead of the clock
ALICE, BOB = account(0xE1), account(0xE2)


def bank_with_accounts(folder: Path) -> Bank:
    """One currency; Alice and Bob are admitted, and an amount of Bob's is frozen."""
    bank = Bank(folder, "CAD")
    bank.apply()
    token = load_deployment(bank.record).token("CAD")
    for each in (ALICE, BOB):
        bank.send("COMPLIANCE", token, "setAccountFlags", each, 1)
    bank.send("COMPLIANCE", token, "setFrozenTokens", BOB, 7)
    return bank


def survey(bank: Bank) -> Survey:
    return surveyed(bank.rpc, bank.record, "0x")


def hands(bank: Bank, *, with_key: bool = True) -> Hands:
    held = bank.keys.address("UPGRADER")
    signer = KeystoreDeployer(bank.keys, held) if with_key else None
    return Hands(bank.deployer, checksummed(held), signer)


def go_on(bank: Bank, *, with_key: bool = True) -> Progress:
    return advance(bank.rpc, bank.record, hands(bank, with_key=with_key), "0x")


def stages(found: Progress) -> list[Stage]:
    return [each.stage for each in found.survey.turns]


def sent(bank: Bank) -> int:
    """How many transactions the deployer has had mined since all stood."""
    return bank.rpc.nonce(bank.deployer.address) - len(DEPLOYED)


def upgrade_faults(bank: Bank) -> list[str]:
    return [str(each) for each in upgrade_differences(bank.rpc, bank.plan, bank.record)]


def issued(bank: Bank, to: Address, amount: int) -> None:
    gate = load_deployment(bank.record).gate("CAD")
    now = bank.rpc.block("latest").timestamp
    bank.send("COMPLIANCE", load_deployment(bank.record).token("CAD"), "setAccountFlags", to, 1)
    bank.send("ATTESTOR", gate, "attest", 1000, now)
    bank.send("ISSUER", gate, "issue", 1, f"0x{1:032x}{1:032x}", to, amount)


def code(bank: Bank) -> str:
    where = load_deployment(bank.record).token("CAD").implementation
    assert where is not None
    return where
