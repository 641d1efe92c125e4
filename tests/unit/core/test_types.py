"""Keys and sides: what a key names, and what undoes a side.

In: made-up keys. Run by pytest.
"""

from dataclasses import replace

from node.core.types import ChainId, EventKey, Hash32, Side

KEY = EventKey(ChainId(5), Hash32("0xb"), Hash32("0xt"), 3)


def test_the_opposite_of_the_opposite_is_the_side_itself() -> None:
    assert [side.opposite() for side in Side] == [Side.CREDIT, Side.DEBIT]
    assert all(side.opposite().opposite() is side for side in Side)


def test_the_text_of_a_key_holds_all_its_parts() -> None:
    assert str(KEY) == "5:0xb:0xt:3"


def test_the_same_log_in_another_block_is_another_event() -> None:
    assert replace(KEY, block_hash=Hash32("0xc")) != KEY
