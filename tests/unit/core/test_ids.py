"""Identifiers: which are refused, and that derived ones never change.

In: text and bytes. Run by pytest.
"""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.core.errors import InvalidReference
from node.core.ids import (
    derived_id,
    derived_uetr,
    is_address,
    is_ref,
    pack_ref,
    parse_uetr,
    sha256_hex,
    unpack_ref,
    wallet_key,
)

UETR = "7a562c67-ca16-48ba-b074-65581be6f001"
WALLET = "0x" + "aB" * 20
ANY_UETR = st.uuids(version=4)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7a562c67",
        UETR.replace("-", ""),
        f"{{{UETR}}}",
        f"urn:uuid:{UETR}",
        f" {UETR}",
        UETR.replace("7a56", "\uff17a56"),
        "x" * 300,
    ],
)
def test_what_is_not_written_as_a_uuid_is_no_uetr(text: str) -> None:
    with pytest.raises(InvalidReference, match="is not a UETR"):
        parse_uetr(text)


@pytest.mark.parametrize("version", "135678")
def test_a_uuid_of_another_version_is_no_uetr(version: str) -> None:
    with pytest.raises(InvalidReference, match="is not a UETR"):
        parse_uetr(UETR.replace("-48ba-", f"-{version}8ba-"))


def test_a_uuid_of_another_variant_is_no_uetr() -> None:
    with pytest.raises(InvalidReference, match="is not a UETR"):
        parse_uetr(UETR.replace("-b074-", "-f074-"))


@pytest.mark.parametrize("ref", [b"", b"\0" * 31, b"\0" * 33, b"\0" * 32, b"\xff" * 32])
def test_a_reference_without_uetr_names_no_payment(ref: bytes) -> None:
    assert unpack_ref(ref) is None


@pytest.mark.parametrize(
    "text", ["", "0x", "ab" * 20, "0x" + "ab" * 19, "0x" + "ab" * 21, "0X" + "ab" * 20,
             "0x" + "gg" * 20, "0x0x" + "ab" * 19, "0x" + "\uff11" * 40]
)  # fmt: skip
def test_what_is_not_an_address_is_no_wallet(text: str) -> None:
    assert not is_address(text)
    with pytest.raises(InvalidReference, match="is not a wallet address"):
        wallet_key(text)


def test_a_uetr_in_capitals_is_the_same_uetr() -> None:
    assert str(parse_uetr(UETR.upper())) == UETR


def test_a_wallet_is_kept_in_lower_case() -> None:
    assert wallet_key(WALLET) == WALLET.lower()


@given(ANY_UETR)
def test_every_version_four_uuid_is_a_uetr(uetr: uuid.UUID) -> None:
    assert parse_uetr(str(uetr)) == uetr


@given(ANY_UETR, st.uuids())
def test_a_packed_reference_unpacks_to_what_it_was_made_of(
    uetr: uuid.UUID, entry_id: uuid.UUID
) -> None:
    ref = pack_ref(uetr, entry_id)
    assert len(ref) == 32
    assert unpack_ref(ref) == (uetr, entry_id)


@given(st.binary(min_size=32, max_size=32))
def test_a_reference_that_unpacks_packs_to_itself(ref: bytes) -> None:
    found = unpack_ref(ref)
    assert found is None or pack_ref(*found) == ref


def test_a_derived_id_is_the_same_in_every_release() -> None:
    assert derived_id("posting", 1, "0xab") == uuid.UUID("3803bfff-2058-539f-9c48-90827140528a")


@given(st.lists(st.text(alphabet="ab\x1e1", max_size=3), max_size=4))
def test_the_same_parts_derive_the_same_id(parts: list[str]) -> None:
    assert derived_id("kind", *parts) == derived_id("kind", *parts)


def test_parts_do_not_run_into_each_other() -> None:
    ids = {derived_id("k", "ab", "c"), derived_id("k", "a", "bc"), derived_id("ka", "b", "c")}
    assert len(ids) == 3


def test_a_fingerprint_is_sha_256_in_lower_case() -> None:
    assert sha256_hex(b"").startswith("e3b0c44298fc1c14")


@pytest.mark.parametrize(
    "text",
    ["", "0x", "ab" * 32, "0x" + "ab" * 31, "0x" + "ab" * 33, "0x" + "AB" * 32, "0x" + "g" * 64],
)
def test_what_is_no_reference_of_a_contract(text: str) -> None:
    assert not is_ref(text)


def test_a_reference_of_a_contract() -> None:
    assert is_ref("0x" + "0f" * 32)


def test_a_derived_uetr_is_one_and_always_the_same() -> None:
    made = derived_uetr("net", UETR, "EUR")
    assert str(parse_uetr(made)) == made == derived_uetr("net", UETR, "EUR")
    assert made != derived_uetr("net", UETR, "USD")
