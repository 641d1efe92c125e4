"""State tables: a step that is not in the table is refused.

In: a small table. Run by pytest.
"""

from enum import StrEnum

import pytest

from node.core.errors import IllegalTransition
from node.core.transitions import step


class Door(StrEnum):
    OPEN = "OPEN"
    SHUT = "SHUT"
    WALLED_UP = "WALLED_UP"


TABLE = {
    Door.OPEN: frozenset({Door.SHUT}),
    Door.SHUT: frozenset({Door.OPEN, Door.WALLED_UP}),
}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (Door.OPEN, Door.WALLED_UP),
        (Door.OPEN, Door.OPEN),
        (Door.WALLED_UP, Door.OPEN),
        (Door.WALLED_UP, Door.WALLED_UP),
    ],
)
def test_a_step_outside_the_table_is_refused(old: Door, new: Door) -> None:
    with pytest.raises(IllegalTransition, match=f"Door cannot go from {old} to {new}"):
        step(TABLE, old, new)


@pytest.mark.parametrize(("old", "new"), [(Door.OPEN, Door.SHUT), (Door.SHUT, Door.WALLED_UP)])
def test_a_step_of_the_table_gives_the_new_state(old: Door, new: Door) -> None:
    assert step(TABLE, old, new) is new
