"""Reads what forge tells of coverage: an lcov report.

In: the report as text. Out: for each file how often each line and each branch was run. Called by
the proof of coverage.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Source:
    """One file: hits by line, and hits by line and branch."""

    lines: dict[int, int] = field(default_factory=dict)
    branches: dict[tuple[int, str], int] = field(default_factory=dict)

    def without(self, excused: set[int]) -> Source:
        return Source(
            {line: hits for line, hits in self.lines.items() if line not in excused},
            {key: hits for key, hits in self.branches.items() if key[0] not in excused},
        )

    @property
    def missed(self) -> list[int]:
        lines = {line for line, hits in self.lines.items() if not hits}
        return sorted(lines | {line for (line, _), hits in self.branches.items() if not hits})


def parse(report: str) -> dict[str, Source]:
    """All files of a report, by path."""
    sources: dict[str, Source] = {}
    current = Source()
    for line in report.splitlines():
        tag, _, value = line.partition(":")
        if tag == "SF":
            current = sources.setdefault(value, Source())
        elif tag == "DA":
            number, hits = value.split(",")[:2]
            current.lines[int(number)] = int(hits)
        elif tag == "BRDA":
            number, block, path, taken = value.split(",")
            current.branches[int(number), f"{block}.{path}"] = 0 if taken == "-" else int(taken)
    return sources


def percents(sources: Iterable[Source]) -> tuple[float, float]:
    """Of the lines and of the branches; all of nothing is everything."""
    every = list(sources)
    lines = [hits for source in every for hits in source.lines.values()]
    branches = [hits for source in every for hits in source.branches.values()]
    return _percent(lines), _percent(branches)


def _percent(hits: list[int]) -> float:
    return 100 * sum(map(bool, hits)) / len(hits) if hits else 100
