"""Keys held elsewhere: what is not taken from them, and that they sign what the keystore would."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import boto3
import pytest
from coincurve import PrivateKey
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from eth_account import Account
from eth_utils.crypto import keccak
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws
from moto.kms.utils import ECDSAPrivateKey

from node.core.types import Address, ChainId
from node.submission.custody import CustodianUnavailable, CustodySigner
from node.submission.kms import KmsCustodian, from_der
from node.submission.signature import ORDER, Signature, SignatureRefused, address_of, compact, found
from node.submission.signer import Domain, KeyUnknown, TypedData, UnsignedTx, typed_digest
from node.submission.transaction import payload, sealed
from node.submission.web3signer import Web3Signer
from tests.support.chain_keys import account, address, signed

KEY = PrivateKey(bytes(account("alice").key))
ALICE = address("alice")
TX = UnsignedTx(ChainId(31337), 7, address("bob"), "0x1234", 5, 50_000, 100, 3)
TYPED = TypedData(
    Domain("Bank", "1", ChainId(1), address("carol")), "Word", {"Word": [("it", "string")]},
    {"it": "yes"},
)  # fmt: skip


def der(r: int, s: int) -> bytes:
    def number(each: int) -> bytes:
        body = each.to_bytes((each.bit_length() + 8) // 8, "big")
        return b"\x02" + bytes([len(body)]) + body

    body = number(r) + number(s)
    return b"\x30" + bytes([len(body)]) + body


class Kms:
    """A KMS that signs with a key of ours, with the high s, or says what it is told to."""

    def __init__(self, key: PrivateKey = KEY, says: bytes | None = None) -> None:
        self.key, self.says = key, says
        self.asked: list[dict[str, Any]] = []

    def get_public_key(self, **_given: str) -> dict[str, Any]:
        head = bytes.fromhex("3056301006072a8648ce3d020106052b8104000a034200")
        return {"PublicKey": head + KEY.public_key.format(compressed=False)}

    def sign(self, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3
        self.asked.append(given)
        made = self.key.sign_recoverable(given["Message"], hasher=None)
        r, s = int.from_bytes(made[:32], "big"), int.from_bytes(made[32:64], "big")
        return {"Signature": der(r, ORDER - s) if self.says is None else self.says}


class Served:
    """A Web3Signer of one key: `says` is what it answers a request to sign, else a signature."""

    def __init__(self) -> None:
        self.says: bytes | None = None
        self.status = 200
        self.key = KEY
        self.asked: list[tuple[str, str]] = []


@contextmanager
def web3signer() -> Iterator[tuple[str, Served]]:
    served = Served()
    public = "0x" + KEY.public_key.format(compressed=False)[1:].hex()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.append(("GET", self.path))
            self._say(json.dumps([public]).encode())

        def do_POST(self) -> None:
            served.asked.append(("POST", self.path))
            told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            digest = keccak(bytes.fromhex(told["data"][2:]))
            made = served.key.sign_recoverable(digest, hasher=None)
            answer = "0x" + (made[:64] + bytes([made[64] + 27])).hex()
            self._say(answer.encode() if served.says is None else served.says)

        def _say(self, content: bytes) -> None:
            self.send_response(served.status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
            """Keep the test's output clean."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


# --------------------------------------------------------------------------------------- refusals


def test_another_key_answers_in_its_place() -> None:
    other = PrivateKey(bytes(account("bob").key))
    with pytest.raises(SignatureRefused):
        CustodySigner(KmsCustodian(Kms(other), ["key"])).sign(ALICE, TX)
    with web3signer() as (url, served):
        keys = CustodySigner(Web3Signer(url))
        served.key = other
        with pytest.raises(SignatureRefused, match="over what was asked"):
            keys.sign(ALICE, TX)
        with pytest.raises(SignatureRefused):
            keys.sign_typed(ALICE, TYPED)


@pytest.mark.parametrize(
    "text",
    ["", "3000", "02010102", der(1, 2).hex() + "00", "30080201010203000001", der(0, 5).hex()],
)
def test_what_is_no_signature_of_kms(text: str) -> None:
    with pytest.raises(SignatureRefused):
        CustodySigner(KmsCustodian(Kms(says=bytes.fromhex(text)), ["key"])).sign(ALICE, TX)


@pytest.mark.parametrize(
    "said", [b"", b"0x", b"no", b'"0x' + b"00" * 65 + b'"', b"0x" + b"11" * 64 + b"05", b"\xff"]
)
def test_what_is_no_signature_of_web3signer(said: bytes) -> None:
    with web3signer() as (url, served):
        keys = CustodySigner(Web3Signer(url))
        served.says = said
        with pytest.raises(SignatureRefused):
            keys.sign(ALICE, TX)


def test_a_custodian_that_does_not_answer() -> None:
    with web3signer() as (url, served):
        keys = CustodySigner(Web3Signer(url))
        served.status = 500
        with pytest.raises(CustodianUnavailable, match="HTTP 500"):
            keys.sign(ALICE, TX)
    with pytest.raises(CustodianUnavailable):
        keys.sign(ALICE, TX)
    with pytest.raises(CustodianUnavailable):
        Web3Signer(url)


def test_a_key_it_does_not_hold() -> None:
    kms = Kms()
    with pytest.raises(KeyUnknown):
        CustodySigner(KmsCustodian(kms, ["key"])).sign(address("bob"), TX)
    assert kms.asked == []


