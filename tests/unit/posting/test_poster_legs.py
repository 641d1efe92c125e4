"""Legs of one settlement share a reference: each answers its own announcement, by what it does.

In: events written by hand, against both kinds of database. Run by pytest.
"""

from dataclasses import replace

from node.db.unit_of_work import read_only
from node.events.event import Change
from node.ledger import balances
from node.ledger.chart import AccountSpec
from node.ledger.entry import Phase
from node.ledger.expectation import Expectation
from tests.support.ledger_books import ALICE, BOB, OTHER_UETR, UETR, announced, expectation
from tests.support.ledger_events import ALICE_ADDRESS, BOB_ADDRESS, Chain, transfer_ref

SEEN, CONFIRMED, FINAL, _ = Change
TO_FINAL = (SEEN, CONFIRMED, FINAL)
SHARED = "0x" + "5e" * 32


def leg(name: str, uetr: str, payer: AccountSpec, payee: AccountSpec, amount: int) -> Expectation:
    """A leg, announced under the reference that all legs of its settlement share."""
    return replace(
        expectation(name, uetr=uetr, amount=amount),
        kind="TRANSFER",
        debit_account=payer.code,
        credit_account=payee.code,
        ref=SHARED,
    )


def test_each_leg_answers_its_own_announcement(chain: Chain) -> None:
    for each in (
        leg("there", UETR, ALICE, BOB, 100),
        leg("back", OTHER_UETR, BOB, ALICE, 30),
    ):
        announced(chain.engine, each)
    there = transfer_ref(100, ref=SHARED)
    back = transfer_ref(30, ref=SHARED, payer=BOB_ADDRESS, payee=ALICE_ADDRESS, log_index=1)
    chain.tell_all([there, back], *TO_FINAL)
    chain.post()
    posted = [each for each in chain.entries() if each.phase is Phase.POSTED]
    assert [(each.expectation_id, each.uetr) for each in posted] == [
        ("there", UETR),
        ("back", OTHER_UETR),
    ]
    with read_only(chain.engine) as session:
        assert balances.balance(session, BOB.code).posted(BOB.normal_side) == 70


def test_a_leg_that_was_not_announced_is_nobody_s(chain: Chain) -> None:
    announced(chain.engine, leg("there", UETR, ALICE, BOB, 100))
    chain.told(transfer_ref(99, ref=SHARED), *TO_FINAL)
    chain.told(transfer_ref(100, ref=SHARED, log_index=1), *TO_FINAL)
    chain.told(transfer_ref(100, ref=SHARED, log_index=2), *TO_FINAL)
    assert [each.expectation_id for each in chain.entries() if each.phase is Phase.POSTED] == [
        "",
        "there",
        "",
    ]
