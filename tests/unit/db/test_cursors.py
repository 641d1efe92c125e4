"""Cursors: where a stage begins, and where it goes on.

In: both kinds of database. Run by pytest.
"""

from sqlalchemy import Engine

from node.db.cursors import all_cursors, move_cursor, read_cursor
from node.db.unit_of_work import read_only, unit_of_work


def test_a_stage_begins_at_its_default(engine: Engine) -> None:
    with read_only(engine) as session:
        assert read_cursor(session, "stage") == 0
        assert read_cursor(session, "stage", -1) == -1


def test_a_moved_cursor_beats_the_default(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        move_cursor(session, "stage", 0)
    with read_only(engine) as session:
        assert read_cursor(session, "stage", -1) == 0


def test_a_cursor_may_move_back(engine: Engine) -> None:
    for position in (9, 4):
        with unit_of_work(engine) as session:
            move_cursor(session, "stage", position)
    with read_only(engine) as session:
        assert read_cursor(session, "stage") == 4


def test_a_cursor_is_read_where_it_was_moved(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        move_cursor(session, "stage", 3)
        move_cursor(session, "stage", 4)
        assert read_cursor(session, "stage") == 4


def test_stages_do_not_share_a_cursor(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        move_cursor(session, "one", 1)
        move_cursor(session, "two", 2)
    with read_only(engine) as session:
        assert all_cursors(session) == {"one": 1, "two": 2}
