"""How an instruction ends without settling: who may cancel when, what expires, what is released."""

from __future__ import annotations

import pytest

from tests.contracts import chain
from tests.contracts.bank import HOUR
from tests.contracts.deals import CANCELLED, EXPIRED, INSTRUCTED, NONE, Deal, Leg
from tests.contracts.desk import Desk

TERMINAL: dict[str, object] = {
    "settle": [],
    "instruct": (),
    "affirm": (),
    "execute": (),
    "cancel": (),
    "expire": (),
}


def held(desk: Desk) -> tuple[int, int]:
    return desk.cash.read("heldOf", desk.alice), desk.bond.read("heldOf", desk.bob)


def assert_ended(desk: Desk, deal: Deal, state: int) -> None:
    """Nothing leads out of it, and nothing is held for it."""
    assert desk.state(deal) == state
    assert held(desk) == (0, 0)
    for action in ("settle", "instruct", "affirm", "execute", "cancel", "expire"):
        more = (desk.signatures(deal),) if action == "settle" else ()
        told = desk.refusal(action, deal, *more, by=desk.alice)
        assert told == f"WrongState(id: {desk.id_of(deal)}, state: {state})"


@pytest.mark.parametrize("recorded", [False, True])
@pytest.mark.parametrize("legs_held", [(), (0,), (1,)])
@pytest.mark.parametrize("who", ["alice", "bob"])
def test_a_party_cancels_while_not_all_is_held(
    desk: Desk,
    recorded: bool,  # noqa: FBT001 (a case of the test)
    legs_held: tuple[int, ...],
    who: str,
) -> None:
    deal = desk.dvp()
    if recorded:
        desk.send("instruct", deal, by=desk.alice)
    if legs_held:
        desk.hold(deal, *legs_held)
    assert desk.refusal("cancel", deal, by=desk.stranger).startswith("NotParty(")
    by = getattr(desk, who)
    receipt = desk.send("cancel", deal, by=by)
    told = {"id": desk.id_of(deal), "ref": deal.ref, "by": by}
    assert desk.engine.events(receipt) == [("Cancelled", told)]
    assert_ended(desk, deal, CANCELLED)


def test_once_all_is_held_every_payer_must_ask(desk: Desk) -> None:
    deal = desk.dvp()
    desk.send("instruct", deal, by=desk.alice)
    desk.hold(deal)
    assert desk.told(desk.send("cancel", deal, by=desk.alice)) == ["CancelAsked"]
    assert desk.progress(deal) == (INSTRUCTED, 0, 0b01)
    assert desk.refusal("cancel", deal, by=desk.alice).startswith("AlreadyDone(")
    assert desk.refusal("cancel", deal, by=desk.stranger).startswith("NotParty(")
    assert held(desk) == (100, 7)
    told = desk.told(desk.send("cancel", deal, by=desk.bob))
    assert told == ["CancelAsked", "Cancelled"]
    assert_ended(desk, deal, CANCELLED)


def test_asking_to_cancel_does_not_stop_it(desk: Desk) -> None:
    deal = desk.dvp()
    desk.hold(deal)
    desk.send("cancel", deal, by=desk.alice)
    assert desk.told(desk.send("execute", deal)) == ["Settled"]


def test_a_payee_who_pays_nothing_does_not_cancel_what_is_held(desk: Desk) -> None:
    legs = (*desk.dvp().legs, Leg(desk.cash, desk.alice, desk.carol, 1))
    deal = desk.dvp().but(legs=legs)
    desk.hold(deal)
    assert desk.refusal("cancel", deal, by=desk.carol).startswith("NotPayer(")


def test_who_was_paid_nothing_yet_is_free_when_a_payee_lets_go(desk: Desk) -> None:
    deal = desk.dvp()
    desk.hold(deal)
    terms = desk.engine.read("holdTerms", deal.abi)[0]
    desk.cash.send("releaseHold", terms, by=desk.bob)
    desk.send("cancel", deal, by=desk.bob)
    assert_ended(desk, deal, CANCELLED)


def test_it_expires_for_anyone_at_the_deadline(desk: Desk) -> None:
    deal = desk.dvp()
    told = f"WrongState(id: {desk.id_of(deal)}, state: {NONE})"
    assert desk.refusal("expire", deal) == told
    desk.send("instruct", deal, by=desk.alice)
    desk.hold(deal)
    desk.send("affirm", deal, by=desk.alice)
    assert desk.refusal("expire", deal).startswith("DeadlineAhead(")
    desk.chain.advance(HOUR)
    receipt = desk.send("expire", deal)
    told_ = {"id": desk.id_of(deal), "ref": deal.ref}
    assert desk.engine.events(receipt) == [("Expired", told_)]
    assert_ended(desk, deal, EXPIRED)


def test_what_was_never_put_on_record_is_released_at_the_token(desk: Desk) -> None:
    deal = desk.dvp()
    desk.hold(deal)
    desk.chain.advance(HOUR)
    for leg, terms in zip(deal.legs, desk.engine.read("holdTerms", deal.abi), strict=True):
        leg.token.send("releaseHold", terms, by=desk.stranger)
    assert held(desk) == (0, 0)


def test_releasing_works_under_every_pause(desk: Desk) -> None:
    deal = desk.dvp()
    desk.send("instruct", deal, by=desk.alice)
    desk.hold(deal, 0)
    desk.cash.send("pause", 7, by=desk.admin)
    desk.send("cancel", deal, by=desk.alice)
    assert_ended(desk, deal, CANCELLED)


def test_no_caller_can_leave_too_little_gas_to_look_or_to_release(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    deal = desk.dvp()
    desk.hold(deal)
    data = desk.engine.data("cancel", deal.abi)
    told = set()
    for gas in range(40_000, 160_000, 4_000):
        monkeypatch.setattr(chain, "GAS", gas)
        with desk.chain.rewound():
            try:
                desk.chain.send(desk.alice, desk.engine.address, data)
                told.add("asked")
            except chain.Refused as refused:
                told.add(str(refused).split("(")[0])
            # Alone she has not cancelled, whatever gas she gave.
            assert desk.state(deal) == NONE
            assert held(desk) == (100, 7)
    assert {"asked", "TooLittleGas"} <= told
