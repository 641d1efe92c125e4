"""The key that pays for a deployment: made once, or taken from a file that is never repeated."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from eth_account import Account

from scripts import deploy


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONCORD_KEYSTORE_PASSWORD", "open sesame")
    monkeypatch.setenv("COLUMNS", "200")


def key(folder: Path, *more: str) -> int:
    return deploy.main(["key", "--folder", str(folder), *more])


@pytest.mark.parametrize("text", ["", "0x12", "zz" * 32, None])
def test_a_file_that_is_no_key_is_refused_without_telling_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | None
) -> None:
    source = tmp_path / "key.hex"
    if text is not None:
        source.write_text(text)
    assert key(tmp_path, "--import", str(source)) == 3
    told = capsys.readouterr().err
    assert "cannot be read as a private key" in told
    assert not text or text not in told
    assert list((tmp_path / "keys").iterdir()) == []


def test_a_key_is_made_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert [key(tmp_path), key(tmp_path)] == [0, 0]
    made = capsys.readouterr().out.split()
    assert made[0] == made[1]
    assert (tmp_path / "keys" / "deployer.json").stat().st_mode & 0o077 == 0


def test_a_key_is_taken_from_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    account, source = Account.create(), tmp_path / "key.hex"
    source.write_text(account.key.hex() + "\n")
    given = ("--deployer", "given", "--import", str(source), "--json")
    assert key(tmp_path, *given) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"label": "given", "address": account.address.lower()}
    assert key(tmp_path, *given) == 3
    assert "a key 'given' already" in capsys.readouterr().err
