"""Runs the proofs: `python -m scripts.proofs [name ...]`; by default all.

In: names of proofs. Out: a table of what each tried and found; 1 if anything is not proved. Called
by `make verify`.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from scripts.proofs import tools
from scripts.proofs.proof import Proof, Verdict
from scripts.proofs.proofs import PROOFS


@dataclass(frozen=True)
class Result:
    """A verdict and how long it took."""

    proof: Proof
    verdict: Verdict
    seconds: int


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts.proofs", description=__doc__)
    names = [proof.name for proof in PROOFS]
    parser.add_argument("names", nargs="*", metavar="name", help=f"of: {', '.join(names)}")
    asked = parser.parse_args(arguments).names or names
    if unknown := sorted(set(asked) - set(names)):
        parser.error(f"no such proof: {', '.join(unknown)}; there are: {', '.join(names)}")
    results = run([proof for proof in PROOFS if proof.name in asked])
    print(f"\n{summary(results)}")
    return 0 if all(each.verdict.proved for each in results) else 1


def run(proofs: Sequence[Proof]) -> list[Result]:
    """All of them, those that may on all cores at once; in the order given."""
    done = {proof.name: _timed(proof) for proof in proofs if proof.alone}
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        waiting = [pool.submit(_timed, proof) for proof in proofs if not proof.alone]
        for each in as_completed(waiting):
            done[each.result().proof.name] = each.result()
    return [done[proof.name] for proof in proofs]


def summary(results: Sequence[Result]) -> str:
    width = max((len(each.proof.name) for each in results), default=0)
    lines = [
        f"{'proved' if each.verdict.proved else 'FAILED'}  {each.proof.name:<{width}}"
        f"  {each.seconds:>4} s  {each.verdict.figures}"
        for each in results
    ]
    return "\n".join(lines)


def _timed(proof: Proof) -> Result:
    began = time.monotonic()
    try:
        verdict = proof.prove()
    except tools.ToolAbsent as absent:
        verdict = Verdict("did not run", (str(absent),))
    result = Result(proof, verdict, round(time.monotonic() - began))
    print(_told(result), flush=True)
    return result


def _told(result: Result) -> str:
    parts = [f"== {result.proof.name}", result.verdict.table, *result.verdict.failures]
    return "\n".join(part for part in parts if part) + "\n"


if __name__ == "__main__":
    sys.exit(main())
