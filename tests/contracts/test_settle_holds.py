"""Settling by holds: an open hold is consent; execution is all or none, and can be tried again."""

from __future__ import annotations

import pytest

from tests.contracts import chain
from tests.contracts.bank import ALLOWED, HOUR, NO_RECEIVE, PAUSE_SETTLE
from tests.contracts.chain import Refused
from tests.contracts.deals import AFFIRMED, INSTRUCTED, NONE, SETTLED, Deal
from tests.contracts.desk import Desk


def instructed(desk: Desk) -> Deal:
    deal = desk.dvp()
    desk.send("instruct", deal, by=desk.alice)
    return deal


def test_only_a_party_instructs_and_once(desk: Desk) -> None:
    deal = desk.dvp()
    identity = desk.id_of(deal)
    told = desk.refusal("instruct", deal, by=desk.carol)
    assert told == f"NotParty(id: {identity}, caller: {desk.carol})"
    receipt = desk.send("instruct", deal, by=desk.bob)
    ((name, args),) = desk.engine.events(receipt)
    assert (name, args["id"], args["by"], args["ref"]) == (
        "Instructed",
        identity,
        desk.bob,
        deal.ref,
    )
    assert [leg["amount"] for leg in args["instruction"]["legs"]] == ["100", "7"]
    assert desk.state(deal) == INSTRUCTED
    told = f"WrongState(id: {identity}, state: {INSTRUCTED})"
    assert desk.refusal("instruct", deal, by=desk.alice) == told
    assert desk.refusal("settle", deal, desk.signatures(deal)) == told


def test_from_the_deadline_on_nothing_but_an_end(desk: Desk) -> None:
    deal = instructed(desk)
    desk.hold(deal)
    desk.chain.advance(HOUR)
    for action in ("affirm", "execute", "cancel"):
        assert desk.refusal(action, deal, by=desk.alice).startswith("DeadlinePassed(")
    other = desk.dvp().but(deadline=desk.chain.now)
    assert desk.refusal("instruct", other, by=desk.alice).startswith("DeadlinePassed(")


def test_a_payer_affirms_what_it_holds_and_once(desk: Desk) -> None:
    deal = desk.dvp()
    identity = desk.id_of(deal)
    told = desk.refusal("affirm", deal, by=desk.alice)
    assert told == f"WrongState(id: {identity}, state: {NONE})"
    desk.send("instruct", deal, by=desk.alice)
    assert desk.refusal("affirm", deal, by=desk.carol).startswith("NotPayer(")
    told = desk.refusal("affirm", deal, by=desk.bob)
    assert told == f"LegNotHeld(id: {identity}, leg: 1)"
    desk.hold(deal)
    receipt = desk.send("affirm", deal, by=desk.bob)
    affirmed = {"id": identity, "payer": desk.bob}
    assert desk.engine.events(receipt) == [("Affirmed", affirmed)]
    assert desk.progress(deal) == (INSTRUCTED, 0b10, 0)
    assert desk.refusal("affirm", deal, by=desk.bob).startswith("AlreadyDone(")
    desk.send("affirm", deal, by=desk.alice)
    assert desk.progress(deal) == (AFFIRMED, 0b11, 0)
    assert desk.refusal("affirm", deal, by=desk.alice).startswith("WrongState(")


def test_a_hold_is_for_one_content(desk: Desk) -> None:
    deal = instructed(desk)
    desk.hold(deal)
    other = deal.with_leg(1, amount=6)
    desk.send("instruct", other, by=desk.bob)
    assert desk.refusal("affirm", other, by=desk.alice).startswith("LegNotHeld(")
    assert desk.told(desk.send("execute", other)) == ["SettlementFailed"]
    assert desk.state(deal) == INSTRUCTED


@pytest.mark.parametrize("recorded", [False, True])
def test_anyone_executes_once_every_leg_is_held(
    desk: Desk,
    recorded: bool,  # noqa: FBT001 (a case of the test)
) -> None:
    deal = instructed(desk) if recorded else desk.dvp()
    desk.hold(deal)
    receipt = desk.send("execute", deal)
    told = {"id": desk.id_of(deal), "ref": deal.ref, "legs": "2"}
    assert desk.engine.events(receipt) == [("Settled", told)]
    assert desk.balances(desk.alice, desk.bob) == [(-100, 7), (100, -7)]
    assert desk.state(deal) == SETTLED
    for action in ("execute", "cancel", "instruct", "affirm", "expire"):
        assert desk.refusal(action, deal, by=desk.alice).startswith("WrongState(")


def test_what_fails_is_told_moves_nothing_and_can_be_tried_again(desk: Desk) -> None:
    deal = instructed(desk)
    desk.hold(deal, 0)
    receipt = desk.send("execute", deal)
    ((name, args),) = desk.engine.events(receipt)
    assert (name, args["id"], args["leg"]) == ("SettlementFailed", desk.id_of(deal), "1")
    assert desk.meant(args["reason"]).startswith("HoldNotOpen(")
    assert desk.balances(desk.alice, desk.bob) == [(0, 0), (0, 0)]
    assert desk.cash.read("heldOf", desk.alice) == 100
    desk.hold(deal, 1)
    assert desk.told(desk.send("execute", deal)) == ["Settled"]


@pytest.mark.parametrize("obstacle", ["a pause", "a freeze"])
def test_an_obstacle_that_goes_away(desk: Desk, obstacle: str) -> None:
    deal = instructed(desk)
    desk.hold(deal)
    by, bob = desk.admin, desk.bob
    if obstacle == "a pause":
        there: tuple[object, ...] = ("pause", PAUSE_SETTLE)
        gone: tuple[object, ...] = ("unpause", PAUSE_SETTLE)
        token = desk.bond
    else:
        there = ("setAccountFlags", bob, ALLOWED | NO_RECEIVE)
        gone = ("setAccountFlags", bob, ALLOWED)
        token = desk.cash
    token.send(str(there[0]), *there[1:], by=by)
    assert desk.told(desk.send("execute", deal)) == ["SettlementFailed"]
    assert desk.state(deal) == INSTRUCTED
    token.send(str(gone[0]), *gone[1:], by=by)
    assert desk.told(desk.send("execute", deal)) == ["Settled"]


def test_the_inner_part_is_not_for_others(desk: Desk) -> None:
    deal = desk.dvp()
    desk.hold(deal)
    assert desk.refusal("settleHeld", deal) == f"NotEngine(caller: {desk.stranger})"


def test_gas_that_runs_out_is_nobodys_failure(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    deal = desk.dvp()
    desk.hold(deal)
    outcomes = set()
    for gas in range(40_000, 130_000, 3_000):
        monkeypatch.setattr(chain, "GAS", gas)
        with desk.chain.rewound():
            outcomes.add(outcome(desk, deal))
    assert {("Settled", True), ("GasRanOut", False)} <= outcomes


def outcome(desk: Desk, deal: Deal) -> tuple[str, bool]:
    """What was told, and whether all moved; fails where a part did."""
    try:
        told = desk.told(desk.send("execute", deal))[0]
    except Refused as refused:
        if "gas" not in str(refused).lower():
            raise
        told = "GasRanOut"
    balances = desk.balances(desk.alice, desk.bob)
    assert balances in ([(-100, 7), (100, -7)], [(0, 0), (0, 0)])
    return told, balances[0] != (0, 0)
