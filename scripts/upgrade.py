"""Upgrades the tokens: `plan` shows what changes, `apply` does what it can now, `verify` proves.

In: a plan in TOML, an endpoint or the word `embedded`, the record, a keystore; the new code is that
of node/artifacts. Out: scheduled and, once the delay is over, done upgrades; the record of them.
Called by: developers, as `python -m scripts.upgrade plan PLAN.toml --rpc URL` (docs/deploy.md).

Exit codes: 0 done as far as it can be now, 1 verify found differences, 2 usage, 3 refused, 5 a
dependency is down or another chain answers.
"""

from __future__ import annotations

import argparse
import json
import re
import sys

from rich.console import Console

from node.chain.deployment.plan import read_plan
from node.chain.deployment.roles import UPGRADER
from node.chain.deployment.scheduled import Hands
from node.chain.deployment.upgrade import surveyed
from node.chain.deployment.upgrading import Progress, advance, upgrade_differences
from scripts.deployment import place as places
from scripts.deployment import upgrade_screen as screen
from scripts.deployment.calls import leave_batch
from scripts.deployment.outcome import DIFFERENCE, OK, REFUSED, ended
from scripts.deployment.screen import differences_table
from scripts.deployment.survey import differences_as_json


def main(arguments: list[str] | None = None) -> int:
    """Run one verb; its exit code."""
    options = _parser().parse_args(arguments)
    verbs = {"plan": _plan, "apply": _apply, "verify": _verify}
    return ended(lambda: verbs[options.verb](options), as_json=options.json)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts.upgrade", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    verbs = parser.add_subparsers(dest="verb", required=True)
    plan = verbs.add_parser("plan", help="compare, rehearse on the chain, show; send nothing")
    apply = verbs.add_parser("apply", help="schedule; run again after the delay, it goes on")
    verify = verbs.add_parser("verify", help="prove that every token runs on the new code")
    for verb in (plan, apply, verify):
        places.add_place(verb)
    for verb in (plan, apply):
        verb.add_argument(
            "--migration", type=_calldata, default="0x", metavar="0x…",
            help="call of the new code, made as it is installed",
        )  # fmt: skip
    places.add_keys(apply)
    places.add_account(apply, UPGRADER)
    return parser


def _plan(options: argparse.Namespace) -> int:
    with places.opened(options, read_plan(options.plan), None, writes=False) as place:
        survey = surveyed(place.rpc, place.record, options.migration)
    _shown(options, Progress(survey))
    return REFUSED if survey.is_needed and survey.all_faults else OK


def _apply(options: argparse.Namespace) -> int:
    plan = read_plan(options.plan)
    account = places.holder(plan, UPGRADER, options.account)
    payer = places.deployer(options)
    with places.opened(options, plan, payer.address, writes=True) as place:
        found = advance(
            place.rpc,
            place.record,
            Hands(payer, account, places.signer(options, account)),
            options.migration,
            progress=lambda step: print(step, file=sys.stderr),
        )
        leave_batch(place.record, plan.chain_id, found.calls)
    _shown(options, found)
    return OK


def _verify(options: argparse.Namespace) -> int:
    with places.opened(options, read_plan(options.plan), None, writes=False) as place:
        block = place.rpc.block("latest").number
        found = tuple(upgrade_differences(place.rpc, place.plan, place.record))
    if options.json:
        told = {"proved": not found, "chain_id": place.plan.chain_id, "block": block}
        print(json.dumps(told | {"differences": differences_as_json(found)}))
    elif found:
        Console().print(differences_table(found))
    else:
        print(f"Proved at block {block}: every token runs on the code of this release, and each"
              " balance, hold, flag and frozen amount is what the events add up to.")  # fmt: skip
    return DIFFERENCE if found else OK


def _shown(options: argparse.Namespace, found: Progress) -> None:
    if options.json:
        print(json.dumps(screen.as_json(found)))
    else:
        screen.show(Console(highlight=False), found)


def _calldata(text: str) -> str:
    if not re.fullmatch(r"0x(?:[0-9a-fA-F]{2})*", text):
        raise argparse.ArgumentTypeError("is 0x and hexadecimal digits")
    return text


if __name__ == "__main__":
    sys.exit(main())
