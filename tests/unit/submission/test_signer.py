"""The keystore: what it refuses to open or to sign, and whose signatures it gives."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from eth_account import Account

from node.core.types import Address, ChainId
from node.submission.signer import (
    Domain,
    KeystoreLocked,
    KeystoreSigner,
    KeyUnknown,
    TypedData,
    TypedDataRefused,
    UnsignedTx,
    typed_digest,
)
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

# The example that EIP-712 itself works through, with the hash it comes to.
MAIL = TypedData(
    domain=Domain("Ether Mail", "1", ChainId(1), Address("0x" + "cc" * 20)),
    primary="Mail",
    types={
        "Person": [("name", "string"), ("wallet", "address")],
        "Mail": [("from", "Person"), ("to", "Person"), ("contents", "string")],
    },
    message={
        "from": {"name": "Cow", "wallet": "0xcd2a3d9f938e13cd947ec05abc7fe734df8dd826"},
        "to": {"name": "Bob", "wallet": "0x" + "bb" * 20},
        "contents": "Hello, Bob!",
    },
)
MAIL_DIGEST = "be609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2"
COW = "0x" + "c85ef7d79691fe79573b1a7064c19c1a9819ebdbd1faaab1a8ec92344438aaf4"


def test_a_key_that_it_does_not_hold(tmp_path: Path) -> None:
    keys = KeystoreSigner(tmp_path, "secret")
    with pytest.raises(KeyUnknown, match="no key 'issuer'"):
        keys.address("issuer")
    with pytest.raises(KeyUnknown) as refused:
        keys.sign(address("alice"), TX)
    assert refused.value.remedy
    with pytest.raises(KeyUnknown):
        keys.sign_typed(address("alice"), MAIL)
    assert keys.addresses() == frozenset()


@pytest.mark.parametrize(
    "message",
    [
        {**MAIL.message, "from": 5},
        {**MAIL.message, "to": {"name": "Bob", "wallet": "0x22"}},
        {**MAIL.message, "beside": "what nobody would sign"},
        {"contents": "Hello, Bob!"},
    ],
    ids=["another type", "no address", "more than the type", "less than the type"],
)
def test_content_that_is_not_of_its_type_is_not_signed(
    tmp_path: Path, message: dict[str, object]
) -> None:
    keys = KeystoreSigner(tmp_path, "secret")
    alice = keys.create("alice")
    with pytest.raises(TypedDataRefused) as refused:
        keys.sign_typed(alice, replace(MAIL, message=message))
    assert "Mail" in refused.value.detail
    assert "Bob" not in f"{refused.value.detail}{refused.value.__cause__}"


def test_the_text_form_of_content_keeps_what_it_says_to_itself() -> None:
    assert "Cow" not in repr(MAIL)
    assert "Mail" in repr(MAIL)


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
    typed = keys.sign_typed(address("alice"), MAIL)
    assert typed == memory.sign_typed(address("alice"), MAIL)


def test_it_signs_typed_data_as_the_standard_has_it(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(COW)
    keys = KeystoreSigner(tmp_path / "keys", "secret")
    cow = keys.take("cow", file)
    assert typed_digest(MAIL).hex() == MAIL_DIGEST
    signature = keys.sign_typed(cow, MAIL)
    assert signature.hex() == (
        "4355c47d63924e8a72e509b65029052eb6c299d53a04e167c5775fd466751c9d"
        "07299936d304c153f6443dfa05f40ff007d72911b6f72307f996231605b91562"
        "1c"
    )


def test_another_contract_or_chain_is_another_signature(tmp_path: Path) -> None:
    alice = (keys := KeystoreSigner(tmp_path, "secret")).create("alice")
    domains = [
        MAIL.domain,
        replace(MAIL.domain, chain_id=ChainId(2)),
        replace(MAIL.domain, contract=address("bob")),
        replace(MAIL.domain, version="2"),
    ]
    made = {keys.sign_typed(alice, replace(MAIL, domain=each)) for each in domains}
    assert len(made) == len(domains)
