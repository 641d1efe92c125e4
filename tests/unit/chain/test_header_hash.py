"""The proof of a header: each field is in its hash, in the form of each kind of chain."""

from __future__ import annotations

from typing import Any

import pytest
import rlp
from eth_hash.auto import keccak

from node.chain.embedded import EmbeddedChain
from node.chain.header import header
from node.chain.header_hash import HeaderUnproved, check_header
from node.chain.rpc import Rpc
from tests.support.fault_proxy import Faults, changed, served

ZERO = "0x" + "00" * 32
EMPTY_ROOT = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"
BFT = "0x63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365"
# The first block of Ethereum, as any node tells it.
GENESIS = {
    "number": "0x0",
    "hash": "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3",
    "parentHash": ZERO,
    "sha3Uncles": "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
    "miner": "0x" + "00" * 20,
    "stateRoot": "0xd7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544",
    "transactionsRoot": EMPTY_ROOT,
    "receiptsRoot": EMPTY_ROOT,
    "logsBloom": "0x" + "00" * 256,
    "difficulty": "0x400000000",
    "gasLimit": "0x1388",
    "gasUsed": "0x0",
    "timestamp": "0x0",
    "extraData": "0x11bbe8db4e347b4e8c937c1c8370e4b5ed33adb3db69cbdb7a38e1e50b1b82fa",
    "mixHash": ZERO,
    "nonce": "0x0000000000000042",
}
IN_ORDER = (
    "parentHash sha3Uncles miner stateRoot transactionsRoot receiptsRoot logsBloom difficulty"
    " number gasLimit gasUsed timestamp extraData mixHash nonce"
).split()
NUMBERS = {"difficulty", "number", "gasLimit", "gasUsed", "timestamp"}
LATER = "baseFeePerGas extDataGasUsed blockGasCost blobGasUsed excessBlobGas".split()


def with_hash(fields: dict[str, Any], *later: str, extra: bytes | None = None) -> dict[str, Any]:
    """The fields under the hash that the library `rlp` makes of them."""
    body = [_raw(name, fields[name]) for name in [*IN_ORDER, *later]]
    if extra is not None:
        body[IN_ORDER.index("extraData")] = extra
    return fields | {"hash": "0x" + keccak(rlp.encode(body)).hex()}


def _raw(name: str, text: str) -> bytes:
    if name not in NUMBERS and name not in LATER:
        return bytes.fromhex(text[2:])
    value = int(text, 16)
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


def test_the_first_block_of_ethereum() -> None:
    check_header(header(GENESIS))


@pytest.mark.parametrize("name", IN_ORDER)
def test_a_changed_field_makes_another_hash(name: str) -> None:
    last = "1" if GENESIS[name][-1] != "1" else "2"
    forged = GENESIS | {name: GENESIS[name][:-1] + last}
    with pytest.raises(HeaderUnproved) as refused:
        check_header(header(forged))
    assert refused.value.code == "HEADER_UNPROVED"
    assert "fast" in refused.value.remedy


def test_a_field_of_a_fork_we_do_not_know_is_unproved() -> None:
    with pytest.raises(HeaderUnproved):
        check_header(header(GENESIS | {"hash": "0x" + "11" * 32, "ofAFutureFork": "0x1"}))


def test_the_newest_fork(chain: EmbeddedChain) -> None:
    for each in chain.rpc().headers(range(4)):
        assert each.fields["requestsHash"]
        check_header(each)


@pytest.mark.parametrize("name", ["baseFeePerGas", "excessBlobGas"])
def test_the_newest_fork_forged(faults: Faults, name: str) -> None:
    faults.faults["eth_getBlockByNumber"] = changed(**{name: "0x77"})
    with pytest.raises(HeaderUnproved):
        check_header(faults.rpc().headers([2])[0])


def test_avalanche() -> None:
    fields = GENESIS | {
        "extDataHash": "0x" + "56" * 32,
        "baseFeePerGas": "0x5d21dba00",
        "extDataGasUsed": "0x0",
        "blockGasCost": "0x7",
    }
    later = ("extDataHash", "baseFeePerGas", "extDataGasUsed", "blockGasCost")
    check_header(header(with_hash(fields, *later)))
    with pytest.raises(HeaderUnproved):
        check_header(header(with_hash(fields, *later) | {"blockGasCost": "0x8"}))


VALIDATORS = [bytes([each]) * 20 for each in range(4)]
SEALS = [bytes([each]) * 65 for each in range(3)]


@pytest.mark.parametrize(
    ("told", "hashed"),
    [
        ([bytes(32), VALIDATORS, [], b"\x01", SEALS], [bytes(32), VALIDATORS, [], b"", []]),
        ([bytes(32), VALIDATORS, b"", b"\0\0\0\x01", SEALS], [bytes(32), VALIDATORS, b""]),
    ],
    ids=["QBFT", "IBFT 2.0"],
)
def test_besu_leaves_the_round_and_the_seals_out(told: list[Any], hashed: list[Any]) -> None:
    fields = GENESIS | {"mixHash": BFT, "extraData": "0x" + rlp.encode(told).hex()}
    signed = with_hash(fields, extra=rlp.encode(hashed))
    check_header(header(signed))
    with pytest.raises(HeaderUnproved):
        check_header(header(signed | {"stateRoot": ZERO}))


@pytest.mark.parametrize("extra", ["0x", "0xc0", "0x1234"])
def test_a_damaged_seal_is_no_header(extra: str) -> None:
    with pytest.raises(ValueError, match="damaged"):
        check_header(header(GENESIS | {"mixHash": BFT, "extraData": extra}))


def test_an_endpoint_with_a_forged_header_is_passed_over(faults: Faults, chain_id: int) -> None:
    forged = Faults(faults.honest, {"eth_getBlockByNumber": changed(receiptsRoot=ZERO)})
    with served(forged) as first, served(faults) as second:
        found = Rpc([first, second], chain_id=chain_id).proved_headers([1, 2])
        assert [each.number for each in found] == [1, 2]
        with pytest.raises(HeaderUnproved):
            Rpc([first], chain_id=chain_id).proved_headers([1, 2])
