"""Deploys a plan: `plan` shows what would be done, `apply` does it, `key` makes the key that pays.

In: a plan in TOML (docs/deploy.md), an endpoint or the word `embedded`, a keystore. Out: contracts
on the chain and deployments/<chain_id>.json. Called by: developers, as
`python -m scripts.deploy plan PLAN.toml --rpc URL`.

Exit codes: 0 done, 1 what stands differs, 2 usage, 3 refused, 5 a dependency is down or another
chain answers.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from rich.console import Console

from node.chain.deployment.adding import Addition, add
from node.chain.deployment.apply import ensure_deployed
from node.chain.deployment.plan import read_plan
from node.chain.deployment.roles import ADMIN
from node.chain.deployment.scheduled import Hands
from node.chain.deployment.steps import steps_of
from node.chain.deployment.verify import verify
from node.chain.deployments import Deployment
from node.core.errors import Rejected
from node.core.types import Address
from node.submission.deployer import KeystoreDeployer
from scripts.deployment import place as places
from scripts.deployment.calls import call_text, leave_batch
from scripts.deployment.outcome import DIFFERENCE, OK, ended
from scripts.deployment.place import Place
from scripts.deployment.screen import differences_table, rights_table, show
from scripts.deployment.survey import (
    State,
    Survey,
    addition_as_json,
    as_json,
    differences_as_json,
    surveyed,
)


class NotConfirmed(Rejected):
    """The person did not say yes."""

    code = "NOT_CONFIRMED"
    title = "Not confirmed"


def main(arguments: list[str] | None = None) -> int:
    """Run one verb; its exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.verb == "apply" and options.json and not options.yes:
        parser.error("--json asks no question, so it needs --yes")
    verbs = {"plan": _plan, "apply": _apply, "key": _key}
    return ended(lambda: verbs[options.verb](options), as_json=options.json)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts.deploy", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    verbs = parser.add_subparsers(dest="verb", required=True)
    plan = verbs.add_parser("plan", help="show what would be deployed and granted; send nothing")
    apply = verbs.add_parser("apply", help="deploy what is missing; run again, it goes on")
    for verb in (plan, apply):
        places.add_place(verb)
        places.add_keys(verb)
        places.add_account(verb, ADMIN)
    apply.add_argument("--yes", action="store_true", help="do not ask")
    key = verbs.add_parser("key", help="the address of the key that pays; made where there is none")
    places.add_folder(key)
    places.add_keys(key)
    key.add_argument("--import", dest="source", type=Path, metavar="FILE", help="a key in hex")
    key.add_argument("--json", action="store_true", help="one JSON object on stdout")
    return parser


def _plan(options: argparse.Namespace) -> int:
    plan, payer = read_plan(options.plan), places.deployer_seen(options)
    with places.opened(options, plan, payer, writes=False) as place:
        found = surveyed(place, payer, options.account)
    if options.json:
        print(json.dumps(as_json(found)))
    else:
        show(Console(), found)
    return DIFFERENCE if found.state is State.DIFFERS else OK


def _apply(options: argparse.Namespace) -> int:
    plan, payer = read_plan(options.plan), places.deployer(options)
    with places.opened(options, plan, payer.address, writes=True) as place:
        found = surveyed(place, payer.address, options.account)
        if found.state in {State.NOTHING, State.INTERRUPTED, State.ADDING}:
            found.refuse_unfunded()
            _confirmed(options, found)
        if found.state is State.ADDING and not _added(options, place, payer).done:
            return OK
        deployment = _sent(place, payer)
        differences = tuple(verify(place.rpc, place.plan, deployment))
    if options.json:
        print(
            json.dumps(
                _result(found, deployment) | {"differences": differences_as_json(differences)}
            )
        )
    elif differences:
        Console().print(differences_table(differences))
    else:
        _say(found, deployment)
    return DIFFERENCE if differences else OK


def _added(options: argparse.Namespace, place: Place, payer: KeystoreDeployer) -> Addition:
    """Create what is to be added, and have ADMIN give it its rights as far as that goes now."""
    admin = places.holder(place.plan, ADMIN, options.account)
    hands = Hands(payer, admin, places.signer(options, admin))
    console = Console(stderr=True, highlight=False)
    found = add(place.rpc, place.plan, place.record, hands, progress=console.print)
    leave_batch(place.record, place.plan.chain_id, found.calls)
    if found.done:
        return found
    if options.json:
        print(json.dumps({"state": "ADDING", "addition": addition_as_json(found)}))
    else:
        Console(highlight=False).print(rights_table(found), *map(call_text, found.calls))
    return found


def _key(options: argparse.Namespace) -> int:
    keys = places.keystore(options)
    if options.source:
        keys.take(options.deployer, options.source)
    address: Address = keys.create(options.deployer)
    print(json.dumps({"label": options.deployer, "address": address}) if options.json else address)
    return OK


def _confirmed(options: argparse.Namespace, found: Survey) -> None:
    if options.yes:
        return
    show(Console(), found)
    try:
        answer = input(f"Apply this to chain {found.place.plan.chain_id}? [y/N] ")
    except EOFError:
        answer = ""
    if answer.strip().lower() not in {"y", "yes"}:
        raise NotConfirmed("nothing was sent", remedy="Answer y, or give --yes.")


def _sent(place: Place, payer: KeystoreDeployer) -> Deployment:
    steps = list(steps_of(place.plan))
    console = Console(stderr=True, highlight=False)

    def begins(step: str) -> None:
        console.print(f"{steps.index(step) + 1:>3}/{len(steps)} {step}")

    return ensure_deployed(place.rpc, place.plan, payer, place.record, progress=begins)


def _result(found: Survey, deployment: Deployment) -> dict[str, Any]:
    made = (*deployment.contracts, *deployment.implementations)
    return {
        "state": "STANDS" if found.state is State.STANDS else "APPLIED",
        "chain_id": deployment.chain_id,
        "record": str(found.place.record),
        "deployer": found.payer,
        "contracts": {each.label: each.address for each in made},
    }


def _say(found: Survey, deployment: Deployment) -> None:
    console = Console(soft_wrap=True, highlight=False)
    if found.state is State.STANDS:
        console.print("[bold green]Everything stands[/]: nothing was sent.")
    else:
        console.print("[bold green]Applied and proved[/]; the deployer holds no role.")
    for each in (*deployment.contracts, *deployment.implementations):
        console.print(f"  {each.address}  {each.label}")
    console.print(f"  record {found.place.record}", markup=False)


if __name__ == "__main__":
    sys.exit(main())
