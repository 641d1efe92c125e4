"""What the surfaces are handed: where the node stands, and numbers that never fail a scrape."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from node.app import Node
from node.chain.health import Health
from node.core.errors import Retryable
from node.handles import standing
from node.metrics import Metrics
from tests.support.node_folder import opened


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with opened(tmp_path_factory.mktemp("handles") / "var") as opened_node:
        opened_node.drive(to_final=True)
        yield opened_node


def test_a_chain_that_is_away_empties_the_standing_and_fails_no_scrape(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise Retryable("the endpoint is away")

    assert node.metrics.registry.get_sample_value("concord_head_block") is not None
    monkeypatch.setattr(type(node.rpc), "block", away)
    assert standing(node.services) == {}
    assert node.metrics.registry.get_sample_value("concord_head_block") is None
    assert node.metrics.registry.get_sample_value("concord_leads") == 1


def test_the_head_is_told_with_its_three_heights(node: Node) -> None:
    head, told = node.services.head(), standing(node.services)
    assert head.head == head.indexed == told["head_block"]
    assert (head.head - head.confirmed, head.head - head.final) == (1, 3)
    assert head.final_hash == node.rpc.block(head.final).hash
    assert told["breaks_open"] == 0


def test_how_each_endpoint_does_is_told_by_its_name(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    well, ill = Health(latency_ms=7), Health()
    ill.failed(Retryable("away"), 1)
    monkeypatch.setattr(type(node.rpc), "health", lambda _: [("a", well), ("b", ill)])
    told = node.metrics.registry.get_sample_value
    found = [
        [told(f"concord_endpoint_{name}", {"endpoint": each}) for each in "ab"]
        for name in ("latency_ms", "failures_per_mille", "rests")
    ]
    assert found == [[7, 0], [0, 125], [0, 1]]
    (chain,) = (each for each in node.services.checks() if each.name == "chain")
    assert "b rests" in chain.finding
    assert "a rests" not in chain.finding


def test_two_nodes_in_one_process_do_not_mix_their_numbers(node: Node) -> None:
    assert Metrics().registry is not node.metrics.registry


def test_a_node_that_was_closed_can_be_opened_again(tmp_path: Path) -> None:
    for _ in range(2):
        with opened(tmp_path / "var") as again:
            assert again.services.version
