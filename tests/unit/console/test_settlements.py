"""What the console says of payments that are settled together: each leg leads to all of them."""

from __future__ import annotations

import pytest
from sqlmodel import Session
from starlette.testclient import TestClient

from node.chain.tables import BlockRow
from node.events.tables import EventRow
from node.settlement.tables import InstructionRow, SettlementRow
from node.submission.tables import IntentRow
from tests.support.clock import NOW
from tests.support.console_day import BLOCK, CHAIN, OTHER_UETR, TODAY, TX, UETR, WALLET, Node

OWN_UETR = "0d999c11-84bc-41d6-897c-95f8556f4add"
CONTENT = "0x" + "5e" * 32


@pytest.fixture
def settled(node: Node) -> Node:
    """A node on which CAD 5.00 changed hands against JPY 700, by one call."""
    at = int(NOW.timestamp())
    rows = [
        SettlementRow(
            id="s-1", sequence=1, uetr=OWN_UETR, method="PVP", way="SIGNED", content_id=CONTENT,
            deadline=NOW, created_by="desk", created_at=NOW,
        ),
        *(
            InstructionRow(
                id=f"in-{number}", sequence=number, kind="TRANSFER", uetr=uetr, currency=currency,
                amount=amount, debtor_wallet=WALLET, creditor_wallet=WALLET, settlement_id="s-1",
                value_date=TODAY, state="SETTLED", created_by="desk", created_at=NOW,
                updated_at=NOW,
            )
            for number, uetr, currency, amount in (
                (1, UETR, "CAD", 500),
                (2, OTHER_UETR, "JPY", 700),
            )
        ),
        IntentRow(
            id="intent-1", sequence=1, instruction_id="s-1", purpose="SETTLE", chain_id=CHAIN,
            signer=WALLET, target=WALLET, calldata="0x", state="FINAL", nonce=7, tx_hash=TX,
            block_number=42, block_hash=BLOCK, created_at=NOW, updated_at=NOW,
        ),
        BlockRow(chain_id=CHAIN, number=42, hash=BLOCK, parent_hash="0x", timestamp=at),
        *(
            EventRow(
                id=number, chain_id=CHAIN, block_number=42, block_hash=BLOCK, block_timestamp=at,
                tx_hash=TX, log_index=number, address=WALLET, contract=contract, label=label,
                currency="", name=name, args={}, uetr=uetr, topics=[], data="0x",
            )
            for number, contract, label, name, uetr in (
                (1, "DepositToken", "CAD.token", "TransferRef", ""),
                (2, "SettlementEngine", "engine", "Settled", OWN_UETR),
            )
        ),
    ]  # fmt: skip
    with Session(node.engine) as session, session.begin():
        for row in rows:
            session.add(row)
            session.flush()
    return node


def test_the_list_says_what_a_payment_is_a_leg_of(settled: Node, treasurer: TestClient) -> None:
    del settled
    text = treasurer.get("/payments").text
    assert text.count(f'leg of a <a href="/payments/{OWN_UETR}">payment versus payment</a>') == 2


@pytest.mark.parametrize(("uetr", "other"), [(UETR, OTHER_UETR), (OTHER_UETR, UETR)])
def test_a_leg_shows_the_other_one_and_what_settled_both(
    settled: Node, treasurer: TestClient, uetr: str, other: str
) -> None:
    del settled
    text = treasurer.get(f"/payments/{uetr}").text
    for told in ("leg of a payment versus payment", "signed by all payers", CONTENT, "this one",
                 f'href="/payments/{other}"', f'href="/payments/{OWN_UETR}"', "700 JPY", "5.00 CAD",
                 "settle", "CAD.token TransferRef", "engine Settled"):  # fmt: skip
        assert told in text, told


def test_a_settlement_has_a_page_of_its_own(settled: Node, treasurer: TestClient) -> None:
    del settled
    text = treasurer.get(f"/payments/{OWN_UETR}").text
    assert "Payment without an instruction" not in text
    for told in (f'href="/payments/{UETR}"', f'href="/payments/{OTHER_UETR}"', "engine Settled",
                 "Each leg is booked under a UETR of its own"):  # fmt: skip
        assert told in text, told
