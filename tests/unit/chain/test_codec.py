"""Values into calldata and back: what does not fit is refused by name, nothing is cut or padded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak
from hypothesis import given
from hypothesis import strategies as st

from node.chain import codec
from node.chain.abi import BadArguments, Undecodable
from node.chain.artifacts import load, names

ALICE = "0x" + "a1" * 20
REF = bytes(range(32))


def one(kind: str, name: str = "value", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - ABI
    return {"name": name, "type": kind, **more}


def function(name: str, *inputs: dict[str, Any], gives: tuple[str, ...] = ()) -> dict[str, Any]:
    outputs = [one(kind, "") for kind in gives]
    return {"type": "function", "name": name, "inputs": list(inputs), "outputs": outputs}


def event(name: str, *inputs: dict[str, Any], anonymous: bool = False) -> dict[str, Any]:
    return {"type": "event", "name": name, "inputs": list(inputs), "anonymous": anonymous}


TERMS = one("tuple", "terms", components=[one("address", "holder"), one("uint256", "amount")])


@dataclass(frozen=True)
class Abi:
    """A contract that consists of its ABI."""

    name: str
    abi: list[dict[str, Any]]


VAULT = Abi(
    "Vault",
    [
        {"type": "constructor", "inputs": [one("address", "owner")]},
        function("pay", one("address", "to"), one("uint64", "amount"), gives=("bool",)),
        function("note", one("bytes32", "ref")),
        function("open", TERMS),
        function("many", one("uint8[]", "values")),
        function("say", one("string", "text"), gives=("string", "uint256")),
        function("mint", one("address", "to")),
        function("mint", one("address", "to"), one("uint256", "amount")),
        event("Paid", one("address", "to", indexed=True), one("uint256", "amount", indexed=False)),
        event("Said", one("string", "text", indexed=True), one("bytes32", "ref", indexed=False)),
        event("Opened", {**TERMS, "indexed": False}),
        event("Quiet", one("uint256", indexed=False), anonymous=True),
        {"type": "error", "name": "OverLimit", "inputs": [one("uint256", "asked"), one("uint256")]},
    ],
)


@dataclass(frozen=True)
class ALog:
    """What is needed of a log."""

    topics: tuple[str, ...]
    data: str


# ------------------------------------------------------------------------------------------ calls


@pytest.mark.parametrize(
    ("name", "args", "said"),
    [
        ("steal", (), "no function steal"),
        ("mint", (ALICE, 1, 2), "no function mint"),
        ("pay", (ALICE,), "2 are needed"),
        ("pay", (ALICE, 1, 2), "2 are needed"),
        ("pay", {"to": ALICE}, "named to, amount"),
        ("pay", {"to": ALICE, "amount": 1, "fee": 2}, "named to, amount"),
        ("pay", ALICE, "2 are needed"),
        ("pay", ("alice", 1), "to: 'alice' is not an address"),
        ("pay", ("0x12", 1), "is not an address"),
        ("pay", ("", 1), "is not an address"),
        ("pay", (b"\x01" * 20, 1), "is not an address"),
        ("pay", (ALICE, -1), "amount: -1 is not a uint64"),
        ("pay", (ALICE, 2**64), "is not a uint64"),
        ("pay", (ALICE, "1.5"), "is not an integer"),
        ("pay", (ALICE, "0x10"), "is not an integer"),
        ("pay", (ALICE, "\u0661"), "is not an integer"),
        ("pay", (ALICE, True), "True is not an integer"),
        ("pay", (ALICE, None), "None is not an integer"),
        ("note", (REF[:31],), "ref"),
        ("note", (REF + b"\x00",), "is not bytes32"),
        ("note", ("0x1234",), "is not bytes32"),
        ("note", (1,), "is not bytes32"),
        ("open", ((ALICE,),), "terms"),
        ("open", ({"holder": ALICE},), "terms are named holder, amount"),
        ("many", ("12",), "a list is needed"),
        ("many", ([1, 256],), "values"),
        ("say", (1,), "text"),
    ],
)
def test_arguments_that_do_not_fit(name: str, args: Any, said: str) -> None:  # noqa: ANN401
    with pytest.raises(BadArguments, match="(?s)" + said) as refused:
        codec.encode_call(VAULT, name, args)
    assert refused.value.code == "CONTRACT_ARGUMENTS"


def test_an_overloaded_name_needs_its_types() -> None:
    short = codec.encode_call(VAULT, "mint", (ALICE,))
    long = codec.encode_call(VAULT, "mint", (ALICE, 1))
    assert short[:10] == "0x" + keccak(text="mint(address)")[:4].hex()
    assert long == codec.encode_call(VAULT, "mint(address,uint256)", (ALICE, 1))
    with pytest.raises(BadArguments, match="more than one") as refused:
        codec.decode_result(VAULT, "mint", b"")
    assert "mint(address,uint256)" in refused.value.remedy


def test_a_call_by_place_by_name_and_in_text() -> None:
    wanted = "0x" + (keccak(text="pay(address,uint64)")[:4] + encode(
        ["address", "uint64"], [ALICE, 5])).hex()  # fmt: skip
    assert codec.encode_call(VAULT, "pay", (ALICE, 5)) == wanted
    assert codec.encode_call(VAULT, "pay", {"amount": "5", "to": ALICE}) == wanted
    assert codec.encode_call(VAULT, "pay", (ALICE.upper().replace("X", "x"), 5)) == wanted


def test_a_struct_is_a_dict_or_a_sequence() -> None:
    wanted = codec.encode_call(VAULT, "open", ((ALICE, 5),))
    assert codec.encode_call(VAULT, "open", ({"amount": 5, "holder": ALICE},)) == wanted
    assert codec.encode_call(VAULT, "open((address,uint256))", ([ALICE, "5"],)) == wanted


def test_a_constructor_refuses_and_encodes() -> None:
    with pytest.raises(BadArguments):
        codec.encode_constructor(VAULT, ())
    assert codec.encode_constructor(VAULT, (ALICE,)) == "0x" + encode(["address"], [ALICE]).hex()
    assert codec.encode_constructor(Abi("Bare", []), ()) == "0x"
    with pytest.raises(BadArguments):
        codec.encode_constructor(Abi("Bare", []), (1,))


# ---------------------------------------------------------------------------------------- results


@pytest.mark.parametrize("data", [b"", b"\x00" * 31, "0x", "0x01"])
def test_a_result_that_is_none(data: bytes | str) -> None:
    with pytest.raises(Undecodable):
        codec.decode_result(VAULT, "pay", data)


def test_results_are_native() -> None:
    assert codec.decode_result(VAULT, "note", b"") is None
    assert codec.decode_result(VAULT, "pay", encode(["bool"], [True])) is True
    both = encode(["string", "uint256"], ["hé", 7])
    assert codec.decode_result(VAULT, "say", "0x" + both.hex()) == ("hé", 7)


@given(st.integers(0, 2**256 - 1))
def test_integers_come_back_as_they_were(value: int) -> None:
    abi = Abi("Echo", [function("echo", one("uint256"), gives=("uint256",))])
    sent = codec.encode_call(abi, "echo", (str(value),))
    assert codec.decode_result(abi, "echo", bytes.fromhex(sent[10:])) == value


# ----------------------------------------------------------------------------------------- events


def topic(signature: str) -> str:
    return "0x" + keccak(text=signature).hex()


PAID = topic("Paid(address,uint256)")
TO_ALICE = "0x" + "00" * 12 + ALICE[2:]


def data(*pairs: tuple[str, Any]) -> str:
    return "0x" + encode([kind for kind, _ in pairs], [value for _, value in pairs]).hex()


@pytest.mark.parametrize(
    "log",
    [
        ALog((), "0x"),
        ALog((topic("Other()"),), "0x"),
        ALog((PAID,), data(("uint256", 1))),
        ALog((PAID, TO_ALICE, TO_ALICE), data(("uint256", 1))),
        ALog((PAID, TO_ALICE), "0x"),
        ALog((PAID, "0x" + "ff" * 32), data(("uint256", 1))),
        ALog((topic("Quiet(uint256)"),), data(("uint256", 1))),
    ],
    ids=["bare", "other", "few", "many", "no-data", "no-address", "anonymous"],
)
def test_a_log_that_is_no_event(log: ALog) -> None:
    assert codec.decode_log(VAULT, log) is None


def test_an_event_in_json() -> None:
    found = codec.decode_log(VAULT, ALog((PAID.upper().replace("X", "x"), TO_ALICE),
                                         data(("uint256", 2**200))))  # fmt: skip
    assert found == codec.DecodedLog("Paid", {"to": ALICE, "amount": str(2**200)})


def test_an_indexed_text_is_its_hash() -> None:
    hashed = topic("hello")
    found = codec.decode_log(
        VAULT, ALog((topic("Said(string,bytes32)"), hashed), data(("bytes32", REF)))
    )
    assert found == codec.DecodedLog("Said", {"text": hashed, "ref": "0x" + REF.hex()})


def test_a_struct_in_an_event_is_a_dict() -> None:
    log = ALog((topic("Opened((address,uint256))"),), data(("(address,uint256)", (ALICE, 5))))
    found = codec.decode_log(VAULT, log)
    assert found == codec.DecodedLog("Opened", {"terms": {"holder": ALICE, "amount": "5"}})


def test_topics_by_event_name() -> None:
    assert codec.event_topics(VAULT).keys() == {"Paid", "Said", "Opened"}
    assert codec.event_topics(VAULT)["Paid"] == PAID


@pytest.mark.parametrize("name", names())
def test_every_event_of_our_contracts_is_told_apart(name: str) -> None:
    artifact = load(name)
    declared = [each for each in artifact.abi if each["type"] == "event"]
    topics = codec.event_topics(artifact)
    assert len(topics) == len(declared) == len(set(topics.values()))


# ---------------------------------------------------------------------------------------- reverts


def reverted(signature: str, *pairs: tuple[str, Any]) -> str:
    return "0x" + keccak(text=signature)[:4].hex() + data(*pairs)[2:]


@pytest.mark.parametrize(
    ("revert_data", "words"),
    [
        ("0x", "reverted without a reason"),
        (b"", "reverted without a reason"),
        (reverted("Error(string)", ("string", "not today")), "not today"),
        (reverted("Panic(uint256)", ("uint256", 0x11)), "arithmetic overflow"),
        (reverted("Panic(uint256)", ("uint256", 0x51)), "panic 0x51"),
        (reverted("OverLimit(uint256,uint256)", ("uint256", 5), ("uint256", 3)),
         "OverLimit(asked: 5, value: 3)"),
        (reverted("Other()"), "unknown error 0x" + keccak(text="Other()")[:4].hex()),
        ("0x1234", "unknown error 0x1234"),
        (reverted("OverLimit(uint256,uint256)"),
         "unknown error " + reverted("OverLimit(uint256,uint256)")),
        (reverted("Error(string)"), "unknown error 0x08c379a0"),
    ],
)  # fmt: skip
def test_revert_data_in_words(revert_data: str | bytes, words: str) -> None:
    assert codec.decode_error([VAULT], revert_data) == words


@given(st.binary(max_size=100))
def test_any_revert_data_has_words(raw: bytes) -> None:
    said = codec.decode_error([VAULT], raw)
    assert said
    assert codec.decode_error([VAULT], "0x" + raw.hex()) == said


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=4), st.binary(max_size=200))
def test_any_log_is_an_event_or_none(topics: list[bytes], raw: bytes) -> None:
    log = ALog(tuple("0x" + each.hex() for each in topics), "0x" + raw.hex())
    assert codec.decode_log(VAULT, log) is None
    known = ALog((PAID, *log.topics), log.data)
    found = codec.decode_log(VAULT, known)
    assert found is None or found.name == "Paid"
