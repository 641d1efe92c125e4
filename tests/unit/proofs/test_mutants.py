"""The list of mutations: each still applies, and the test it names is there.

Whether a test catches it is asked by `make verify`; that it says anything at all is asked here.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from scripts.compile import ROOT
from scripts.proofs import workshop
from scripts.proofs.mutants import MUTANTS_MIN
from scripts.proofs.mutation import DoesNotApply, Mutation, mutations

LISTED = mutations()
FIRST = LISTED[0]


def test_a_line_that_is_gone_is_told() -> None:
    gone = replace(FIRST, before="return 42;")
    with pytest.raises(DoesNotApply, match="0 times"):
        gone.applied({FIRST.file: (ROOT / FIRST.file).read_text("utf-8")})


def test_a_line_that_is_there_twice_is_told() -> None:
    with pytest.raises(DoesNotApply, match="2 times"):
        FIRST.applied({FIRST.file: f"{FIRST.before}\n    {FIRST.before}\n"})


def test_only_the_one_line_changes() -> None:
    sources = {FIRST.file: f"a\n  {FIRST.before}\nb\n", "other.sol": "c\n"}
    assert FIRST.applied(sources) == {FIRST.file: f"a\n{FIRST.after}\nb\n", "other.sol": "c\n"}


def test_there_are_enough_under_names_of_their_own() -> None:
    assert len({each.name for each in LISTED}) == len(LISTED) >= MUTANTS_MIN


@pytest.mark.npm
@pytest.mark.parametrize("mutation", LISTED, ids=lambda each: each.name)
def test_each_applies_to_a_contract_that_is_deployed(mutation: Mutation) -> None:
    names = workshop.made_of(mutation.file)
    assert names
    assert mutation.applied(workshop.imported(names[0])) != workshop.imported(names[0])
    assert mutation.before != mutation.after


@pytest.mark.parametrize("mutation", LISTED, ids=lambda each: each.name)
def test_the_test_that_must_notice_is_there(mutation: Mutation) -> None:
    in_python = mutation.test.startswith("tests/")
    path = mutation.test.partition("::")[0] if in_python else f"tests/solidity/{mutation.test}"
    assert (ROOT / path).is_file()
