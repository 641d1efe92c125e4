"""The command: exit codes, one JSON object on stdout, errors that say what to do."""

from __future__ import annotations

import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from node import cli
from node.bank.statement import BOOKED, STATEMENT, Statement, StatementEntry
from node.bank.writer import write_camt053
from node.control import halt
from node.control.halt import Scope
from node.core.clock import SystemClock
from node.core.money import Money, currency
from node.db.engine import open_engine
from node.db.unit_of_work import unit_of_work
from node.ledger import store as ledger
from node.sealing.sealer import seal_all
from tests.support.node_folder import NOSTRO, UETRS, issue, opened


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - JSON
        return json.loads(self.out)


Concord = Callable[..., Said]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a node with two payments that the bank has not reported yet."""
    folder = tmp_path_factory.mktemp("played") / "var"
    with opened(folder) as node:
        issue(node)
        node.drive(to_final=True)
    return folder


@pytest.fixture
def folder(played: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(played, tmp_path / "var"))


@pytest.fixture
def concord(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Concord]:
    """Run the command in this process, on the test's folder."""
    for name in [each for each in os.environ if each.startswith("CONCORD_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CONCORD_DATA_FOLDER", str(tmp_path / "var"))
    monkeypatch.setenv("COLUMNS", "160")
    root = logging.getLogger()
    before, level = list(root.handlers), root.level

    def run(*words: str | Path) -> Said:
        with pytest.raises(SystemExit) as ended:
            cli.main([str(word) for word in words])
        out, err = capsys.readouterr()
        return Said(int(ended.value.code or 0), out, err)

    yield run
    for handler in set(root.handlers) - set(before):
        root.removeHandler(handler)
        handler.close()
    root.handlers[:] = before
    root.setLevel(level)


@pytest.mark.parametrize("verb", ["prove", "breaks", "doctor", "lift"])
def test_looking_at_a_node_that_is_not_there_makes_none(
    concord: Concord, tmp_path: Path, verb: str
) -> None:
    said = concord(verb, *(["posting"] if verb == "lift" else []), "--json")
    assert (said.code, said.json["code"]) == (3, "NO_NODE_YET")
    assert "concord demo" in said.json["remedy"]
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("words", [["prove", "--colour"], ["lift", "everything"], ["import"]])
def test_a_wrong_command_line_is_told(concord: Concord, words: list[str]) -> None:
    said = concord(*words)
    assert (said.code, said.out) == (2, "")
    assert said.err


def test_a_wrong_setting_is_told_before_anything_starts(
    concord: Concord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONCORD_PORT", "eighty")
    assert concord("prove", "--json").json["code"] == "SETTING_REFUSED"
    said = concord("doctor")
    assert (said.code, said.out) == (2, "")
    assert "CONCORD_PORT" in said.err


def test_something_unexpected_is_one_line_and_goes_into_the_log(
    concord: Concord, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("a defect of ours")

    monkeypatch.setattr(cli, "catch_up", broken)
    said = concord("prove")
    assert (said.code, said.out) == (5, "")
    assert "KeyError" in said.err
    assert "Traceback" not in said.err
    assert "a defect of ours" in (folder / "concord.log").read_text()


def test_a_reset_removes_no_folder_of_something_else(concord: Concord, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    precious = tmp_path / "var" / "precious.txt"
    precious.write_text("keep me")
    said = concord("demo", "--reset", "--once", "--json")
    assert (said.code, said.json["code"]) == (3, "NO_NODE_YET")
    assert precious.read_text() == "keep me"


def test_prove_says_no_when_the_books_were_changed(concord: Concord, folder: Path) -> None:
    assert concord("prove").code == 0
    engine = open_engine(f"sqlite:///{folder / 'concord.db'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE posting SET amount = amount + 1 WHERE account LIKE 'W%'"))
    engine.dispose()
    said = concord("prove", "--json")
    assert (said.code, said.json["agrees"]) == (1, False)
    told = concord("prove")
    assert told.code == 1
    assert "✗ Not proved: EUR" in told.out
    found = concord("doctor", "--json")
    assert (found.code, found.json["ok"]) == (1, False)
    assert [each["name"] for each in found.json["checks"] if not each["ok"]] == [
        "audit",
        "ledger",
    ]


def test_audit_verify_names_what_was_changed(concord: Concord, folder: Path) -> None:
    said = concord("audit", "verify", "--json")
    assert (said.code, said.json["ok"]) == (0, True)
    assert said.json["entries"] > 0
    engine = open_engine(f"sqlite:///{folder / 'concord.db'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE journal_entry SET narrative = 'x' WHERE sequence = 1"))
    engine.dispose()
    told = concord("audit", "verify")
    assert told.code == 1
    assert "journal_entry 1" in told.out
    assert concord("audit", "verify", "--json").json["found"][0]["where"] == "journal_entry 1"


def test_an_entry_is_proved_to_whoever_has_only_its_file(
    concord: Concord, folder: Path, tmp_path: Path
) -> None:
    engine = open_engine(f"sqlite:///{folder / 'concord.db'}")
    with unit_of_work(engine) as session:
        seal_all(session, SystemClock().now())
        entry = str(ledger.entries(session, limit=1)[0].id)
    engine.dispose()
    proof = tmp_path / "proof.json"
    proof.write_text(concord("audit", "proof", entry).out, "utf-8")
    shutil.rmtree(folder)
    said = concord("audit", "verify", "--proof", proof)
    assert (said.code, entry in said.out) == (0, True)
    proof.write_text(proof.read_text("utf-8").replace(entry, entry[::-1]), "utf-8")
    refused = concord("audit", "verify", "--proof", proof, "--json")
    assert (refused.code, refused.json["code"]) == (3, "INCLUSION_NOT_PROVED")
    for nothing in ("", "{}", "[]"):
        proof.write_text(nothing, "utf-8")
        assert concord("audit", "verify", "--proof", proof).code == 3


def test_the_doctor_reports_a_node_that_cannot_even_start(concord: Concord, folder: Path) -> None:
    shutil.rmtree(folder / "deployments")
    said = concord("doctor", "--json")
    assert said.code == 1
    (check,) = said.json["checks"]
    assert (check["name"], check["ok"]) == ("start", False)
    assert "make reset" in check["remedy"]


def test_a_halt_is_found_and_lifted_by_name(concord: Concord, folder: Path) -> None:
    engine = open_engine(f"sqlite:///{folder / 'concord.db'}")
    with unit_of_work(engine) as session:
        halt.halt(session, Scope.POSTING, "a deep reorg", SystemClock().now())
    engine.dispose()
    said = concord("doctor")
    assert said.code == 1
    assert "a deep reorg" in said.out
    assert "concord lift posting" in said.out
    lifted = concord("lift", "posting", "--by", "an operator", "--json").json
    assert lifted == {"scope": "posting", "lifted": True, "reason": "a deep reorg"}
    assert concord("lift", "posting", "--json").json["lifted"] is False
    assert concord("doctor").code == 0


def test_prove_prints_a_table_or_one_object(concord: Concord, folder: Path) -> None:
    assert folder.exists()
    told = concord("prove")
    assert "2,000.00" in told.out
    assert "✓ by its breaks" in told.out
    assert told.err == ""
    (line,) = concord("prove", "--json").json["lines"]
    assert (line["currency"], line["chain"], line["books"]) == ("EUR", "2000.00", "2000.00")


def test_breaks_are_listed_with_cause_amount_age_and_owner(concord: Concord, folder: Path) -> None:
    assert folder.exists()
    found = concord("breaks", "--json").json["breaks"]
    assert {(each["amount"], each["currency"], each["owner"]) for each in found} == {
        ("1200.00", "EUR", "treasury"),
        ("800.00", "EUR", "treasury"),
    }
    told = concord("breaks")
    for word in ("1,200.00 EUR", "treasury", found[0]["cause"], "0 d"):
        assert word in told.out
    assert concord("breaks", "--currency", "USD", "--json").json == {"breaks": []}


def test_import_takes_what_is_good_and_refuses_what_is_not(
    concord: Concord, folder: Path, tmp_path: Path
) -> None:
    assert folder.exists()
    good, bad = tmp_path / "good.xml", tmp_path / "bad.xml"
    good.write_bytes(_statement())
    bad.write_bytes(b"<!DOCTYPE x><Document/>")
    said = concord("import", good, bad, good, tmp_path / "none.xml", "--json")
    assert said.code == 1
    told = said.json
    assert (told["accepted"], told["refused"]) == (1, 3)
    first, hostile, twice, missing = told["files"]
    assert (first["accepted"], first["statements"], first["lines"]) == (True, 1, 2)
    assert hostile["line"] == 1
    assert hostile["remedy"]
    assert twice["code"].endswith("DUPLICATE")
    assert missing["code"] == "FILE_NOT_READABLE"
    assert concord("breaks", "--json").json["breaks"] == []
    told_again = concord("import", good)
    assert told_again.code == 1
    assert "✗" in told_again.out


def _statement() -> bytes:
    """The bank's word on both payments, booked today."""
    euro, today = currency("EUR"), SystemClock().today()
    amounts = (120_000, 80_000)
    lines = tuple(
        StatementEntry(
            position=place,
            amount=Money(units, euro),
            status=BOOKED,
            booking_date=today,
            value_date=today,
            uetr=uetr,
            end_to_end_id="",
            instruction_id="",
            servicer_reference=f"SVC-{place}",
            counterparty="",
            narrative="",
            reversal=False,
            line=1,
        )
        for place, (units, uetr) in enumerate(zip(amounts, UETRS, strict=False), start=1)
    )
    statement = Statement(
        kind=STATEMENT,
        message_id="MSG-1",
        statement_id="STMT-1",
        number=1,
        account_number=NOSTRO,
        currency="EUR",
        opening=Money(0, euro),
        closing=Money(sum(amounts), euro),
        opening_date=today,
        closing_date=today,
        entries=lines,
        line=1,
    )
    return write_camt053(
        statement, owner_bic="CNCDDEFF", servicer_bic="NORDDEFF", created_at=SystemClock().now()
    )
