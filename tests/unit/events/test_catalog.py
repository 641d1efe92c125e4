"""Which addresses are ours, and which payment an event's reference names."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest

from node.chain.artifacts import load
from node.chain.codec import DecodedLog, event_topics
from node.chain.deployments import DeployedContract
from node.core.ids import pack_ref
from node.core.types import Address, BlockNumber
from node.events.catalog import Catalog, uetr_in
from tests.support.chain_script import TOKEN, ScriptedChain, catalog, hash_of, logs
from tests.support.deployment import account

UETR = uuid.UUID("7a562c67-ca16-48ba-b074-65581be6f001")


def contract(label: str, name: str, address: Address, block: int) -> DeployedContract:
    return DeployedContract(
        label=label,
        contract=name,
        address=address,
        block_number=BlockNumber(block),
        tx_hash=hash_of(label),
        constructor_args=(),
        artifact_hash=load(name).hash,
    )


def read(catalog: Catalog, address: str, *topics: str, data: str) -> DecodedLog | None:
    """What a log at an address says to the contract there."""
    watched = catalog.watched(address)
    assert watched is not None
    return watched.decoder.decode(topics, data)


def test_an_address_that_is_not_ours() -> None:
    assert catalog().watched(account(1)) is None


def test_an_empty_catalog_watches_nothing() -> None:
    empty = Catalog([])
    assert empty.addresses == ()
    assert empty.first_block == 0


def test_addresses_are_ours_in_any_case() -> None:
    ours = catalog(7)
    assert ours.addresses == (TOKEN,)
    assert ours.first_block == 7
    for form in (TOKEN, TOKEN.lower(), "0x" + TOKEN[2:].upper()):
        found = ours.watched(form)
        assert found is not None
        assert (found.contract.label, found.address) == ("CAD.token", TOKEN.lower())


def test_the_first_block_is_that_of_the_oldest_contract() -> None:
    several = Catalog(
        [
            contract("CAD.token", "DepositToken", account(1), 9),
            contract("CAD.gate", "IssuanceGate", account(2), 4),
            contract("access", "BankAccess", account(3), 6),
        ]
    )
    assert several.first_block == 4
    assert set(several.addresses) == {account(1), account(2), account(3)}


def test_each_contract_reads_its_own_logs() -> None:
    gate = contract("CAD.gate", "IssuanceGate", account(2), 4)
    token = contract("CAD.token", "DepositToken", account(1), 9)
    both = Catalog([gate, token])
    attested = event_topics(load("IssuanceGate"))["Attested"]
    data = f"0x{5:064x}{9:064x}"
    found = read(both, account(2), attested, data=data)
    assert found is not None
    assert (found.name, found.args["liabilities"]) == ("Attested", "5")
    assert read(both, account(1), attested, data=data) is None


def test_a_proxy_is_read_as_what_it_speaks_for() -> None:
    chain = ScriptedChain()
    chain.mine("a")
    (log,) = logs(chain.head)
    proxy = replace(contract("CAD.token", "DepositToken", TOKEN, 1), implementation=account(9))
    found = read(Catalog([proxy]), TOKEN, *log["topics"], data=log["data"])
    assert found is not None
    assert found.name == "TransferRef"
    assert found.args["ref"] == hash_of("ref", "a")


@pytest.mark.parametrize(
    "args",
    [
        {},
        {"ref": ""},
        {"ref": 5},
        {"ref": None},
        {"ref": "7a562c67"},
        {"ref": "0x"},
        {"ref": "0x" + "00" * 32},
        {"ref": "0x" + "11" * 32},
        {"ref": "0x" + pack_ref(UETR, UETR).hex()[:-2]},
        {"reference": "0x" + pack_ref(UETR, UETR).hex()},
    ],
)
def test_arguments_that_name_no_payment(args: dict[str, Any]) -> None:
    assert uetr_in(args) == ""


def test_a_reference_names_its_payment() -> None:
    assert uetr_in({"ref": "0x" + pack_ref(UETR, uuid.uuid5(UETR, "entry")).hex()}) == str(UETR)
