"""The made-up day: every trouble is one break or one note, and nothing else breaks.

Played once as a person would, in a process of its own; then looked at from several sides.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from node.db.engine import open_engine
from tests.support.command_line import Said, concord
from tests.support.postgres import Server


@dataclass(frozen=True)
class Place:
    """Where a day is played: a data folder, and a database in it or on a server."""

    folder: Path
    database_url: str

    def concord(self, *words: str) -> Said:
        """Run a command there."""
        return concord(self.folder, *words, CONCORD_DATABASE_URL=self.database_url)


@pytest.fixture(
    scope="module",
    params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)],
)
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A place for the day on each kind of database."""
    folder = tmp_path_factory.mktemp("day") / "var"
    if request.param == "sqlite":
        return Place(folder, f"sqlite:///{folder / 'concord.db'}")
    server: Server = request.getfixturevalue("postgres_server")
    return Place(folder, server.url(server.create()))


@pytest.fixture(scope="module")
def day(place: Place) -> Said:
    """The day, played."""
    said = place.concord("demo", "--once", "--json")
    assert said.code == 0, said.err
    return said


def test_the_proof_agrees_in_every_currency(day: Said) -> None:
    proof = day.json["proof"]
    assert proof["agrees"] is True
    assert [line["currency"] for line in proof["lines"]] == ["EUR", "USD"]
    for line in proof["lines"]:
        assert line["block"] > 0
        assert line["ledger_sequence"] > 0
        assert line["chain"] == line["books"]
    euro, dollar = proof["lines"]
    # 777.00 nobody announced, 20,000.00 that did not come, 12.00 the correspondent kept
    assert euro["difference"] == euro["explained"] == "-19235.00"
    assert (dollar["difference"], dollar["bank"]) == ("0.00", dollar["chain"])


def test_every_trouble_with_money_is_exactly_one_break(day: Said) -> None:
    found = Counter((each["cause"], each["side"], each["amount"]) for each in day.json["breaks"])
    assert found == {
        ("UNIDENTIFIED", "chain", "150.00"): 1,
        ("UNIDENTIFIED", "bank", "777.00"): 1,
        ("FEE", "bank", "-12.00"): 1,
        ("MISSING", "bank", "20000.00"): 1,
    }


def test_a_break_carries_its_evidence(day: Said) -> None:
    for each in day.json["breaks"]:
        assert each["age_days"] == 0
        assert each["owner"] == "treasury"
        assert each["explanation"]
        assert each["evidence"]["items"], each
    fee = next(each for each in day.json["breaks"] if each["cause"] == "FEE")
    assert {item["side"] for item in fee["evidence"]["items"]} == {"chain", "books", "bank"}


def test_every_trouble_that_left_no_difference_is_exactly_one_note(day: Said) -> None:
    assert Counter(each["kind"] for each in day.json["notes"]) == {
        "STATEMENT_DUPLICATE": 1,
        "INSTRUCTION_FAILED": 1,
        "REORG": 1,
    }
    failed = next(each for each in day.json["notes"] if each["kind"] == "INSTRUCTION_FAILED")
    assert "reverted on chain" in failed["text"]


def test_payments_through_the_bank_match_on_three_sides(day: Said) -> None:
    full = [each for each in day.json["matches"] if each["sides"] == ["chain", "books", "bank"]]
    assert len(full) == 9
    assert {each["rule"] for each in full} == {"exact_reference", "reference_short"}


def test_played_again_it_goes_on_from_its_state(place: Place, day: Said) -> None:
    again = place.concord("demo", "--once", "--json")
    assert again.code == 0, again.err
    assert _settled(again.json) == _settled(day.json)


def test_prove_says_so_by_its_exit_code(place: Place, day: Said) -> None:
    assert day.code == 0
    assert place.concord("prove").code == 0
    engine = open_engine(place.database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE posting SET amount = amount + 1"
            " WHERE account = 'NOSTRO:EUR:DE02100100109307118603'"
        )
    engine.dispose()
    tampered = place.concord("prove", "--json")
    assert tampered.code == 1
    assert tampered.json["agrees"] is False


def _settled(told: dict[str, Any]) -> dict[str, Any]:
    """What must not change: all but the moment and the block of the proof."""
    lines = [
        {name: value for name, value in line.items() if name != "block"}
        for line in told["proof"]["lines"]
    ]
    return told | {"proof": {"agrees": told["proof"]["agrees"], "lines": lines}}
