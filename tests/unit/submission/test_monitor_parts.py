"""The monitor where an endpoint answers some questions and not others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from node.submission.intent import IntentState
from tests.support.chain_sender import Submission, gift
from tests.support.fault_proxy import hang_up

MINED, CONFIRMED = IntentState.MINED, IntentState.CONFIRMED


def sent(node: Submission, name: str) -> str:
    """An intent that the sender has sent; gives its hash."""
    node.want(name, gift("bob"))
    node.sender().run_once()
    return node.intent(name).tx_hash


def test_an_answer_that_is_lacking_stops_only_those_beside_it(
    node: Submission, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.submission.monitor.PART", 1)
    lacking, *others = [sent(node, name) for name in ("a", "b", "c")]

    def answer(honest: Callable[[], Any], params: list[Any]) -> Any:  # noqa: ANN401 - as a fault
        return hang_up(honest, params) if params == [lacking] else honest()

    node.fault("eth_getTransactionReceipt", answer)
    assert node.monitor().run_once() == len(others)
    assert node.intent("a").state is IntentState.SENT
    assert {node.intent(name).state for name in ("b", "c")} <= {MINED, CONFIRMED}
    node.fault("eth_getTransactionReceipt", None)
    node.monitor().run_once()
    assert node.intent("a").state is not IntentState.SENT
