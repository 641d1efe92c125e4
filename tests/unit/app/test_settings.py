"""Settings: what is not well formed ends the start, by the name of its variable."""

from __future__ import annotations

import os

import pytest

from node.app import load_settings
from node.ground import SettingRefused
from node.web import url_of

SECRET = "s" * 32
REMOTE = {"RPC_URLS": "http://127.0.0.1:1", "CHAIN_ID": "1337", "TOKEN_SECRET": SECRET}


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in os.environ if each.startswith("CONCORD_")]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"PORT": "http"}, "CONCORD_PORT: "),
        ({"PORT": "65536"}, "CONCORD_PORT: "),
        ({"DATABASE_URL": "nonsense"}, "CONCORD_DATABASE_URL: "),
        ({"DATABASE_URL": "oracle://127.0.0.1/books"}, "CONCORD_DATABASE_URL: "),
        ({"CONFIRMATIONS": "-1"}, "CONCORD_CONFIRMATIONS: "),
        ({"FINALITY_TAG": "latest"}, "CONCORD_FINALITY_TAG: "),
        ({"AMOUNT_MAX": "1e9"}, "CONCORD_AMOUNT_MAX: "),
        ({"AMOUNT_MAX": "-1"}, "CONCORD_AMOUNT_MAX: "),
        ({"AMOUNT_MAX_BY_CURRENCY": "JPY"}, "CONCORD_AMOUNT_MAX_BY_CURRENCY: write NAME=VALUE"),
        ({"AMOUNT_MAX_BY_CURRENCY": "yen=5"}, "CONCORD_AMOUNT_MAX_BY_CURRENCY: "),
        ({"FEE_TOLERANCE": "some"}, "CONCORD_FEE_TOLERANCE: "),
        ({"LOG_LEVEL": "loud"}, "CONCORD_LOG_LEVEL: "),
        ({"DEMO": "perhaps"}, "CONCORD_DEMO: "),
        (REMOTE | {"RPC_URLS": "ftp://127.0.0.1"}, "CONCORD_RPC_URLS: "),
        (REMOTE | {"RPC_WS_URLS": "http://127.0.0.1"}, "CONCORD_RPC_WS_URLS: "),
        (REMOTE | {"RPC_QUORUM": "2"}, "CONCORD_RPC_QUORUM needs as many CONCORD_RPC_URLS"),
        (REMOTE | {"RPC_QUORUM": "0"}, "CONCORD_RPC_QUORUM: "),
        (REMOTE | {"CHAIN_ID": ""}, "CONCORD_CHAIN_ID must say which chain"),
        (REMOTE | {"TOKEN_SECRET": ""}, "CONCORD_TOKEN_SECRET is required"),
        ({"DEMO": "false"}, "CONCORD_TOKEN_SECRET is required"),
        ({"TOKEN_SECRET": "too short"}, "CONCORD_TOKEN_SECRET must have 32"),
        ({"FEE_MODE": "cheap"}, "CONCORD_FEE_MODE: "),
        ({"FEE_CAP_WEI": "-1"}, "CONCORD_FEE_CAP_WEI: "),
        ({"FEE_ABOVE_CAP": "pay"}, "CONCORD_FEE_ABOVE_CAP: "),
        ({"ATTEMPTS_MAX": "0"}, "CONCORD_ATTEMPTS_MAX: "),
        ({"SIGNER_ADDRESSES": "issuer"}, "CONCORD_SIGNER_ADDRESSES: write NAME=VALUE"),
        ({"SIGNER_ADDRESSES": "issuer=0x12"}, "CONCORD_SIGNER_ADDRESSES: "),
        ({"WEB3SIGNER_URL": "unix:/run/keys"}, "CONCORD_WEB3SIGNER_URL: "),
        (REMOTE | {"KMS_KEYS": "alias/issuer"}, "CONCORD_SIGNING_POLICY is required"),
        ({"KMS_KEYS": "a", "SIGNING_POLICY": "policy.toml"}, "takes no keys but its own"),
        ({"PROT": "8080"}, "there is no setting CONCORD_PROT"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_its_name(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], told: str
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"CONCORD_{name}", value)
    with pytest.raises(SettingRefused) as refused:
        load_settings()
    assert told in refused.value.detail
    assert refused.value.exit_code == 2
    assert refused.value.remedy


def test_a_refusal_never_repeats_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONCORD_TOKEN_SECRET", "hunter2")
    monkeypatch.setenv("CONCORD_PORT", "x")
    with pytest.raises(SettingRefused) as refused:
        load_settings()
    assert "hunter2" not in str(refused.value.problem())


def test_without_any_variable_it_is_a_demo_in_var() -> None:
    settings = load_settings()
    assert (settings.embedded, settings.is_demo) == (True, True)
    assert settings.database == "sqlite:///var/concord.db"
    assert str(settings.deployments) == "var/deployments"


def test_a_chain_of_others_is_no_demo_unless_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in REMOTE.items():
        monkeypatch.setenv(f"CONCORD_{name}", value)
    assert not load_settings().is_demo
    monkeypatch.setenv("CONCORD_DEMO", "true")
    assert load_settings().is_demo


def test_lists_and_amounts_are_read_as_people_write_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in REMOTE.items():
        monkeypatch.setenv(f"CONCORD_{name}", value)
    monkeypatch.setenv("CONCORD_RPC_URLS", "http://127.0.0.1:1, http://127.0.0.1:2")
    monkeypatch.setenv("CONCORD_AMOUNT_MAX_BY_CURRENCY", "JPY=1500000000, EUR=2.50")
    settings = load_settings()
    assert settings.rpc_urls == ("http://127.0.0.1:1", "http://127.0.0.1:2")
    assert settings.amount_max_by_currency == {"JPY": "1500000000", "EUR": "2.50"}


def test_the_command_line_overrules_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONCORD_PORT", "8081")
    assert load_settings(port=8082).port == 8082
    assert load_settings(port=None).port == 8081


@pytest.mark.parametrize(
    ("host", "url"),
    [("127.0.0.1", "http://127.0.0.1:80/"), ("::", "http://[::1]:80/")],
)
def test_the_url_is_one_a_browser_can_open(host: str, url: str) -> None:
    assert url_of(host, 80) == url


@pytest.mark.parametrize(
    ("urls", "asked", "quorum"),
    [("http://a", None, 1), ("http://a,http://b", None, 2), ("http://a,http://b,http://c", None, 2),
     ("http://a,http://b,http://c", "3", 3), ("http://a,http://b", "1", 1)],
)  # fmt: skip
def test_two_endpoints_must_agree_unless_said_otherwise(
    monkeypatch: pytest.MonkeyPatch, urls: str, asked: str | None, quorum: int
) -> None:
    for name, value in (REMOTE | {"RPC_URLS": urls, "RPC_QUORUM": asked or ""}).items():
        monkeypatch.setenv(f"CONCORD_{name}", value)
    assert load_settings().quorum == quorum


def test_the_chain_inside_the_node_is_alone() -> None:
    assert load_settings().quorum == 1
