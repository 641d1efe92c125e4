"""Commands on calls that wait: two people, and what is mined decides."""

from __future__ import annotations

import pytest

from node.control.approvals import AlreadyAsked, AlreadyDecided, Decision, SamePerson
from node.control.store import audit_trail
from node.core.errors import NotFound
from node.db.unit_of_work import read_only
from node.submission.intent import Attempt, AttemptKind, IntentState
from node.submission.operator import NotPossibleNow, Operator, OperatorCommand
from node.submission.signed import store as signed_store
from tests.support.chain_keys import address
from tests.support.chain_sender import Submission, gift
from tests.support.fault_proxy import refusal

BUMP, CANCEL, RESUME = OperatorCommand.BUMP, OperatorCommand.CANCEL, OperatorCommand.RESUME
APPROVED, DECLINED = Decision.APPROVED, Decision.DECLINED


def operator(node: Submission) -> Operator:
    return Operator(node.engine, node.bank.clock)


def asked(node: Submission, command: OperatorCommand, name: str = "a") -> str:
    return operator(node).ask(command, name, reason="it waits", by="maker").id


def approved(node: Submission, command: OperatorCommand, name: str = "a") -> None:
    operator(node).decide(asked(node, command, name), APPROVED, by="checker")


def attempts(node: Submission, name: str = "a") -> list[Attempt]:
    with read_only(node.engine) as session:
        return signed_store.attempts(session, [name])[name]


def waiting(node: Submission) -> None:
    """A call that an endpoint took and no block holds."""
    node.bank.chain.pause()
    node.want("a", gift("bob"))
    node.sender().run_once()
    assert node.intent("a").state is IntentState.SENT


def quarantined(node: Submission) -> None:
    """A signed call that no endpoint will ever take as it is."""
    node.want("a", gift("bob"))
    node.fault("eth_sendRawTransaction", refusal(-32000, "exceeds block gas limit"))
    node.sender().run_once()
    node.fault("eth_sendRawTransaction", None)
    assert node.intent("a").state is IntentState.QUARANTINED


# --------------------------------------------------------------------------------------- refusals


def test_who_asked_cannot_approve(node: Submission) -> None:
    waiting(node)
    id_ = asked(node, CANCEL)
    with pytest.raises(SamePerson):
        operator(node).decide(id_, APPROVED, by="maker")
    assert node.sender().run_once() == 0
    assert len(attempts(node)) == 1
    operator(node).decide(id_, DECLINED, by="maker")  # which takes the question back


def test_a_decision_is_made_once_and_asked_for_once(node: Submission) -> None:
    waiting(node)
    id_ = asked(node, BUMP)
    with pytest.raises(AlreadyAsked):
        asked(node, BUMP)
    operator(node).decide(id_, DECLINED, by="checker")
    with pytest.raises(AlreadyDecided):
        operator(node).decide(id_, APPROVED, by="checker")
    assert node.intent("a").due == ""
    with pytest.raises(NotFound):
        operator(node).decide("nothing", APPROVED, by="checker")
    with pytest.raises(NotFound):
        asked(node, BUMP, "nothing")


@pytest.mark.parametrize("command", [BUMP, RESUME])
def test_what_means_nothing_for_a_call_that_was_never_signed(
    node: Submission, command: OperatorCommand
) -> None:
    node.want("a", gift("bob"))
    with pytest.raises(NotPossibleNow):
        asked(node, command)


def test_an_intent_that_moved_on_before_the_decision(node: Submission) -> None:
    waiting(node)
    id_ = asked(node, CANCEL)
    node.bank.chain.resume()
    node.monitor().run_once()
    with pytest.raises(NotPossibleNow):
        operator(node).decide(id_, APPROVED, by="checker")
    with read_only(node.engine) as session:
        actions = [each.action for each in audit_trail(session, "a")]
    assert actions == ["intent.cancel.asked"]  # the refused decision left nothing behind


# ------------------------------------------------------------------------------------ carried out


def test_a_bump_is_the_same_call_at_the_same_nonce_dearer(node: Submission) -> None:
    waiting(node)
    approved(node, BUMP)
    assert node.sender().run_once() == 1
    first, second = attempts(node)
    assert second.fee_wei_max * 100 >= first.fee_wei_max * 110
    assert second.tip_wei_max * 100 >= first.tip_wei_max * 110
    assert second.kind is AttemptKind.CALL
    one, other = node.signer.signed
    assert (one.to, one.data, one.value, one.nonce) == (
        other.to,
        other.data,
        other.value,
        other.nonce,
    )
    kept = node.intent("a")
    assert (kept.tx_hash, kept.raw, kept.due) == (second.tx_hash, second.raw, "")