def test_a_key_of_another_curve() -> None:
    with mock_aws():
        client = aws()
        made = client.create_key(KeyUsage="SIGN_VERIFY", KeySpec="ECC_NIST_P256")
        with pytest.raises(SignatureRefused, match="not on secp256k1"):
            KmsCustodian(client, [made["KeyMetadata"]["KeyId"]])
        with pytest.raises(CustodianUnavailable, match="GetPublicKey"):
            KmsCustodian(client, ["alias/nothing"])


# ------------------------------------------------------------------------------------ what it signs


def aws() -> Any:  # noqa: ANN401 - boto3's client
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    return boto3.client("kms", region_name="eu-central-1", **keys)


def digest_signed(self: Any, message: bytes, _algorithm: str) -> bytes:  # noqa: ANN401 - moto's key
    """What KMS does with a digest: moto (5.2) does not know MessageType and hashes once more."""
    made: bytes = self.private_key.sign(message, ec.ECDSA(Prehashed(SHA256())))
    return made


def test_a_signature_over_something_else_is_not_taken() -> None:
    with mock_aws():  # as it is, moto signs the SHA-256 of the digest
        client = aws()
        made = client.create_key(KeyUsage="SIGN_VERIFY", KeySpec="ECC_SECG_P256K1")
        keys = CustodySigner(KmsCustodian(client, [made["KeyMetadata"]["KeyId"]]))
        (ours,) = keys.addresses()
        with pytest.raises(SignatureRefused):
            keys.sign(ours, TX)


def test_kms_as_a_bank_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ECDSAPrivateKey, "sign", digest_signed)
    with mock_aws():
        client = aws()
        made = client.create_key(KeyUsage="SIGN_VERIFY", KeySpec="ECC_SECG_P256K1")
        custodian = KmsCustodian(client, [made["KeyMetadata"]["KeyId"]])
        keys = CustodySigner(custodian)
        (ours,) = keys.addresses()
        for nonce in range(8):  # half of them come with the high s
            tx = UnsignedTx(ChainId(1), nonce, address("bob"), "0x", 1, 21_000, 100, 3)
            assert Account.recover_transaction(keys.sign(ours, tx).raw).lower() == ours
        typed = keys.sign_typed(ours, TYPED)
        assert Account._recover_hash(typed_digest(TYPED), signature=typed).lower() == ours


def test_kms_signs_what_the_keystore_signs() -> None:
    kms = Kms()
    made = CustodySigner(KmsCustodian(kms, ["key"])).sign(ALICE, TX)
    assert made == signed(account("alice"), TX)
    (asked,) = kms.asked
    assert asked["Message"] == keccak(payload(TX))
    assert (asked["MessageType"], asked["SigningAlgorithm"]) == ("DIGEST", "ECDSA_SHA_256")


def test_web3signer_signs_what_the_keystore_signs() -> None:
    with web3signer() as (url, served):
        keys = CustodySigner(Web3Signer(url))
        assert keys.addresses() == {ALICE}
        assert keys.sign(ALICE, TX) == signed(account("alice"), TX)
        typed = keys.sign_typed(ALICE, TYPED)
    assert Account._recover_hash(typed_digest(TYPED), signature=typed).lower() == ALICE
    public = KEY.public_key.format(compressed=False)[1:].hex()
    assert served.asked[0] == ("GET", "/api/v1/eth1/publicKeys")
    assert served.asked[1] == ("POST", f"/api/v1/eth1/sign/0x{public}")


# ----------------------------------------------------------------------------- bytes and signatures

WEI = st.integers(0, 2**96 - 1)


@given(
    nonce=st.integers(0, 2**63), value=st.integers(0, 2**256 - 1), data=st.binary(max_size=200),
    gas=st.integers(21_000, 30_000_000), fee=WEI, tip=WEI, chain=st.integers(1, 2**53),
)  # fmt: skip
def test_the_bytes_are_those_of_eth_account(
    *, nonce: int, value: int, data: bytes, gas: int, fee: int, tip: int, chain: int
) -> None:
    tx = UnsignedTx(
        ChainId(chain), nonce, address("bob"), "0x" + data.hex(), value, gas, max(fee, tip), tip
    )
    made = compact(KEY.sign_recoverable(keccak(payload(tx)), hasher=None))
    assert sealed(tx, made) == signed(account("alice"), tx)


def test_a_legacy_transaction_is_that_of_eth_account() -> None:
    tx = UnsignedTx(ChainId(1337), 3, address("bob"), "0x12", 4, 30_000, 99, 99, is_legacy=True)
    made = compact(KEY.sign_recoverable(keccak(payload(tx)), hasher=None))
    fields = {
        "chainId": 1337, "nonce": 3, "gas": 30_000, "gasPrice": 99, "value": 4, "data": "0x12",
        "to": account("bob").address,
    }  # fmt: skip
    expected = account("alice").sign_transaction(fields)  # type: ignore[arg-type]
    assert sealed(tx, made).raw == bytes(expected.raw_transaction)


@given(st.binary(min_size=32, max_size=32))
def test_either_s_is_taken_to_the_lower_half(digest: bytes) -> None:
    made = compact(KEY.sign_recoverable(digest, hasher=None))
    assert (
        found(made.r, ORDER - made.s, digest, ALICE) == made == found(made.r, made.s, digest, ALICE)
    )
    assert made.s <= ORDER // 2
    assert from_der(der(made.r, made.s)) == (made.r, made.s)
    assert compact(made.compact) == made
    assert isinstance(made, Signature)
    assert address_of(KEY.public_key.format(compressed=False)) == Address(ALICE)
