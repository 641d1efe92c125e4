"""A node on a chain of others, over HTTP: the right chain, the right contracts, or no start."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from node.chain.embedded import EmbeddedChain
from node.chain.finality import EMBEDDED_CHAIN_ID
from node.core.errors import ConcordError
from tests.support.fault_proxy import Faults, result, served
from tests.support.node_folder import facts, issue, opened, refusal

RECORD = f"{EMBEDDED_CHAIN_ID}.json"


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a chain, its contracts' record and the desk's keys."""
    folder = tmp_path_factory.mktemp("deployed")
    with opened(folder):
        return folder


@pytest.fixture
def endpoint(deployed: Path, tmp_path: Path) -> Iterator[Faults]:
    """The chain as an endpoint would give it."""
    shutil.copytree(deployed, tmp_path / "theirs")
    chain = EmbeddedChain(tmp_path / "theirs" / "chain.db")
    yield Faults(chain.answer)
    chain.close()


def _given(url: str, tmp_path: Path) -> dict[str, Any]:
    theirs = tmp_path / "theirs"
    return {
        "rpc_urls": url,
        "chain_id": EMBEDDED_CHAIN_ID,
        "deployments_folder": theirs / "deployments",
        "keystore_folder": theirs / "keys",
        "keystore_password": (theirs / "keystore.password").read_text(),
        "token_secret": "s" * 32,
    }


def _refused(faults: Faults, tmp_path: Path, **changed: Any) -> ConcordError:  # noqa: ANN401
    with served(faults) as url:
        return refusal(tmp_path / "ours", **(_given(url, tmp_path) | changed))


def test_another_chain_is_refused(endpoint: Faults, tmp_path: Path) -> None:
    endpoint.faults["eth_chainId"] = result("0x1")
    error = _refused(endpoint, tmp_path)
    assert (error.code, error.exit_code) == ("WRONG_CHAIN", 5)
    assert "CONCORD_RPC_URLS" in error.remedy


def test_a_chain_without_our_contracts_is_refused(endpoint: Faults, tmp_path: Path) -> None:
    endpoint.faults["eth_getCode"] = result("0x")
    assert _refused(endpoint, tmp_path).code == "WRONG_CONTRACT"


def test_without_a_record_it_says_how_to_get_one(endpoint: Faults, tmp_path: Path) -> None:
    error = _refused(endpoint, tmp_path, deployments_folder=tmp_path / "none")
    assert error.code == "DEPLOYMENT_NOT_FOUND"
    assert "deploy.py" in error.remedy


def test_the_record_of_another_chain_is_refused(endpoint: Faults, tmp_path: Path) -> None:
    record = tmp_path / "theirs" / "deployments" / RECORD
    record.write_text(json.dumps(json.loads(record.read_text()) | {"chain_id": 1}))
    assert _refused(endpoint, tmp_path).code == "WRONG_CHAIN"


def test_a_wrong_password_is_told_by_its_setting(endpoint: Faults, tmp_path: Path) -> None:
    error = _refused(endpoint, tmp_path, keystore_password="wrong")
    assert error.code == "KEYSTORE_LOCKED"
    assert "CONCORD_KEYSTORE_PASSWORD" in error.remedy


def test_it_works_over_http_as_it_does_inside(endpoint: Faults, tmp_path: Path) -> None:
    with served(endpoint) as url:
        given = _given(url, tmp_path) | {"instant_finality": True}
        with opened(tmp_path / "ours", **given) as node:
            assert (node.chain, node.services.demo) == (None, False)
            issue(node)
            node.drive(to_final=True)
            assert [state for _, state, _ in facts(node)["instructions"]] == ["SETTLED"] * 2
            found = {check.name: check for check in node.services.checks()}
        assert "no plan" in found["roles"].finding
        assert [name for name, check in found.items() if not check.ok] == []
