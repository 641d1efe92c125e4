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


PLAIN = {
    "MT940": ":20:A\n:25:ACC\n:28C:5/1\n:60F:C261001EUR10,00\n:61:2610021002C5,NTRFREF//B\n"
    ":86:166?20EREF+E?32Name\n:62F:C261001EUR15,00\n-",
    "MT942": ":20:A\n:25:ACC\n:28C:5/1\n:34F:EUR0,\n:61:261002D5,NTRFREF\n:90D:1EUR5,\n-",
    "BAI2": "01,A,B,261002,0600,1,80,1,2/\n02,B,A,1,261001,,USD,2/\n03,9,USD,010,1,,,015,2,,/\n"
    "16,195,1,V,261002,,B,E,T/\n88,MORE/\n49,4,4/\n98,4,1,6/\n99,4,1,8/\n",
    "core.csv": "record,statement,account,currency,booking_date,value_date,amount,direction,uetr\n"
    "opening,S,A,EUR,2026-10-01,,1.00,credit,\nclosing,S,A,EUR,2026-10-01,,1.00,credit,\n",
}


@pytest.mark.parametrize("name", PLAIN)
def test_what_is_damaged_below_was_good(name: str) -> None:
    message = read(PLAIN[name].encode(), "x")
    assert message.format == name
    assert message.statements


@pytest.mark.parametrize("name", PLAIN)
@given(data=st.data())
def test_no_mutation_of_a_plain_file_escapes_as_another_error(
    name: str, data: st.DataObject
) -> None:
    content = PLAIN[name]
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(content)))
        taken = data.draw(st.integers(0, 6))
        odd = st.sampled_from([",", ":", "/", "?", '"', "-", "\n", "\u00b2", "9" * 5000, "88,"])
        content = content[:place] + data.draw(st.text(max_size=4) | odd) + content[place + taken :]
    _read_or_refuse(content.encode("utf-8", "surrogatepass"))


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
