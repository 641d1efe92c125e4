"""The proof of a deployment: every way in which the chain may differ is found and named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from node.chain import codec
from node.chain.artifacts import Artifact, load
from node.chain.deployment.verify import verify
from node.chain.deployments import Deployment, checksummed
from node.chain.rpc import Log, RangeTooLarge, Rpc
from node.core.types import BlockNumber
from tests.support.deployed import Bank, planned
from tests.support.deployment import account

MOCK = Path(__file__).parents[2] / "contracts" / "artifacts" / "DepositTokenNext.json"
OPEN_TO_ALL = 2**64 - 1


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Bank]:
    bank = Bank(tmp_path, "CAD")
    yield bank
    bank.chain.close()


@pytest.fixture
def deployed(bank: Bank) -> Deployment:
    return bank.apply()


def differences(bank: Bank, record: Deployment | None = None) -> list[str]:
    return [str(each) for each in verify(bank.rpc, bank.plan, record or bank.apply())]


def test_what_was_applied_is_proved(bank: Bank, deployed: Deployment) -> None:
    assert differences(bank, deployed) == []


def test_a_member_too_few(bank: Bank, deployed: Deployment) -> None:
    holder = bank.keys.address("COMPLIANCE")
    bank.send("COMPLIANCE", deployed.access, "renounceRole", 3, holder)
    assert differences(bank) == [
        f"member COMPLIANCE {holder}: expected delay 0 s, found not a member"
    ]


def test_a_member_too_many_and_a_shorter_delay(bank: Bank, deployed: Deployment) -> None:
    bank.slowly("ADMIN", deployed.access, "grantRole", 1, account(9), 0)
    upgrader = bank.keys.address("UPGRADER")
    bank.slowly("ADMIN", deployed.access, "grantRole", 6, upgrader, 60)
    assert differences(bank) == [
        f"member ISSUER {account(9).lower()}: expected not a member, found delay 0 s",
        f"member UPGRADER {upgrader}: expected delay 172800 s, found delay 60 s",
    ]


@pytest.mark.parametrize(
    ("function", "args", "what"),
    [
        ("setRoleGuardian", (6, 1), "guardian of UPGRADER: expected GUARDIAN, found ISSUER"),
        ("setRoleAdmin", (1, 5), "admin of ISSUER: expected ADMIN, found GUARDIAN"),
        ("setGrantDelay", (1, 60), "grant delay of ISSUER: expected 0 s, found 60 s"),
    ],
)
def test_a_role_that_works_otherwise(
    bank: Bank, deployed: Deployment, function: str, args: tuple[int, ...], what: str
) -> None:
    bank.slowly("ADMIN", deployed.access, function, *args)
    assert differences(bank) == [what]


def test_a_function_that_asks_for_another_role(bank: Bank, deployed: Deployment) -> None:
    token = deployed.token("CAD")
    for name, role in (("mint(address,uint256)", 1), ("unpause(uint32)", OPEN_TO_ALL)):
        chosen = [codec.encode_call(load("DepositToken"), *_example(name))[:10]]
        args = (token.address, chosen, role)
        bank.slowly("ADMIN", deployed.access, "setTargetFunctionRole", *args)
    assert differences(bank) == [
        "function CAD.token mint: expected MINTER, found ISSUER",
        f"function CAD.token unpause: expected ADMIN, found role {OPEN_TO_ALL}",
    ]


def _example(function: str) -> tuple[str, tuple[object, ...]]:
    name = function.partition("(")[0]
    return (name, (account(1), 1)) if name == "mint" else (name, (1,))


def test_a_contract_closed_or_delayed(bank: Bank, deployed: Deployment) -> None:
    gate = deployed.gate("CAD").address
    bank.slowly("ADMIN", deployed.access, "setTargetClosed", gate, True)
    bank.slowly("ADMIN", deployed.access, "setTargetAdminDelay", account(7), 60)
    assert differences(bank) == [
        f"admin delay of {account(7).lower()}: expected 0 s, found 60 s",
        "contract CAD.gate: expected open, found closed",
    ]


def test_a_limit_that_was_changed(bank: Bank, deployed: Deployment) -> None:
    bank.send("GUARDIAN", deployed.gate("CAD"), "lowerLimits", (100, 0, 3600))
    assert differences(bank) == [
        "CAD.gate limits: expected (500000000, 6000, 93600), found (100, 0, 3600)"
    ]


def test_another_implementation(bank: Bank, deployed: Deployment) -> None:
    next_code = bank.create(_mock())
    token, nothing = deployed.token("CAD").address, ((), ())
    bank.slowly(
        "UPGRADER", deployed.contract("upgrader"), "upgrade", token, next_code, "0x", nothing
    )
    place, code = checksummed(next_code), deployed.implementations[0].address
    assert differences(bank, deployed) == [
        f"implementation of CAD.token: expected {code}, found {place}",
        f"code behind CAD.token at {place}: expected the code of DepositToken, found other code",
    ]


def test_other_code_at_an_address(bank: Bank, deployed: Deployment) -> None:
    token, gate = deployed.token("CAD"), deployed.gate("CAD")
    moved = _with(deployed, gate.label, address=token.address)
    found = differences(bank, moved)
    expected = "expected the code of IssuanceGate, found other code"
    assert f"CAD.gate at {token.address}: {expected}" in found
    nowhere = _with(deployed, gate.label, address=checksummed(account(0xDEAD)))
    assert any("expected the code of IssuanceGate, found no code" in each
               for each in differences(bank, nowhere))  # fmt: skip


def test_a_foreign_access_manager_is_asked_nothing(bank: Bank, deployed: Deployment) -> None:
    foreign = _with(deployed, "access", address=deployed.gate("CAD").address)
    found = differences(bank, foreign)
    assert any(each.startswith("access at") for each in found)
    assert not any(each.startswith(("member", "function")) for each in found)


def test_a_missing_and_a_surplus_currency(bank: Bank, deployed: Deployment) -> None:
    more = planned(bank.keys, "CAD", "EUR")
    assert [str(each) for each in verify(bank.rpc, more, deployed)] == [
        "currency EUR: expected a token and a gate, found none on record"
    ]
    other = planned(bank.keys, "EUR")
    assert [str(each) for each in verify(bank.rpc, other, deployed)] == [
        "currency CAD: expected none, it is not in the plan, found a token and a gate on record",
        "currency EUR: expected a token and a gate, found none on record",
    ]


@pytest.mark.parametrize("key", ["artifact_hash", "block_number", "tx_hash"])
def test_a_record_that_tells_otherwise(bank: Bank, deployed: Deployment, key: str) -> None:
    gate = deployed.gate("CAD")
    value = {
        "artifact_hash": "00" * 32,
        "block_number": BlockNumber(gate.block_number + 1),
        "tx_hash": deployed.token("CAD").tx_hash,
    }[key]
    place = {
        "artifact_hash": "artifact of CAD.gate",
        "block_number": "block of CAD.gate",
        "tx_hash": "contract created by",
    }[key]
    found = differences(bank, _with(deployed, gate.label, **{key: value}))
    assert any(each.startswith(place) for each in found)


def test_a_gate_of_another_token(tmp_path: Path) -> None:
    bank = Bank(tmp_path, "CAD", "EUR")
    deployed = bank.apply()
    eur = deployed.gate("EUR")
    swapped = _with(deployed, "CAD.gate", address=eur.address, tx_hash=eur.tx_hash,
                    block_number=eur.block_number)  # fmt: skip
    token = {ccy: deployed.token(ccy).address.lower() for ccy in ("CAD", "EUR")}
    assert f"CAD.gate token: expected {token['CAD']}, found {token['EUR']}" in differences(
        bank, swapped
    )
    bank.chain.close()


def test_events_are_read_in_pieces_where_the_endpoint_asks_for_it(
    bank: Bank, deployed: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Rpc.logs
    asked: list[int] = []

    def narrow(rpc: Rpc, first: int, last: int, *more: list[str]) -> list[Log]:
        asked.append(last - first)
        if last - first > 1:
            raise RangeTooLarge("one block at a time")
        return whole(rpc, first, last, *more)

    monkeypatch.setattr(Rpc, "logs", narrow)
    assert differences(bank, deployed) == []
    assert max(asked) > 1 >= min(asked)


def _mock() -> Artifact:
    found = json.loads(MOCK.read_text("utf-8"))
    fields = {name: found[name] for name in Artifact.__slots__ if name in found}
    return Artifact(**fields, hash="")


def _with(deployed: Deployment, label: str, **changes: object) -> Deployment:
    contracts = tuple(
        replace(each, **changes) if each.label == label else each  # type: ignore[arg-type]
        for each in deployed.contracts
    )
    return replace(deployed, contracts=contracts)
