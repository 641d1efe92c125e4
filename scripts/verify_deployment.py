"""Proves that what stands on a chain is the plan: code, wiring, limits and the whole role table.

In: a plan in TOML, an endpoint or the word `embedded`, the record that
`scripts.deploy apply` wrote. Out: the differences. Called by: developers and CI, as
`python -m scripts.verify_deployment PLAN.toml --rpc URL`.

Exit codes: 0 proved, 1 there are differences, 2 usage, 3 refused, 5 a dependency is down or another
chain answers.
"""

from __future__ import annotations

import argparse
import json
import sys

from rich.console import Console
from rich.text import Text

from node.chain.deployment.plan import read_plan
from node.chain.deployment.verify import verify
from node.chain.deployments import load_deployment
from scripts.deployment import place as places
from scripts.deployment.outcome import DIFFERENCE, OK, ended
from scripts.deployment.screen import differences_table
from scripts.deployment.survey import differences_as_json


def main(arguments: list[str] | None = None) -> int:
    """Verify; the exit code."""
    parser = argparse.ArgumentParser(prog="scripts.verify_deployment", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    places.add_place(parser)
    options = parser.parse_args(arguments)
    return ended(lambda: _verify(options), as_json=options.json)


def _verify(options: argparse.Namespace) -> int:
    with places.opened(options, read_plan(options.plan), None, writes=False) as place:
        deployment = load_deployment(place.record)
        block = place.rpc.block("latest").number
        differences = tuple(verify(place.rpc, place.plan, deployment))
    proved = not differences
    if options.json:
        told = {"proved": proved, "chain_id": place.plan.chain_id, "block": block}
        print(json.dumps(told | {"differences": differences_as_json(differences)}))
    elif proved:
        contracts = len(deployment.contracts) + len(deployment.implementations)
        Console(soft_wrap=True, highlight=False).print(
            Text("Proved", "bold green"),
            f"at block {block} of chain {place.plan.chain_id}:"
            f" {contracts} contracts, their limits and every role are those of {options.plan}.",
            markup=False,
        )
    else:
        Console().print(differences_table(differences))
    return OK if proved else DIFFERENCE


if __name__ == "__main__":
    sys.exit(main())
