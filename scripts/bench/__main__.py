"""Runs the benchmarks whose name begins with a prefix, and prints one line of JSON for each.

In: `--only PREFIX`. Out: lines on stdout; what could not run is named on stderr. Called by:
`make bench`. Exit code 2 when no benchmark has that prefix.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping

from node.core.plugins import discover
from scripts.bench import benchmarks
from scripts.bench.measured import Absent, Measured

Lines = Mapping[str, Measured | Absent]
Benchmarks = Mapping[str, Callable[[], Measured | Lines]]


def main(arguments: list[str] | None = None) -> int:
    """Run what is chosen; the exit code."""
    parser = argparse.ArgumentParser(prog="scripts.bench", description=__doc__)
    parser.add_argument("--only", default="", metavar="PREFIX", help="such as `gas.` or `post`")
    prefix = parser.parse_args(arguments).only
    known = found()
    chosen = {name: run for name, run in known.items() if name.startswith(prefix)}
    if not chosen:
        print(f"no benchmark begins with {prefix!r}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    return run_all(chosen)


def found() -> Benchmarks:
    """Every benchmark by its name: that of its file, with dots."""
    return {
        module.__name__.rpartition(".")[2].replace("_", "."): module.measure
        for module in discover(benchmarks)
    }


def run_all(chosen: Benchmarks) -> int:
    """Run them one after the other; where CI installs everything, nothing may be absent."""
    code = 0
    for name, measure in chosen.items():
        for ending, found in _lines(measure).items():
            if isinstance(found, Measured):
                print(found.line(name + ending), flush=True)
                continue
            print(f"{name}{ending} did not run: {found}", file=sys.stderr)
            code = 1 if os.environ.get("CI") == "true" else code
    return code


def _lines(measure: Callable[[], Measured | Lines]) -> Lines:
    """What a benchmark found, by what each line has behind its name."""
    try:
        found = measure()
    except Absent as absent:
        return {"": absent}
    return {"": found} if isinstance(found, Measured) else found


if __name__ == "__main__":
    sys.exit(main())
