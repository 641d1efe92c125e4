"""The verbs of `concord audit`: is everything as it was written, and can that be shown to others?

In: words of a command line. Out: a table or one JSON object; exit code 1 where something was
changed. Called by: cli.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console

from node.cli.opened import ANSWER_IS_NO, Json, opened, print_json
from node.db.unit_of_work import read_only
from node.sealing import inclusion, verification
from node.sealing.inclusion import Inclusion, NoProof
from node.terminal import show

app: Final = typer.Typer(
    name="audit",
    help="Prove that books and audit trail are as they were written.",
    no_args_is_help=True,
)


@app.command()
def verify(
    *,
    proof: Annotated[
        Path | None,
        typer.Option(
            help="Check this proof of one entry instead; it needs no database.", dir_okay=False
        ),
    ] = None,
    json_output: Json = False,
) -> None:
    """Look at every entry, account, action and seal. Exit code 1 when one was changed."""
    if proof is not None:
        _said(inclusion.check(_read(proof)), json_output=json_output)
        return
    with opened() as node, read_only(node.engine) as session:
        seen = asdict(verification.verify(session))
    if json_output:
        print_json({"ok": not seen["found"], **seen})
    else:
        show.verified(seen, Console())
    raise typer.Exit(ANSWER_IS_NO if seen["found"] else 0)


@app.command("proof")
def proof_of(entry: Annotated[str, typer.Argument(help="The id of a journal entry.")]) -> None:
    """Print the proof that an entry is sealed, for whoever keeps the hash of the seal."""
    with opened() as node, read_only(node.engine) as session:
        print_json(inclusion.prove(session, entry).as_json())


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise NoProof(
            f"{path} cannot be read as a proof: {error}",
            remedy="Name a file that `concord audit proof` printed.",
        ) from error
    return found if isinstance(found, dict) else {}


def _said(proved: Inclusion, *, json_output: bool) -> None:
    seal = proved.seal
    if json_output:
        print_json({"ok": True, "seal": seal.number, "hash": seal.hash, "content": proved.content})
        return
    show.included(proved.content, seal.number, seal.hash, Console())
