"""Mutations: one line of a contract said wrongly, and the test that must notice.

In: mutations.toml beside this file. Out: `Mutation`s, and the sources with one of them applied, in
memory alone. Used by mutants.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LIST: Final = Path(__file__).with_name("mutations.toml")


class DoesNotApply(Exception):
    """The line is not in its file, or there more than once; the mutation says nothing any more."""


@dataclass(frozen=True)
class Mutation:
    """`before` is a line of `file` without its indentation; `after` stands in its place.

    `breaks` is the property that is then no longer true; `test` is where that must be seen, a file
    of tests/solidity or a test of pytest.
    """

    name: str
    file: str
    before: str
    after: str
    breaks: str
    test: str

    def applied(self, sources: dict[str, str]) -> dict[str, str]:
        """The sources with the one line changed. Raises `DoesNotApply`."""
        lines = sources[self.file].splitlines()
        places = [place for place, line in enumerate(lines) if line.strip() == self.before]
        if len(places) != 1:
            raise DoesNotApply(f"its line is {len(places)} times in {self.file}")
        lines[places[0]] = self.after
        return sources | {self.file: "\n".join(lines) + "\n"}


def mutations() -> list[Mutation]:
    found = tomllib.loads(LIST.read_text("utf-8"))
    return [Mutation(**each) for each in found["mutation"]]
