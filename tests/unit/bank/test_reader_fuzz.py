"""No file, however damaged, makes the reader fail in any other way than by a named refusal.

In: a good file with bytes changed, random bytes, odd texts in fields. Run by pytest.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.bank.reader import read
from node.bank.refusal import FileRefused
from tests.support.bank_messages import detail, entry, one_day

pytestmark = pytest.mark.verify
GOOD = one_day("10.00", entry("5.00", details=f"<NtryDtls>{detail('5.00')}</NtryDtls>"), "15.00")


@given(st.data())
def test_no_mutation_of_a_file_escapes_as_another_error(data: st.DataObject) -> None:
    content = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(content)))
        taken = data.draw(st.integers(0, 12))
        content[place : place + taken] = data.draw(
            st.binary(max_size=8) | st.sampled_from([b"<", b">", b"&", b"\x00", b"'", b"</Ntry>"])
        )
    _read_or_refuse(bytes(content))


@given(st.binary(max_size=200))
def test_no_bytes_escape_as_another_error(content: bytes) -> None:
    _read_or_refuse(content)


@given(st.text(max_size=60), st.sampled_from(["SVC-1", "STMT-1", "MSG-1", "9875687", "5.00"]))
def test_no_text_in_a_field_escapes_as_another_error(text: str, field: str) -> None:
    safe = text.replace("&", "&amp;").replace("<", "&lt;")
    _read_or_refuse(GOOD.decode().replace(field, safe).encode("utf-8", "surrogatepass"))


def _read_or_refuse(content: bytes) -> None:
    refusal = _refusal(content)
    if refusal is not None:
        assert refusal.code != FileRefused.code
        assert refusal.remedy
        assert refusal.line is None or refusal.line >= 1


def _refusal(content: bytes) -> FileRefused | None:
    try:
        read(content, "x")
    except FileRefused as refusal:
        return refusal
    return None
