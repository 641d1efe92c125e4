"""Gas: what a payment costs through the proxy, held below what was measured in the peers.

References, measured in one environment: USDC v2.2 transfer 45,059 to an account that has money and
62,159 to one that has none; CMTAT Allowlist 55,531; T-REX 199,726.
"""

from __future__ import annotations

from tests.contracts.bank import Bank, ref

CODE_BYTES_MAX = 20_000  # the chain's own limit is 24,576


def test_a_transfer_costs_the_same_to_an_empty_account(bank: Bank) -> None:
    bank.mint(bank.alice, 10**9)
    first = bank.token.send("transfer", bank.bob, 10**6, by=bank.alice)
    second = bank.token.send("transfer", bank.bob, 10**6, by=bank.alice)
    assert second.gas_used <= first.gas_used <= 42_500
    referenced = bank.token.send("transferWithRef", bank.bob, 10**6, ref(1), by=bank.alice)
    assert referenced.gas_used <= 45_500


def test_holds_and_orders(bank: Bank) -> None:
    bank.attest(10**6)
    bank.gate.send("issue", 1, ref(1, 1), bank.alice, 10**5, by=bank.issuer)
    issued = bank.gate.send("issue", 2, ref(2, 2), bank.alice, 10**5, by=bank.issuer)
    terms = bank.terms(100)
    opened = bank.token.send("createHold", terms.abi, by=bank.alice)
    executed = bank.token.send("executeHold", terms.abi, 60, by=bank.notary)
    redemption = bank.redemption(100, payment=3)
    bank.opened(redemption)
    arguments = (3, ref(3, 3), redemption.abi)
    redeemed = bank.gate.send("redeem", *arguments, by=bank.issuer)
    used = [each.gas_used for each in (issued, opened, executed, redeemed)]
    limits = (77_500, 66_000, 57_000, 86_000)
    assert all(gas <= limit for gas, limit in zip(used, limits, strict=True)), used


def test_the_code_leaves_room(bank: Bank) -> None:
    for contract in (bank.token, bank.gate, bank.access):
        size = len(contract.artifact.deployed_bytecode) // 2 - 1
        assert size <= CODE_BYTES_MAX, (contract.artifact.name, size)
