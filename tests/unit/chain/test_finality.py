"""Finality policies: what is refused per chain, and the three heights that follow from one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.chain.finality import (
    EMBEDDED_CHAIN_ID,
    FinalityPolicy,
    Heights,
    PolicyRefused,
    embedded,
    policy_for,
)

PUBLIC = [1, 10, 56, 100, 137, 8453, 42161, 43114, 43113, 59144, 17000, 11155111, 84532]
PRIVATE = 900_001
TAGS = st.sampled_from([None, "finalized"])


@pytest.mark.parametrize("chain_id", PUBLIC)
@pytest.mark.parametrize(
    "asked",
    [{"confirmations": 0}, {"final_depth": 0}, {"instant": True},
     {"instant": True, "confirmations": 12}, {"confirmations": 12, "final_depth": 0}],
    ids=str,
)  # fmt: skip
def test_a_public_chain_refuses_what_a_reorg_could_undo(
    chain_id: int, asked: dict[str, Any]
) -> None:
    with pytest.raises(PolicyRefused) as refused:
        policy_for(chain_id, **asked)
    assert refused.value.code == "FINALITY_POLICY_REFUSED"
    assert str(chain_id) in refused.value.detail
    assert "confirmations" in refused.value.remedy


@pytest.mark.parametrize("asked", [{"confirmations": 0}, {"final_depth": 0}], ids=str)
def test_an_unknown_chain_must_say_that_it_is_instant(asked: dict[str, Any]) -> None:
    with pytest.raises(PolicyRefused, match="not known to be final at once"):
        policy_for(PRIVATE, **asked)
    assert policy_for(PRIVATE, instant=True) == FinalityPolicy(0, 0, None)


@pytest.mark.parametrize(
    ("confirmations", "depth", "tag"),
    [(-1, 3, None), (1, -3, None), (-1, None, "finalized"), (0, None, None), (12, None, None)],
)
def test_a_policy_that_makes_no_sense(confirmations: int, depth: int | None, tag: str) -> None:
    with pytest.raises(PolicyRefused):
        FinalityPolicy(confirmations, depth, tag)


@pytest.mark.parametrize("chain_id", [1, 11155111, PRIVATE])
def test_negative_counts_are_refused_on_any_chain(chain_id: int) -> None:
    with pytest.raises(PolicyRefused):
        policy_for(chain_id, confirmations=-1)
    with pytest.raises(PolicyRefused):
        policy_for(chain_id, final_depth=-1)


@pytest.mark.parametrize("chain_id", [*PUBLIC, PRIVATE])
def test_left_alone_a_chain_waits_and_trusts_the_finalized_tag(chain_id: int) -> None:
    policy = policy_for(chain_id)
    assert policy.tag == "finalized"
    assert policy.final_depth is None
    assert policy.confirmations >= 12


@pytest.mark.parametrize(
    ("chain_id", "confirmations"),
    [(1, 12), (8453, 60), (10, 60), (42161, 300), (137, 50), (43114, 12), (43113, 12)],
    ids=["Ethereum", "Base", "OP", "Arbitrum", "Polygon", "Avalanche", "Fuji"],
)
def test_the_policies_that_are_shipped(chain_id: int, confirmations: int) -> None:
    assert policy_for(chain_id) == FinalityPolicy(confirmations, None, "finalized")


def test_besu_under_qbft_is_final_at_once_when_somebody_says_so() -> None:
    assert policy_for(PRIVATE).final_depth is None
    qbft = policy_for(PRIVATE, instant=True)
    assert qbft.heights(7, None) == Heights(7, 7, 7)


@pytest.mark.parametrize("chain_id", [EMBEDDED_CHAIN_ID, 1337, 31337])
def test_a_development_chain_is_quick_and_may_be_quicker(chain_id: int) -> None:
    assert policy_for(chain_id) == embedded() == FinalityPolicy(1, 3, None)
    assert policy_for(chain_id, confirmations=0, final_depth=0) == FinalityPolicy(0, 0, None)


def test_what_is_asked_for_replaces_what_is_known() -> None:
    assert policy_for(1, confirmations=30) == FinalityPolicy(30, None, "finalized")
    assert policy_for(1, final_depth=64) == FinalityPolicy(12, 64, None)
    assert policy_for(1, final_depth=64, tag="safe") == FinalityPolicy(12, 64, "safe")


@pytest.mark.parametrize(
    ("policy", "head", "tagged", "heights"),
    [
        (FinalityPolicy(1, 3, None), 10, None, Heights(10, 9, 7)),
        (FinalityPolicy(0, 0, None), 10, None, Heights(10, 10, 10)),
        (FinalityPolicy(12, None, "finalized"), 100, 64, Heights(100, 88, 64)),
        (FinalityPolicy(12, None, "finalized"), 100, None, Heights(100, 88, 0)),
        (FinalityPolicy(12, None, "finalized"), 100, 99, Heights(100, 88, 88)),
        (FinalityPolicy(2, 5, "finalized"), 100, 99, Heights(100, 98, 95)),
        (FinalityPolicy(2, 5, "finalized"), 100, 40, Heights(100, 98, 40)),
        (FinalityPolicy(12, 64, None), 5, None, Heights(5, 0, 0)),
        (FinalityPolicy(5, 2, None), 10, None, Heights(10, 5, 5)),
    ],
)
def test_heights(policy: FinalityPolicy, head: int, tagged: int | None, heights: Heights) -> None:
    assert policy.heights(head, tagged) == heights


@given(
    confirmations=st.integers(0, 400),
    depth=st.integers(0, 400),
    tag=TAGS,
    head=st.integers(0, 10**9),
    behind=st.integers(-5, 500),
    known=st.booleans(),
)
def test_final_is_never_above_confirmed_nor_that_above_the_head(
    *, confirmations: int, depth: int, tag: str | None, head: int, behind: int, known: bool
) -> None:
    tagged = max(head - behind, 0) if known else None
    heights = FinalityPolicy(confirmations, depth, tag).heights(head, tagged)
    assert 0 <= heights.final <= heights.confirmed <= heights.head == head


@given(confirmations=st.integers(0, 30), depth=st.integers(0, 60), head=st.integers(0, 10**6))
def test_heights_never_fall_while_the_chain_grows(
    confirmations: int, depth: int, head: int
) -> None:
    policy = FinalityPolicy(confirmations, depth, None)
    before, after = policy.heights(head, None), policy.heights(head + 1, None)
    assert before.confirmed <= after.confirmed
    assert before.final <= after.final
