"""Real bank messages instead of the made-up day: one payment on three records under one UETR."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_line import ROOT, Said, concord

SAMPLES = ROOT.parent / "shared" / "samples" / "cbpr_c5641"
TWO_PAYMENTS = ROOT / "tests" / "data" / "two_payments"
UETR = "7a562c67-ca16-48ba-b074-65581be6f001"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the story."""
    return tmp_path_factory.mktemp("messages") / "var"


@pytest.fixture(scope="module")
def told(folder: Path) -> Said:
    """The linked CBPR+ messages, played."""
    if not SAMPLES.is_dir():
        pytest.skip("the genuine CBPR+ messages are not beside this checkout")
    return concord(folder, "demo", "--once", "--json", "--messages", SAMPLES)


def test_the_payment_is_one_match_of_chain_books_and_bank(told: Said) -> None:
    assert told.code == 0, told.err
    assert [(each["uetr"], each["sides"]) for each in told.json["matches"]] == [
        (UETR, ["chain", "books", "bank"])
    ]


def test_the_proof_is_green_to_the_unit(told: Said) -> None:
    (line,) = told.json["proof"]["lines"]
    assert told.json["proof"]["agrees"] is True
    assert told.json["breaks"] == []
    assert (line["currency"], line["chain"], line["books"], line["bank"], line["difference"]) == (
        "CAD",
        "2565972.00",
        "2565972.00",
        "2565972.00",
        "0.00",
    )
    assert line["statement_closing"] == "2469428.00"


def test_messages_that_are_not_read_are_said(told: Said) -> None:
    kinds = [each["kind"] for each in told.json["notes"]]
    assert kinds == ["MESSAGE_NOT_READ"] * 3  # pacs.002, camt.056, camt.029


def test_another_story_puts_this_one_aside(folder: Path, told: Said) -> None:
    assert told.code == 0
    day = concord(folder, "demo", "--once", "--json")
    assert day.code == 0, day.err
    assert (folder / "aside" / "1" / "concord.db").exists()
    assert "aside" in day.err


def test_payments_without_uetr_on_the_statement_match_by_reference_or_by_amount_and_day(
    tmp_path: Path,
) -> None:
    said = concord(tmp_path / "var", "demo", "--once", "--json", "--messages", TWO_PAYMENTS)
    assert said.code == 0, said.err
    assert sorted((each["rule"], each["complete"]) for each in said.json["matches"]) == [
        ("amount_and_date", True),
        ("payment_reference", True),
    ]
    assert [(each["cause"], each["side"], each["amount"]) for each in said.json["breaks"]] == [
        ("UNIDENTIFIED", "bank", "-15.00")
    ]
    (line,) = said.json["proof"]["lines"]
    assert (line["chain"], line["bank"], line["agrees"]) == ("75001000.50", "75000985.50", True)


def test_a_folder_without_messages_moves_nothing(tmp_path: Path) -> None:
    empty = tmp_path / "nothing"
    empty.mkdir()
    said = concord(tmp_path / "var", "demo", "--once", "--json", "--messages", empty)
    assert said.code == 3
    assert "NO_MESSAGES" in said.out + said.err
    assert not (tmp_path / "var" / "concord.db").exists()


def test_a_payment_that_the_statement_lacks_is_a_break(tmp_path: Path) -> None:
    if not SAMPLES.is_dir():
        pytest.skip("the genuine CBPR+ messages are not beside this checkout")
    story = tmp_path / "messages"
    story.mkdir()
    for name in ("1_pacs009_BtoC.xml", "4_camt053_DtoE.xml"):
        content = (SAMPLES / name).read_text("utf-8")
        if name.startswith("1"):
            content = content.replace(UETR, "11111111-2222-4333-8444-555555555555")
        (story / name).write_text(content, "utf-8")
    said = concord(tmp_path / "var", "demo", "--once", "--json", "--messages", story)
    assert said.code == 0, said.err
    assert said.json["proof"]["agrees"] is True
    causes = sorted((each["cause"], each["side"]) for each in said.json["breaks"])
    assert causes == [("MISSING", "bank"), ("UNIDENTIFIED", "bank")]
