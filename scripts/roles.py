"""Prints who may call what, as the chain itself answers, and where the code says otherwise.

In: an endpoint or the word `embedded`, the record that `scripts.deploy apply` wrote. Out: the
matrix of every function against every role. Called by: developers, auditors and CI, as
`python -m scripts.roles --rpc URL`.

Exit codes: 0 the chain is as the code says, 1 it differs, 2 usage, 3 refused, 5 a dependency is
down.
"""

from __future__ import annotations

import argparse
import json
import sys

from rich.console import Console

from node.chain.deployment.matrix import asked
from scripts.deployment import place as places
from scripts.deployment.matrix_screen import as_json, show
from scripts.deployment.outcome import DIFFERENCE, OK, ended


def main(arguments: list[str] | None = None) -> int:
    """Ask the chain and print; the exit code."""
    parser = argparse.ArgumentParser(prog="scripts.roles", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    places.add_chain(parser)
    options = parser.parse_args(arguments)
    return ended(lambda: _roles(options), as_json=options.json)


def _roles(options: argparse.Namespace) -> int:
    with places.standing(options) as (rpc, deployment):
        block = rpc.block("latest").number
        matrix = asked(rpc, deployment)
    differences = tuple(matrix.differences())
    if options.json:
        told = {"chain_id": deployment.chain_id, "block": block}
        print(json.dumps(told | as_json(matrix, differences)))
    else:
        title = f"Chain {deployment.chain_id} at block {block}"
        show(Console(highlight=False), title, matrix, differences)
    return DIFFERENCE if differences else OK


if __name__ == "__main__":
    sys.exit(main())
