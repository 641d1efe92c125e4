"""The sender: what it refuses to sign, and that bytes are on disk before anyone sees them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from node.bindings import deposit_token
from node.chain.rpc import RpcUnavailable
from node.core.errors import Conflict, InvalidReference
from node.core.types import Address
from node.submission.intent import Intent, IntentState
from node.submission.service import Call
from tests.support.chain_keys import address
from tests.support.chain_sender import Submission, gift
from tests.support.chain_sending import send
from tests.support.fault_proxy import hang_up, refusal


def admit(node: Submission, customer: str) -> Call:
    """The call that admits a customer to the CAD token."""
    token = node.bank.deployment.token("CAD")
    return deposit_token.set_account_flags(token, address(customer), deposit_token.ALLOWED)


# --------------------------------------------------------------------------------------- refusals


def test_an_intent_never_changes(node: Submission) -> None:
    first = node.want("a", gift("bob"))
    assert node.want("a", gift("bob")) == first
    for other in (gift("bob", 2), gift("carol"), Call(address("bob"), "0x00", 1)):
        with pytest.raises(Conflict, match="prepared before for another call"):
            node.want("a", other)
    with pytest.raises(Conflict):
        node.want("a", gift("bob"), by="deployer")
    assert node.intent("a") == first


def test_a_target_that_is_no_address(node: Submission) -> None:
    with pytest.raises(InvalidReference):
        node.want("a", Call(Address("bob"), "0x"))


def test_a_call_that_the_contract_refuses_is_refused_with_its_reason(node: Submission) -> None:
    node.want("a", admit(node, "bob"), by="issuer")  # which is not the role of an issuer
    assert node.sender().run_once() == 1
    refused = node.intent("a")
    assert refused.state is IntentState.REFUSED
    assert refused.reason.startswith("AccessManagedUnauthorized(caller: " + address("issuer"))
    assert (refused.nonce, refused.raw, refused.tx_hash) == (None, "", "")
    assert node.signer.signed == []
    assert node.sender().run_once() == 0


def test_a_signer_whose_key_is_not_held(node: Submission) -> None:
    node.want("a", gift("bob"), by="stranger")
    node.sender().run_once()
    assert node.intent("a").state is IntentState.REFUSED
    assert node.intent("a").reason == f"the node holds no key of {address('stranger')}"


def test_more_than_the_signer_holds_waits_until_it_does(node: Submission) -> None:
    node.want("a", gift("bob", 10**18), by="carol")
    node.want("b", gift("bob"))
    node.sender().run_once()
    waiting = node.intent("a")
    assert waiting.nonce is None or waiting.state is IntentState.SIGNED
    assert waiting.reason.startswith("INSUFFICIENT_FUNDS")
    assert node.intent("b").state is IntentState.SENT  # nobody waits behind it
    node.want("c", gift("carol", 2 * 10**18))
    for _ in range(2):
        node.sender().run_once()
    assert node.intent("a").state is IntentState.SENT
    assert node.intent("a").reason == ""


@pytest.mark.parametrize("method", ["eth_estimateGas", "eth_getTransactionCount"])
def test_an_endpoint_that_fails_before_signing_leaves_it_prepared(
    node: Submission, method: str
) -> None:
    node.want("a", gift("bob"))
    sender = node.sender()
    node.fault(method, hang_up)
    with pytest.raises(RpcUnavailable):
        sender.run_once()
    assert node.states("a") == ["PREPARED"]
    node.fault(method, None)
    sender.run_once()
    assert node.states("a") == ["PREPARED", "SIGNED", "SENT"]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("transaction underpriced", "UNDERPRICED"),
        ("insufficient funds for gas * price + value", "INSUFFICIENT_FUNDS"),
        ("the pool does not want it", "SEND_REFUSED"),
    ],
)
def test_what_an_endpoint_does_not_take_stays_signed_with_the_reason(
    node: Submission, message: str, code: str
) -> None:
    node.want("a", gift("bob"))
    node.fault("eth_sendRawTransaction", refusal(-32000, message))
    for _ in range(3):
        node.sender().run_once()
    kept = node.intent("a")
    assert (kept.state, kept.attempts) == (IntentState.SIGNED, 3)
    assert kept.reason.startswith(f"{code}: ")
    assert message in kept.reason
    assert len(node.signer.signed) == 1
    node.fault("eth_sendRawTransaction", None)
    node.sender().run_once()
    sent = node.intent("a")
    assert (sent.state, sent.raw, sent.reason) == (IntentState.SENT, kept.raw, "")


# ------------------------------------------------------------------------------- what it waits for


def test_it_waits_for_what_comes_before(node: Submission) -> None:
    node.want("first", gift("bob"))
    node.want("second", gift("bob"), after=("first",))
    node.sender().run_once()
    for _ in range(2):
        node.monitor().run_once()  # mined, which a reorg may undo
        node.sender().run_once()
        assert node.intent("first").state is IntentState.MINED
        assert node.intent("second").state is IntentState.PREPARED
    node.bank.chain.mine()
    node.monitor().run_once()
    node.sender().run_once()
    assert node.intent("first").state is IntentState.CONFIRMED
    assert node.intent("second").state is IntentState.SENT


def test_it_waits_for_all_that_come_before(node: Submission) -> None:
    node.want("first", gift("bob"))
    node.want("third", gift("bob"), after=("first", "second"))
    node.sender().run_once()
    for _ in range(3):
        node.bank.chain.mine()
        node.monitor().run_once()
        node.sender().run_once()
    assert node.intent("first").state in {IntentState.CONFIRMED, IntentState.FINAL}
    assert node.intent("third").state is IntentState.PREPARED
    node.want("second", admit(node, "bob"), by="issuer")  # who may not admit
    for _ in range(2):
        node.sender().run_once()
    assert node.intent("third").state is IntentState.REFUSED
    assert node.intent("third").reason.startswith("second REFUSED: ")


def test_it_is_refused_when_what_comes_before_ended_badly(node: Submission) -> None:
    node.want("first", admit(node, "bob"), by="issuer")
    node.want("second", gift("bob"), after=("first",))
    node.want("third", gift("bob"), after=("second",))
    for _ in range(3):
        node.sender().run_once()
    assert node.intent("second").state is IntentState.REFUSED
    assert node.intent("second").reason.startswith("first REFUSED: AccessManagedUnauthorized")
    assert node.intent("third").reason.startswith("second REFUSED: first REFUSED")
    assert node.signer.signed == []


def test_what_was_never_prepared_is_waited_for(node: Submission) -> None:
    node.want("second", gift("bob"), after=("first",))
    node.sender().run_once()
    assert node.intent("second").state is IntentState.PREPARED


# ------------------------------------------------------------------------------------- what it does


def test_it_signs_what_was_simulated(node: Submission) -> None:
    rpc = node.faults.rpc()
    fees = rpc.fees()
    node.want("a", admit(node, "bob"), by="compliance")
    assert node.sender().run_once() == 1
    (made,) = node.signer.signed
    sent = node.intent("a")
    assert (made.to, made.data, made.value) == (sent.target, sent.calldata, 0)
    assert (made.chain_id, made.nonce) == (rpc.chain_id(), 0)
    assert made.fee_wei_max == 2 * fees.base_wei + fees.tip_wei
    told = rpc.receipt(sent.tx_hash)
    assert told is not None
    assert told.status
    assert told.gas_used < made.gas < 2 * told.gas_used
    assert (sent.state, sent.nonce, sent.attempts) == (IntentState.SENT, 0, 1)


def test_the_bytes_are_on_disk_before_they_are_sent(node: Submission) -> None:
    node.want("a", gift("bob"))
    kept: list[tuple[Intent, str]] = []

    def watch(honest: Callable[[], dict[str, Any]], params: list[Any]) -> dict[str, Any]:
        kept.append((node.intent("a"), params[0]))
        return honest()

    node.fault("eth_sendRawTransaction", watch)
    node.sender().run_once()
    ((before, sent),) = kept
    assert before.state is IntentState.SIGNED
    assert before.raw == sent
    assert before.tx_hash == node.intent("a").tx_hash


def test_several_intents_of_one_signer_have_nonces_without_a_gap(node: Submission) -> None:
    for name in "abcde":
        node.want(name, gift("bob"), by="deployer" if name == "c" else "funder")
    node.bank.chain.pause()
    assert node.sender().run_once() == 5
    assert [node.intent(name).nonce for name in "abde"] == [0, 1, 2, 3]
    started = node.faults.rpc().nonce(address("deployer"))
    assert node.intent("c").nonce == started  # behind the transactions of the deployment
    node.bank.chain.resume()
    for _ in range(4):
        node.bank.chain.mine()
    node.monitor().run_once()
    assert {node.intent(name).state for name in "abcde"} == {IntentState.FINAL}
    assert node.faults.rpc().balance(address("bob")) == 5


def test_a_refusal_in_between_takes_no_nonce(node: Submission) -> None:
    node.want("a", gift("bob"), by="compliance")
    node.want("b", admit(node, "bob"), by="issuer")
    node.want("c", gift("bob"), by="compliance")
    node.sender().run_once()
    assert [node.intent(name).nonce for name in "abc"] == [0, None, 1]


def test_one_that_is_not_taken_keeps_its_place(node: Submission) -> None:
    node.want("a", gift("bob"))
    node.fault("eth_sendRawTransaction", refusal(-32000, "transaction underpriced"))
    node.sender().run_once()
    node.want("b", gift("bob"))
    node.fault("eth_sendRawTransaction", None)
    node.sender().run_once()
    assert [node.intent(name).nonce for name in "ab"] == [0, 1]
    assert [node.intent(name).state for name in "ab"] == [IntentState.SENT] * 2


def test_a_transaction_sent_by_hand_is_stepped_over(node: Submission) -> None:
    node.want("a", gift("bob"))
    node.sender().run_once()
    send(node.faults.rpc(), node.signer, address("funder"), to=address("carol"), value=1)
    node.want("b", gift("bob"))
    node.sender().run_once()
    assert [node.intent(name).nonce for name in "ab"] == [0, 2]
