"""The verb of `concord certificate`: does a certificate hold, without the database?

In: a file. Out: what it says of the day; exit code 3 where it does not hold. Called by: cli.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from node.cli.opened import Json, print_json
from node.days.certificate import CertificateWrong
from node.days.certificate import verify as verified
from node.terminal import show

app: Final = typer.Typer(
    name="certificate", help="Check certificates of business days.", no_args_is_help=True
)


@app.callback()
def _group() -> None:
    """Keeps `verify` a verb of its own while it is the only one."""


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="The JSON file of a signed day.")],
    *,
    json_output: Json = False,
) -> None:
    """Check root, sums and breaks of a certificate; no node is needed."""
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CertificateWrong(
            f"{file} cannot be read: {error}", remedy="Name the JSON file of a signed day."
        ) from error
    certificate = verified(text)
    content = certificate.content
    told = {
        "ok": True,
        "day": content["day"],
        "root": certificate.root,
        "currencies": len(content["currencies"]),
        "accounts": len(content["accounts"]),
        "breaks": len(content["breaks"]),
    }
    if json_output:
        print_json(told)
    else:
        show.certificate(told, Console())