def test_the_older_bytes_may_be_the_ones_that_are_mined(node: Submission) -> None:
    waiting(node)
    first = node.intent("a")
    approved(node, BUMP)
    node.fault("eth_sendRawTransaction", refusal(-32000, "the pool does not want it"))
    node.sender().run_once()
    node.fault("eth_sendRawTransaction", None)
    assert node.intent("a").tx_hash != first.tx_hash
    node.bank.chain.resume()  # which mines what its pool has: the first one
    node.sender().run_once()
    node.monitor().run_once()
    found = node.intent("a")
    assert (found.state, found.tx_hash) == (IntentState.MINED, first.tx_hash)
    node.bank.chain.mine(3)
    node.monitor().run_once()
    assert node.intent("a").state is IntentState.FINAL
    assert node.faults.rpc().balance(address("bob")) == 1


def test_a_cancellation_is_judged_by_what_is_mined(node: Submission) -> None:
    waiting(node)
    node.bank.chain._waiting.clear()
    approved(node, CANCEL)
    node.sender().run_once()
    empty = node.signer.signed[-1]
    assert (empty.to, empty.data, empty.value, empty.nonce) == (address("funder"), "0x", 0, 0)
    assert attempts(node)[-1].kind is AttemptKind.CANCEL
    node.bank.chain.resume()
    for _ in range(3):
        node.monitor().run_once()
        assert node.intent("a").state is IntentState.SENT  # a reorg might still mine the call
        node.bank.chain.mine()
    node.monitor().run_once()
    assert node.intent("a").state is IntentState.CANCELLED
    assert node.faults.rpc().balance(address("bob")) == 0


def test_a_cancellation_that_comes_too_late_changes_nothing(node: Submission) -> None:
    waiting(node)
    approved(node, CANCEL)
    node.bank.chain.resume()
    node.sender().run_once()
    node.monitor().run_once()
    node.bank.chain.mine(3)
    node.monitor().run_once()
    assert node.intent("a").state is IntentState.FINAL
    assert node.faults.rpc().balance(address("bob")) == 1


def test_a_call_without_a_nonce_is_cancelled_without_a_transaction(node: Submission) -> None:
    node.want("a", gift("bob"))
    node.want("b", gift("bob"), after=("a",))
    approved(node, CANCEL)
    assert node.intent("a").state is IntentState.CANCELLED
    node.sender().run_once()
    assert node.signer.signed == []
    assert node.intent("b").state is IntentState.REFUSED


# ------------------------------------------------------------------------------------- quarantine


def test_nothing_is_signed_behind_a_nonce_that_waits_for_a_person(node: Submission) -> None:
    quarantined(node)
    node.want("b", gift("bob"))
    node.want("c", gift("bob"), by="compliance")
    for _ in range(3):
        node.sender().run_once()
        node.monitor().run_once()
    assert node.intent("b").state is IntentState.PREPARED
    assert node.intent("c").state is IntentState.MINED  # another lane
    approved(node, RESUME)
    node.sender().run_once()
    assert [node.intent(name).state for name in "ab"] == [IntentState.SENT] * 2
    assert len(attempts(node)) == 1  # the same bytes


def test_what_is_in_quarantine_may_be_mined_all_the_same(node: Submission) -> None:
    quarantined(node)
    node.faults.rpc().send_raw(bytes.fromhex(node.intent("a").raw[2:]))
    node.monitor().run_once()
    assert node.intent("a").state is IntentState.MINED


def test_the_cap_of_attempts_ends_in_quarantine(node: Submission) -> None:
    node.want("a", gift("bob"))
    node.fault("eth_sendRawTransaction", refusal(-32000, "the pool does not want it"))
    sender = node.sender()
    for _ in range(40):
        sender.run_once()
        node.bank.clock.later(minutes=6)
    assert node.intent("a").state is IntentState.QUARANTINED
    assert node.intent("a").attempts == 20
    assert len(node.signer.signed) == 1


def test_a_refusal_is_not_tried_again_before_its_time(node: Submission) -> None:
    node.want("a", gift("bob"))
    node.fault("eth_sendRawTransaction", refusal(-32000, "the pool does not want it"))
    sender = node.sender()
    for _ in range(10):
        sender.run_once()
    assert node.intent("a").attempts == 4
    wake_at = node.intent("a").wake_at
    assert wake_at is not None
    assert wake_at > node.bank.clock.now()
