"""The made-up day: every trouble is one break or one note, and nothing else breaks.

Played once as a person would, in a process of its own; then looked at from several sides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from sqlmodel import Session

from node.db.engine import open_engine
from node.db.unit_of_work import read_only
from node.events import store as events
from node.ledger import balances
from node.ledger import store as ledger
from node.ledger.entry import Phase
from node.settlement import store as settlement
from node.settlement.settlement import SETTLES
from node.submission import store as intents
from tests.support.command_line import Said, concord
from tests.support.postgres import Server

# By method: how it is settled, what is exchanged, and what each party has more or less after it.
SETTLED: Final[dict[str, tuple[str, list[tuple[str, str]], dict[tuple[str, str], int]]]] = {
    "DVP": (
        "HELD",
        [("XAU", "10.000"), ("EUR", "23000.00")],
        {
            ("XAU", "Delta"): -10_000,
            ("XAU", "Acme"): 10_000,
            ("EUR", "Acme"): -2_300_000,
            ("EUR", "Delta"): 2_300_000,
        },
    ),
    "PVP": (
        "SIGNED",
        [("EUR", "10000.00"), ("USD", "10900.00")],
        {
            ("EUR", "Brenner"): -1_000_000,
            ("EUR", "Acme"): 1_000_000,
            ("USD", "Acme"): -1_090_000,
            ("USD", "Brenner"): 1_090_000,
        },
    ),
    "NET": (
        "NETTED",
        [("EUR", "3400.00")],
        {
            ("EUR", "Acme"): -310_000,
            ("EUR", "Brenner"): -30_000,
            ("EUR", "Claro"): 150_000,
            ("EUR", "Delta"): 190_000,
        },
    ),
}
# By method: the events of the transaction that settles.
TOLD: Final = {
    "DVP": {"HoldClosed": 2, "Transfer": 2, "TransferRef": 2, "Settled": 1},
    "PVP": {"Transfer": 2, "TransferRef": 2, "Settled": 1},
    "NET": {"HoldClosed": 2, "Transfer": 4, "NetSettled": 1},
}


@dataclass(frozen=True)
class Place:
    """Where a day is played: a data folder, and a database in it or on a server."""

    folder: Path
    database_url: str

    def concord(self, *words: str) -> Said:
        """Run a command there."""
        return concord(self.folder, *words, CONCORD_DATABASE_URL=self.database_url)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """What its database holds."""
        engine = open_engine(self.database_url)
        try:
            with read_only(engine) as session:
                yield session
        finally:
            engine.dispose()


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
    assert [line["currency"] for line in proof["lines"]] == ["EUR", "USD", "XAU"]
    for line in proof["lines"]:
        assert line["block"] > 0
        assert line["ledger_sequence"] > 0
        assert line["chain"] == line["books"]
    euro, dollar, gold = proof["lines"]
    # 777.00 nobody announced, 20,000.00 that did not come, 12.00 the correspondent kept
    assert euro["difference"] == euro["explained"] == "-19235.00"
    assert (dollar["difference"], dollar["bank"]) == ("0.00", dollar["chain"])
    assert (gold["difference"], gold["bank"]) == ("0.000", gold["chain"])


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
    assert len(full) == 10
    assert {each["rule"] for each in full} == {"exact_reference", "reference_short"}


@pytest.mark.parametrize("method", list(SETTLED))
def test_what_customers_settle_with_each_other_is_settled(day: Said, method: str) -> None:
    (told,) = [each for each in day.json["settlements"] if each["method"] == method]
    way, moves, _ = SETTLED[method]
    assert (told["way"], told["state"]) == (way, "SETTLED")
    assert [(each["currency"], each["amount"]) for each in told["moves"]] == moves
    assert {each["state"] for each in told["legs"]} == {"SETTLED"}
    full = {each["uetr"]: each for each in day.json["matches"]}
    for leg in told["legs"]:
        assert full[leg["uetr"]]["sides"] == ["chain", "books"]
        assert full[leg["uetr"]]["complete"] is True


@pytest.mark.parametrize("method", list(SETTLED))
def test_it_moves_just_what_was_agreed_from_wallet_to_wallet(
    place: Place, day: Said, method: str
) -> None:
    (told,) = [each for each in day.json["settlements"] if each["method"] == method]
    _, _, changes = SETTLED[method]
    with place.reading() as session:
        names = {str(each.address): each.name.split()[0] for each in settlement.wallets(session)}
        posted = [
            entry
            for leg in told["legs"]
            for entry in ledger.entries(session, uetr=leg["uetr"])
            if entry.phase is Phase.POSTED
        ]
        # Each leg is booked once, under its own UETR.
        assert len(posted) == len(told["legs"])
        first, last = min(each.sequence for each in posted), max(each.sequence for each in posted)
        accounts = {one.account for each in posted for one in each.postings}
        moved = {
            code: held(session, code, last) - held(session, code, first - 1) for code in accounts
        }
    assert {
        (code.split(":")[1], names[code.split(":")[2]]): units
        for code, units in moved.items()
        if code.startswith("WALLET:")
    } == changes
    # What passes through the engine does not stay there.
    assert all(units == 0 for code, units in moved.items() if code.startswith("CLEARING:"))


@pytest.mark.parametrize(("method", "names"), list(TOLD.items()))
def test_the_chain_tells_it_in_one_transaction(
    place: Place, day: Said, method: str, names: dict[str, int]
) -> None:
    (told,) = [each for each in day.json["settlements"] if each["method"] == method]
    with place.reading() as session:
        kept = settlement.settlement_by_uetr(session, told["uetr"])
        assert kept is not None
        (by,) = [
            each
            for each in intents.intents(session, instruction_id=kept.id)
            if each.purpose == SETTLES[kept.way]
        ]
        found = events.events_of_transactions(session, by.tx_hash)
    assert Counter(each.name for each in found) == names
    for each in found:
        if each.name in {"TransferRef", "Settled", "NetSettled"}:
            assert kept.content_id in each.args.values()
    if method != "NET":
        assert {each.uetr for each in found if each.name == "Settled"} == {told["uetr"]}


def test_nothing_stays_held_and_nothing_stays_at_the_engine(place: Place, day: Said) -> None:
    assert day.code == 0
    with place.reading() as session:
        opened = events.events_page(session, name="HoldOpened", limit=1000)
        closed = events.events_page(session, name="HoldClosed", limit=1000)
        clearing = ledger.accounts(session, "CLEARING")
        assert {held(session, each.code) for each in clearing} == {0}
    assert [each.currency for each in clearing] == ["EUR"]
    assert {each.args["id"] for each in opened} == {each.args["id"] for each in closed}
    freed = Counter(each.args["released"] for each in closed if int(each.args["released"]))
    # Of what four set aside for the batch; two of them come to pay nothing.
    assert freed == {"190000": 1, "70000": 1, "200000": 2}


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


def held(session: Session, code: str, until: int | None = None) -> int:
    """What an account holds, as of an entry."""
    account = ledger.account(session, code)
    assert account is not None
    return balances.balance(session, code, sequence_until=until).posted(account.normal_side)


def _settled(told: dict[str, Any]) -> dict[str, Any]:
    """What must not change: all but the moment and the block of the proof."""
    lines = [
        {name: value for name, value in line.items() if name != "block"}
        for line in told["proof"]["lines"]
    ]
    return told | {"proof": {"agrees": told["proof"]["agrees"], "lines": lines}}
