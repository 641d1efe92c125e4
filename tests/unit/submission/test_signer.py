"""The keystore: what it refuses to open or to sign, and whose signatures it gives."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from eth_account import Account

from node.core.types import ChainId
from node.submission.signer import KeystoreLocked, KeystoreSigner, KeyUnknown, UnsignedTx
from tests.support.chain_keys import MemorySigner, address

TX = UnsignedTx(
    chain_id=ChainId(31337),
    nonce=7,
    to=address("bob"),
    data="0x1234",
    value=5,
    gas=50_000,
    fee_wei_max=100,
    tip_wei_max=3,
)


def test_a_key_that_it_does_not_hold(tmp_path: Path) -> None:
    keys = KeystoreSigner(tmp_path, "secret")
    with pytest.raises(KeyUnknown, match="no key 'issuer'"):
        keys.address("issuer")
    with pytest.raises(KeyUnknown) as refused:
        keys.sign(address("alice"), TX)
    assert refused.value.remedy
    assert keys.addresses() == frozenset()


@pytest.mark.parametrize("password", ["wrong", "", "Secret"])
def test_another_password_does_not_open_it(tmp_path: Path, password: str) -> None:
    KeystoreSigner(tmp_path, "secret").create("issuer")
    with pytest.raises(KeystoreLocked, match=r"issuer\.json") as refused:
        KeystoreSigner(tmp_path, password)
    assert "CONCORD_KEYSTORE_PASSWORD" in refused.value.remedy


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"crypto": 5, "version": 3}', "\x00"])
def test_a_file_that_is_no_key(tmp_path: Path, content: str) -> None:
    (tmp_path / "issuer.json").write_text(content)
    with pytest.raises(KeystoreLocked, match=r"issuer\.json"):
        KeystoreSigner(tmp_path, "secret")


def test_a_key_half_written_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "issuer.new").write_text('{"crypto"')
    keys = KeystoreSigner(tmp_path, "secret")
    assert keys.addresses() == frozenset()
    made = keys.create("issuer")
    assert KeystoreSigner(tmp_path, "secret").address("issuer") == made


def test_a_label_has_one_key_for_ever(tmp_path: Path) -> None:
    keys = KeystoreSigner(tmp_path / "keys", "secret")
    made = keys.create("issuer")
    other = keys.create("attestor")
    assert keys.create("issuer") == made != other
    again = KeystoreSigner(tmp_path / "keys", "secret")
    assert again.create("issuer") == made == again.address("issuer")
    assert again.addresses() == {made, other}


def test_only_the_owner_can_read_the_files(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    KeystoreSigner(folder, "secret").create("issuer")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    (file,) = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    content = json.loads(file.read_text())
    assert "ciphertext" in content["crypto"]


def test_it_signs_as_the_key_asked_for(tmp_path: Path) -> None:
    keys = KeystoreSigner(tmp_path, "secret")
    first, second = keys.create("one"), keys.create("two")
    for each in (first, second):
        signed = keys.sign(each, TX)
        assert Account.recover_transaction(signed.raw).lower() == each
        assert keys.sign(each, TX) == signed
        assert len(signed.hash) == 66
    assert keys.sign(first, TX).hash != keys.sign(second, TX).hash


def test_the_signer_of_the_tests_signs_as_the_keystore_does(tmp_path: Path) -> None:
    keys, memory = KeystoreSigner(tmp_path, "secret"), MemorySigner("alice")
    content = Account.encrypt(
        memory._accounts[address("alice")].key, "secret", kdf="scrypt", iterations=2
    )
    (tmp_path / "alice.json").write_text(json.dumps(content))
    keys = KeystoreSigner(tmp_path, "secret")
    assert keys.sign(address("alice"), TX) == memory.sign(address("alice"), TX)
