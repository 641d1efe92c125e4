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

from node.chain.deployment.plan import Plan, read_plan
from node.chain.deployment.upgrade import surveyed
from node.chain.deployment.upgrading import Hands, Progress, advance, upgrade_differences
from node.chain.deployments import checksummed
from node.core.errors import Rejected
from node.core.ids import wallet_key
from node.core.types import Address
from node.submission.deployer import KeystoreDeployer
from scripts.deployment import place as places
from scripts.deployment import upgrade_screen as screen
from scripts.deployment.outcome import DIFFERENCE, OK, REFUSED, ended
from scripts.deployment.place import Place
from scripts.deployment.safe_batch import write_batch
from scripts.deployment.screen import differences_table
from scripts.deployment.survey import differences_as_json


class UpgraderUnclear(Rejected):
    """The plan does not say which one account schedules."""

    code = "UPGRADER_UNCLEAR"
    title = "Upgrader unclear"


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
    apply.add_argument(
        "--account", type=_account, metavar="0x…",
        help="who schedules (default: the one holder of UPGRADER in the plan)",
    )  # fmt: skip
    return parser


def _plan(options: argparse.Namespace) -> int:
    with places.opened(options, read_plan(options.plan), None, writes=False) as place:
        survey = surveyed(place.rpc, place.record, options.migration)
    _shown(options, Progress(survey))
    return REFUSED if survey.is_needed and survey.all_faults else OK


def _apply(options: argparse.Namespace) -> int:
    plan = read_plan(options.plan)
    account = _upgrader(plan, options.account)
    keys = places.keystore(options)
    payer = places.deployer(options)
    signer = KeystoreDeployer(keys, account) if wallet_key(account) in keys.addresses() else None
    with places.opened(options, plan, payer.address, writes=True) as place:
        found = advance(
            place.rpc,
            place.record,
            Hands(payer, account, signer),
            options.migration,
            progress=lambda step: print(step, file=sys.stderr),
        )
        _batch(place, found)
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


def _batch(place: Place, found: Progress) -> None:
    """Leave what a Safe has to send beside the record, as its web application reads it."""
    path = place.record.with_suffix(".safe.json")
    path.unlink(missing_ok=True)
    if found.calls:
        calls = [(each.what, each.to, each.data) for each in found.calls]
        write_batch(path, place.plan.chain_id, calls)
        print(f"for the Safe: {path}", file=sys.stderr)


def _upgrader(plan: Plan, asked: Address | None) -> Address:
    holders = plan.roles["UPGRADER"].holders
    if asked is not None and asked not in holders:
        raise UpgraderUnclear(
            f"{asked} does not hold UPGRADER in the plan",
            remedy=f"Name one of {', '.join(holders)}.",
        )
    if asked is None and len(holders) > 1:
        raise UpgraderUnclear(
            "several accounts hold UPGRADER", remedy=f"Name one by --account: {', '.join(holders)}."
        )
    return asked or holders[0]


def _calldata(text: str) -> str:
    if not re.fullmatch(r"0x(?:[0-9a-fA-F]{2})*", text):
        raise argparse.ArgumentTypeError("is 0x and hexadecimal digits")
    return text


def _account(text: str) -> Address:
    try:
        return checksummed(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


if __name__ == "__main__":
    sys.exit(main())
