"""The proof of receipts: what breaks it, and that it agrees with libraries made by others."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from typing import Any

import pytest
import rlp
from hypothesis import given
from hypothesis import strategies as st
from trie.hexary import HexaryTrie

from node.chain.embedded import EmbeddedChain
from node.chain.receipts_root import (
    ReceiptTypeUnknown,
    Unproved,
    check_receipts,
    receipts_root,
)
from node.chain.rpc import Header, Rpc
from tests.support.chain_keys import MemorySigner, address
from tests.support.chain_sending import send
from tests.support.fault_proxy import Faults, served

Json = dict[str, Any]
ROOT_OF_NONE = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"
INVENTED: Json = {"address": "0x" + "aa" * 20, "topics": [], "data": "0x"}
TYPES = [0, 1, 2, 3, 4, 0x64, 0x65, 0x66, 0x68, 0x69, 0x6A, 0x78]


def a_receipt(seed: int, kind: int = 2, logs: int = 3) -> Json:
    """A receipt drawn from a seed."""
    draw = random.Random(seed)  # noqa: S311 - not a secret
    return {
        "type": hex(kind),
        "status": draw.choice(["0x0", "0x1"]),
        "cumulativeGasUsed": hex(draw.randrange(30_000_000)),
        "logsBloom": "0x" + draw.randbytes(256).hex(),
        "logs": [
            {
                "address": "0x" + draw.randbytes(20).hex(),
                "topics": ["0x" + draw.randbytes(32).hex() for _ in range(draw.randrange(5))],
                "data": "0x" + draw.randbytes(draw.choice([0, 1, 31, 32, 55, 56, 300])).hex(),
            }
            for _ in range(logs)
        ],
    }


def raw(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def scalar(text: str) -> bytes:
    value = int(text, 16)
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


def by_others(receipts: list[Json]) -> str:
    """The same root by the libraries `rlp` and `trie`."""
    trie = HexaryTrie({})
    for place, each in enumerate(receipts):
        logs = [
            [raw(log["address"]), [raw(topic) for topic in log["topics"]], raw(log["data"])]
            for log in each["logs"]
        ]
        body: list[Any] = [scalar(each["status"]), scalar(each["cumulativeGasUsed"])]
        body += [raw(each["logsBloom"]), logs]
        if each.get("depositReceiptVersion"):
            body += [scalar(each["depositNonce"]), scalar(each["depositReceiptVersion"])]
        kind = int(each["type"], 16)
        trie[rlp.encode(place)] = (b"" if kind in {0, 0x78} else bytes([kind])) + rlp.encode(body)
    return "0x" + trie.root_hash.hex()


@pytest.mark.parametrize("kind", [5, 0x67, 0x7D, 0x7F])
def test_a_type_that_is_not_known_is_refused_by_its_name(kind: int) -> None:
    with pytest.raises(ReceiptTypeUnknown, match=hex(kind)) as refused:
        receipts_root([a_receipt(1, kind)])
    assert refused.value.code == "RECEIPT_TYPE_UNKNOWN"
    assert "fast" in refused.value.remedy


@pytest.mark.parametrize(
    "bend",
    [
        lambda receipt: receipt.update(status="0x2"),
        lambda receipt: receipt.update(logsBloom="0x00"),
        lambda receipt: receipt.update(cumulativeGasUsed=7),
        lambda receipt: receipt.pop("logs"),
        lambda receipt: receipt["logs"][0].update(address="0x" + "AA" * 20),
        lambda receipt: receipt["logs"][0].update(address="0y" + "aa" * 20),
        lambda receipt: receipt["logs"][0].update(address="0x" + "aa" * 21),
        lambda receipt: receipt["logs"][0].update(address="0x" + "  " * 20),
        lambda receipt: receipt["logs"][0].update(topics=["0x" + "11" * 31]),
        lambda receipt: receipt["logs"][0].update(topics=["0x" + "11" * 32] * 5),
        lambda receipt: receipt["logs"][0].update(data="0x1"),
        lambda receipt: receipt["logs"][0].update(data="0x  "),
        lambda receipt: receipt["logs"][0].update(data=None),
    ],
)
def test_what_is_no_receipt_has_no_root(bend: Callable[[Json], object]) -> None:
    receipt = a_receipt(1)
    bend(receipt)
    with pytest.raises((KeyError, TypeError, ValueError)):
        receipts_root([receipt])


def test_no_receipts_have_the_root_of_nothing() -> None:
    assert receipts_root([]) == ROOT_OF_NONE == by_others([])


@pytest.mark.parametrize("count", [1, 2, 3, 16, 17, 127, 128, 129, 130, 255, 256, 257, 300])
def test_the_root_is_what_others_make_it(count: int) -> None:
    receipts = [a_receipt(place, TYPES[place % 12], place % 3) for place in range(count)]
    assert receipts_root(receipts) == by_others(receipts)


@given(st.lists(st.tuples(st.integers(), st.sampled_from(TYPES), st.integers(0, 4)), max_size=40))
def test_the_root_is_what_others_make_it_of_anything(drawn: list[tuple[int, int, int]]) -> None:
    receipts = [a_receipt(*each) for each in drawn]
    assert receipts_root(receipts) == by_others(receipts)


def test_a_deposit_hashes_its_nonce_only_with_a_version() -> None:
    before = a_receipt(1, 0x7E) | {"depositNonce": "0x3d3bbf"}
    canyon = before | {"depositReceiptVersion": "0x1"}
    assert receipts_root([before]) == by_others([before]) != receipts_root([canyon])
    assert receipts_root([canyon]) == by_others([canyon])


def test_a_receipt_from_before_byzantium_has_a_state_root() -> None:
    old = a_receipt(1, 0) | {"root": "0x" + "11" * 32}
    old.pop("status")
    assert receipts_root([old]) != receipts_root([a_receipt(1, 0)])


@pytest.fixture
def block(chain: EmbeddedChain) -> tuple[Header, list[Json]]:
    """Give a block of three transfers, its header and receipts."""
    chain.pause()
    for value in (1, 2, 3):
        send(chain.rpc(), MemorySigner("alice"), address("alice"), to=address("bob"), value=value)
    chain.resume()
    (header,) = chain.rpc().headers([chain.height])
    return header, [dict(each) for each in chain.rpc().raw_receipts(header.hash)]


def test_the_receipts_of_a_block_prove_themselves(block: tuple[Header, list[Json]]) -> None:
    header, receipts = block
    assert len(receipts) == 3
    check_receipts(header, receipts)


@pytest.mark.parametrize(
    "bend",
    [
        lambda all_: all_.pop(),
        lambda all_: all_.append(all_[0]),
        lambda all_: all_.reverse(),
        lambda all_: all_[1].update(status="0x0"),
        lambda all_: all_[1].update(cumulativeGasUsed="0x1"),
        lambda all_: all_[1].update(type="0x1"),
        lambda all_: all_[1]["logs"].append(INVENTED),
        lambda all_: all_[1].update(transactionHash=all_[0]["transactionHash"]),
    ],
)  # fmt: skip
def test_receipts_that_are_missing_invented_or_altered(
    block: tuple[Header, list[Json]], bend: Callable[[list[Json]], object]
) -> None:
    header, receipts = block[0], copy.deepcopy(block[1])
    bend(receipts)
    with pytest.raises(Unproved) as refused:
        check_receipts(header, receipts)
    assert refused.value.code == "RPC_UNPROVED"
    assert str(header.number) in refused.value.detail


def test_an_endpoint_that_cannot_prove_its_receipts_is_passed_over(
    chain: EmbeddedChain, block: tuple[Header, list[Json]], chain_id: int
) -> None:
    forging = Faults(chain.answer, {"eth_getBlockReceipts": _without_last})
    with served(forging) as first, served(Faults(chain.answer)) as second:
        rpc = Rpc([first, second], chain_id=chain_id)
        assert rpc.proved_receipts([block[0]]) == [block[1]]
        with pytest.raises(Unproved):
            Rpc([first], chain_id=chain_id).proved_receipts([block[0]])


def _without_last(honest: Callable[[], Json], _params: list[Any]) -> Json:
    told = honest()
    return {**told, "result": told["result"][:-1]}
