"""What several parties settle together: what is kept and announced, which calls are prepared."""

from __future__ import annotations

from node.bindings.deposit_token import HoldTerms
from node.control import audit
from node.control import store as control
from node.core.ids import wallet_key
from node.db.unit_of_work import read_only
from node.ledger import store as ledger
from node.settlement.settlement import moved, ref_of, settlement_id
from tests.support.chain_desk import SettlementDesk, uetr
from tests.support.chain_exchange import DVP, HELD, aside, ask, cycle, exchange, kept, owed
from tests.support.chain_keys import address

ALICE, BOB = address("alice"), address("bob")


# ------------------------------------------------------------------------------ what is kept


def test_each_leg_is_a_payment_of_its_own(bank: SettlementDesk) -> None:
    made = ask(bank, exchange(method=DVP, way=HELD)).settlement
    found, legs, _ = kept(bank)
    assert made == found
    assert (found.id, found.ref) == (settlement_id(uetr(1)), ref_of(uetr(1)))
    assert [(each.uetr, str(each.amount), each.debtor_wallet) for each in legs] == [
        (uetr(2), "CAD 5.00", ALICE),
        (uetr(3), "EUR 7.00", BOB),
    ]
    assert {each.settlement_id for each in legs} == {found.id}
    with read_only(bank.engine) as session:
        announced = ledger.expectations_by_ref(session, found.content_id)
        trail = [each.action for each in control.audit_trail(session, found.id)]
        assert audit.verify(session) == []
    assert {each.uetr for each in announced} == {uetr(2), uetr(3)}
    assert trail == ["settlement.instructed"]


def test_a_net_leg_goes_into_the_engine_or_comes_out_of_it(bank: SettlementDesk) -> None:
    ask(bank, cycle())
    found, legs, _ = kept(bank)
    engine = wallet_key(bank.desk.engine.address)
    assert {(each.debtor_wallet, each.creditor_wallet, str(each.amount)) for each in legs} == {
        (ALICE, engine, "CAD 5.00"),
        (engine, BOB, "CAD 5.00"),
    }
    assert found.content_id == "0x" + found.ref.hex()
    with read_only(bank.engine) as session:
        accounts = {
            (each.debit_account, each.credit_account)
            for each in ledger.expectations_by_ref(session, found.content_id)
        }
        assert ledger.account(session, f"CLEARING:CAD:{engine}") is not None
    assert accounts == {
        (f"WALLET:CAD:{ALICE}", f"CLEARING:CAD:{engine}"),
        (f"CLEARING:CAD:{engine}", f"WALLET:CAD:{BOB}"),
    }
    assert [str(each) for each in moved(found, legs)] == ["CAD 5.00"]


# ------------------------------------------------------------------------- what is prepared


def test_what_all_have_signed_is_one_call(bank: SettlementDesk) -> None:
    ask(bank, exchange())
    _, _, sent = kept(bank)
    assert list(sent) == ["SETTLE"]
    assert (sent["SETTLE"].signer, sent["SETTLE"].after) == (bank.desk.settler, ())
    assert sent["SETTLE"].target == wallet_key(bank.desk.engine.address)


def test_holds_wait_for_the_instruction_and_the_execution_for_all_holds(
    bank: SettlementDesk,
) -> None:
    ask(bank, exchange(method=DVP, way=HELD))
    found, _, sent = kept(bank)
    assert list(sent) == ["INSTRUCT", "HOLD_1", "HOLD_2", "EXECUTE"]
    assert [each.signer for each in sent.values()] == [ALICE, ALICE, BOB, bank.desk.settler]
    assert sent["HOLD_1"].after == sent["HOLD_2"].after == (sent["INSTRUCT"].id,)
    assert sent["EXECUTE"].after == (sent["HOLD_1"].id, sent["HOLD_2"].id)
    terms = HoldTerms.of_call(sent["HOLD_2"].calldata)
    engine = wallet_key(bank.desk.engine.address)
    assert (terms.holder, terms.recipient, terms.amount) == (BOB, ALICE, 700)
    assert (terms.notary, terms.expiry) == (engine, int(found.deadline.timestamp()))
    assert "0x" + terms.ref.hex() == found.content_id


def test_who_is_not_a_net_debtor_gets_its_hold_back(bank: SettlementDesk) -> None:
    ask(bank, cycle())
    found, _, sent = kept(bank)
    assert list(sent) == ["HOLD_1", "HOLD_2", "SETTLE_NET", "RELEASE_CAD"]
    assert sent["SETTLE_NET"].after == (sent["HOLD_1"].id, sent["HOLD_2"].id)
    assert sent["RELEASE_CAD"].after == (sent["SETTLE_NET"].id,)
    assert {sent[name].signer for name in ("SETTLE_NET", "RELEASE_CAD")} == {bank.desk.settler}
    caps = [HoldTerms.of_call(sent[name].calldata) for name in ("HOLD_1", "HOLD_2")]
    assert [(each.holder, each.amount) for each in caps] == [(ALICE, 600), (BOB, 100)]
    assert {each.ref for each in caps} == {found.ref}
    released = sent["RELEASE_CAD"].calldata
    assert BOB.removeprefix("0x") in released
    assert ALICE.removeprefix("0x") not in released


def test_without_spare_holds_none_is_released(bank: SettlementDesk) -> None:
    ask(bank, cycle(owed("9.00", "alice", "bob"), aside("9.00", "alice")))
    _, _, sent = kept(bank)
    assert list(sent) == ["HOLD_1", "SETTLE_NET"]
