"""What several parties settle together: what is refused, kept, announced and prepared."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlmodel import col, update

from node.bindings.deposit_token import HoldTerms
from node.control import audit, halt
from node.control import store as control
from node.control.halt import Scope
from node.core.errors import ConcordError
from node.core.ids import wallet_key
from node.db.unit_of_work import read_only, unit_of_work
from node.ledger import store as ledger
from node.settlement import store
from node.settlement.commands import (
    NetCommand,
    Owed,
    Prefunding,
    SettleCommand,
    SettlementOutcome,
)
from node.settlement.instruction import Instruction, InstructionState
from node.settlement.settlement import (
    Settlement,
    SettlementMethod,
    SettlementWay,
    moved,
    ref_of,
    settlement_id,
    standing,
)
from node.submission import store as intents
from node.submission.intent import Intent, IntentState
from node.submission.tables import IntentRow
from tests.support.chain_desk import SettlementDesk, caller, transfer, uetr
from tests.support.chain_keys import address
from tests.support.clock import NOW

Command = SettleCommand | NetCommand
ALICE, BOB, STRANGER = address("alice"), address("bob"), address("stranger")
I, S = IntentState, InstructionState  # noqa: E741 - the two ladders side by side
DVP, HELD = SettlementMethod.DVP, SettlementWay.HELD
PVP, SIGNED = SettlementMethod.PVP, SettlementWay.SIGNED
LEGS = (transfer(2, "5.00", "alice", "bob"), transfer(3, "7.00", "bob", "alice", currency="EUR"))


def exchange(
    *legs: object, method: SettlementMethod = PVP, way: SettlementWay = SIGNED
) -> SettleCommand:
    """Alice pays CAD to Bob and Bob EUR to Alice, unless other legs are given."""
    return SettleCommand(method, way, uetr(1), legs or LEGS)  # type: ignore[arg-type]


def owed(amount: str, debtor: str, creditor: str, currency: str = "CAD") -> Owed:
    return Owed(currency, amount, address(debtor), address(creditor))


def aside(amount: str, party: str, currency: str = "CAD") -> Prefunding:
    return Prefunding(currency, amount, address(party))


def cycle(*what: Owed | Prefunding) -> NetCommand:
    """Alice owes Bob 9 and he her 4, and both set something aside, unless told otherwise."""
    told = what or (
        owed("9.00", "alice", "bob"),
        owed("4.00", "bob", "alice"),
        aside("6.00", "alice"),
        aside("1.00", "bob"),
    )
    return NetCommand(
        uetr(1),
        tuple(each for each in told if isinstance(each, Owed)),
        tuple(each for each in told if isinstance(each, Prefunding)),
    )


def ask(
    bank: SettlementDesk, command: Command, key: str = "k", text: str = ""
) -> SettlementOutcome:
    asking = caller(key, text)
    if isinstance(command, SettleCommand):
        return bank.settlements.settle(command, asking)
    return bank.settlements.net(command, asking)


def kept(bank: SettlementDesk) -> tuple[Settlement, list[Instruction], dict[str, Intent]]:
    """The settlement with its legs and its intents."""
    with read_only(bank.engine) as session:
        found = store.settlement_by_uetr(session, uetr(1))
        assert found is not None
        sent = intents.intents(session, instruction_id=found.id)
        return found, store.legs(session, found.id), {each.purpose: each for each in sent}


REFUSED = [
    ("one currency", exchange(LEGS[0], transfer(3, "7.00", "bob", "alice")),
     "SETTLEMENT_MALFORMED"),
    ("one leg", exchange(LEGS[0]), "SETTLEMENT_MALFORMED"),
    ("legs alike", exchange(*LEGS, transfer(4, "5.0", "alice", "bob")), "SETTLEMENT_MALFORMED"),
    ("netted method", exchange(method=SettlementMethod.NET), "SETTLEMENT_MALFORMED"),
    ("netted way", exchange(way=SettlementWay.NETTED), "SETTLEMENT_MALFORMED"),
    ("one uetr for two", exchange(LEGS[0], replace(LEGS[1], uetr=uetr(2))), "UETR_ALREADY_USED"),
    ("a leg's uetr is its own", exchange(LEGS[0], replace(LEGS[1], uetr=uetr(1))),
     "UETR_ALREADY_USED"),
    ("stranger pays", exchange(LEGS[0], replace(LEGS[1], debtor_wallet=STRANGER)),
     "WALLET_UNKNOWN"),
    ("own key pays", exchange(LEGS[0], replace(LEGS[1], debtor_wallet=address("carol"))),
     "WALLET_NOT_CUSTODIAL"),
    ("pays itself", exchange(LEGS[0], replace(LEGS[1], debtor_wallet=ALICE)), "SAME_WALLET"),
    ("over limit", exchange(LEGS[0], replace(LEGS[1], amount="500.01")), "AMOUNT_OVER_LIMIT"),
    ("no token", exchange(LEGS[0], replace(LEGS[1], currency="USD")), "CURRENCY_NOT_TOKENISED"),
    ("zero", exchange(LEGS[0], replace(LEGS[1], amount="0.00")), "INVALID_AMOUNT"),
    ("no uetr", replace(exchange(), uetr="1"), "INVALID_REFERENCE"),
    ("too little aside", cycle(owed("9.00", "alice", "bob"), aside("8.99", "alice")),
     "NET_NOT_PREFUNDED"),
    ("nothing aside", cycle(owed("9.00", "alice", "bob")), "NET_NOT_PREFUNDED"),
    ("aside in another currency", cycle(owed("9.00", "alice", "bob"), aside("9", "alice", "EUR")),
     "NET_NOT_PREFUNDED"),
    ("aside twice", cycle(owed("9.00", "alice", "bob"), aside("9", "alice"), aside("9", "alice")),
     "SETTLEMENT_MALFORMED"),
    ("all cancels out", cycle(owed("9.00", "alice", "bob"), owed("9.00", "bob", "alice")),
     "SETTLEMENT_MALFORMED"),
    ("nothing owed", cycle(aside("9.00", "alice")), "SETTLEMENT_MALFORMED"),
    ("owes itself", cycle(owed("9.00", "alice", "alice"), aside("9", "alice")), "SAME_WALLET"),
    ("stranger owes", cycle(owed("9.00", "stranger", "alice")), "WALLET_UNKNOWN"),
    ("own key aside", cycle(owed("9.00", "alice", "carol"), aside("9", "carol")),
     "WALLET_NOT_CUSTODIAL"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("command", "code"), [each[1:] for each in REFUSED], ids=[each[0] for each in REFUSED]
)
def test_a_refused_command_leaves_nothing(
    bank: SettlementDesk, command: Command, code: str
) -> None:
    before = bank.counts()
    with pytest.raises(ConcordError) as refused:
        ask(bank, command)
    assert refused.value.code == code
    assert refused.value.remedy
    assert bank.counts() == before


def test_a_uetr_of_a_payment_is_no_settlement_s_and_the_other_way_round(
    bank: SettlementDesk,
) -> None:
    ask(bank, exchange())
    with pytest.raises(ConcordError, match="instructed before"):
        bank.service.transfer(transfer(1, "1.00", "alice", "bob"), caller("other"))
    bank.service.transfer(transfer(9, "1.00", "alice", "bob"), caller("third"))
    with pytest.raises(ConcordError, match="instructed before"):
        ask(bank, replace(cycle(), uetr=uetr(9)), key="fourth")


def test_while_commands_are_halted_nothing_is_settled(bank: SettlementDesk) -> None:
    with unit_of_work(bank.engine) as session:
        halt.halt(session, Scope.COMMANDS, "drill", NOW)
    with pytest.raises(ConcordError) as refused:
        ask(bank, exchange())
    assert refused.value.code == "NODE_HALTED"


@pytest.mark.parametrize("command", [exchange(), exchange(method=DVP, way=HELD), cycle()])
def test_the_same_command_again_changes_nothing(bank: SettlementDesk, command: Command) -> None:
    first = ask(bank, command)
    before = bank.counts()
    bank.clock.later(seconds=3600)
    again = ask(bank, command)
    assert (again.settlement, again.replayed, first.replayed) == (first.settlement, True, False)
    assert bank.counts() == before
    with pytest.raises(ConcordError) as refused:
        ask(bank, command, text="another")
    assert refused.value.code == "IDEMPOTENCY_KEY_REUSED"


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


# --------------------------------------------------------------------------- what follows


def put(bank: SettlementDesk, purpose: str, state: IntentState, why: str = "") -> None:
    """Say where an intent stands, as the sender or the monitor would."""
    _, _, sent = kept(bank)
    where = col(IntentRow.id) == sent[purpose].id
    with unit_of_work(bank.engine) as session:
        session.exec(update(IntentRow).where(where).values(state=state, reason=why))


def test_legs_stand_where_the_call_that_settles_stands(bank: SettlementDesk) -> None:
    ask(bank, exchange(method=DVP, way=HELD))
    for purpose, intent, expected in (
        ("INSTRUCT", I.SENT, S.SENT),
        ("HOLD_1", I.FINAL, S.SENT),
        ("EXECUTE", I.MINED, S.ON_CHAIN),
        ("EXECUTE", I.SENT, S.SENT),  # a reorg
        ("EXECUTE", I.FINAL, S.ON_CHAIN),
    ):
        put(bank, purpose, intent)
        bank.tracker.run_once()
        _, legs, _ = kept(bank)
        assert [each.state for each in legs] == [expected, expected]
        assert standing(legs) is expected


def test_a_settlement_that_fails_ends_all_of_its_legs(bank: SettlementDesk) -> None:
    ask(bank, exchange())
    put(bank, "SETTLE", I.REVERTED, "SettlementExpired")
    bank.tracker.run_once()
    _, legs, _ = kept(bank)
    assert [(each.state, each.reason) for each in legs] == [(S.FAILED, "SettlementExpired")] * 2
    with read_only(bank.engine) as session:
        assert ledger.expectations(session, open_only=True) == []


@pytest.mark.parametrize("command", [exchange(method=DVP, way=HELD), cycle()])
def test_whom_a_hold_is_for_lets_go_of_it_when_nothing_comes_of_it(
    bank: SettlementDesk, command: Command
) -> None:
    ask(bank, command)
    settles = "EXECUTE" if isinstance(command, SettleCommand) else "SETTLE_NET"
    put(bank, "HOLD_1", I.CONFIRMED)
    put(bank, "HOLD_2", I.REFUSED, "InsufficientAvailable")
    put(bank, settles, I.REFUSED, "HOLD_2 REFUSED: InsufficientAvailable")
    bank.tracker.run_once()
    _, legs, sent = kept(bank)
    assert {each.state for each in legs} == {S.REFUSED}
    assert [each for each in sent if each.startswith("GIVE_BACK")] == ["GIVE_BACK_1"]
    back = sent["GIVE_BACK_1"]
    assert back.after == (sent["HOLD_1"].id,)
    assert back.signer == (BOB if settles == "EXECUTE" else bank.desk.settler)
    before = bank.counts()
    bank.tracker.run_once()
    assert bank.counts() == before
