"""Gas of the gate: issues, a redemption and an attestation, behind the proxy and without it.

References, measured in one environment: USDC v2.2 mint through its proxy 55,503, without reference,
replay guard or attestation. The figures are printed (`pytest -s`).
"""

from __future__ import annotations

import pytest

from node.chain import artifacts
from tests.contracts.bank import (
    ALLOWED,
    CURRENCY,
    DECIMALS,
    INITIAL_LIMITS,
    MINTER,
    NAME,
    RIGHTS,
    SYMBOL,
    Bank,
    ref,
)
from tests.contracts.chain import Contract

UETR = "7a562c67-ca16-48ba-b074-65581be6f001"
LIABILITIES = 123_456_789_00
ENTRY = 0x8B1D_93C7_52AE_5F46_9C3B
# Copies the runtime behind these 12 bytes to memory and returns it: deploys without constructor.
RETURNS_THE_REST = "61{size:04x}80600a3d393df3"


@pytest.fixture
def direct(bank: Bank) -> Bank:
    """The bank with a second token, which has no proxy, and that one's gate."""
    token, chain = direct_token(bank), bank.chain
    gate = bank._deploy("IssuanceGate", token.address, bank.access.address, INITIAL_LIMITS)
    for contract, label in ((token, "token"), (gate, "gate")):
        for function, role in RIGHTS[label].items():
            arguments = (contract.address, [contract.selector(function)], role)
            bank.access.send("setTargetFunctionRole", *arguments, by=bank.admin)
    bank.access.send("grantRole", MINTER, gate.address, 0, by=bank.admin)
    other = object.__new__(Bank)
    other.__dict__.update(vars(bank), token=token, gate=gate, chain=chain)
    token.send("setAccountFlags", bank.alice, ALLOWED, by=bank.compliance)
    return other


def direct_token(bank: Bank) -> Contract:
    """The token's own code, set up in place: its constructor would have forbidden that."""
    artifact = artifacts.load("DepositToken")
    runtime = artifact.deployed_bytecode.removeprefix("0x")
    prefix = RETURNS_THE_REST.format(size=len(runtime) // 2)
    address = bank.chain.send(bank.admin, None, "0x" + prefix + runtime).address
    token = Contract(bank.chain, artifact, address)
    told = (NAME, SYMBOL, CURRENCY, DECIMALS, bank.access.address)
    token.send("initialize", *told, by=bank.admin)
    return token


def real_ref(sequence: int) -> str:
    """As the node makes them: hardly a byte of it is zero, and each of those costs."""
    return ref(int(UETR.replace("-", ""), 16), (ENTRY << 48) | sequence)


def issue_gas(bank: Bank, sequence: int) -> int:
    order = (sequence, real_ref(sequence), bank.alice, 123_456)
    return bank.gate.send("issue", *order, by=bank.issuer).gas_used


def redeem_gas(bank: Bank, sequence: int) -> int:
    terms = bank.redemption(100_000).but(ref=real_ref(sequence))
    bank.opened(terms)
    return bank.gate.send("redeem", sequence, terms.ref, terms.abi, by=bank.issuer).gas_used


def measured(bank: Bank) -> dict[str, int]:
    """Gas by what is done: the first order of all, one in a used row, the first of the next row."""
    first_attested = bank.attest(LIABILITIES).gas_used
    first, _, warm, in_new_row = (issue_gas(bank, sequence) for sequence in (61, 62, 63, 64))
    return {
        "issue, first of all": first,
        "issue": warm,
        "issue, first of a row": in_new_row,
        "redeem": redeem_gas(bank, 65),
        "attest, first of all": first_attested,
        "attest": bank.attest(LIABILITIES + 1).gas_used,
    }


def within(used: dict[str, int], most: dict[str, int]) -> bool:
    print(used)  # noqa: T201 (the figures are what is wanted)
    return all(used[name] <= gas for name, gas in most.items())


def test_without_a_proxy(direct: Bank) -> None:
    assert within(measured(direct), {"issue": 72_000, "issue, first of a row": 97_000})


def test_behind_the_proxy(bank: Bank) -> None:
    most = {"issue": 77_300, "issue, first of a row": 102_000, "redeem": 86_000, "attest": 52_000}
    assert within(measured(bank), most)
