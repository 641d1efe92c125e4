"""The `concord` command: reads settings, chooses a verb, says what came of it.

In: words of a command line. Out: tables or one JSON object on stdout, progress and errors on
stderr, an exit code that docs/operations.md lists. Called by: a person, a scheduler, `make run`.
"""

from __future__ import annotations

import getpass
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import structlog
import typer
from rich.console import Console
from rich.markup import escape

from node import log
from node.app import Node, build, load_settings, serve
from node.chain.deployment.demo_plan import CAPACITY
from node.cli import audit, certificate
from node.cli.opened import ANSWER_IS_NO, Json, catch_up, log_file, opened, print_json, stderr
from node.control import halt
from node.control.halt import Scope
from node.core.errors import ConcordError, Rejected
from node.db.unit_of_work import read_only, unit_of_work
from node.ground import NoNodeYet, SettingRefused, forget
from node.reconciliation import store as reconciliation
from node.services import Check
from node.settings import PREFIX
from node.settings import Settings as Settings
from node.terminal import shapes, show
from node.web import listen

UNEXPECTED: Final = 5
AMOUNT_MAX: Final = f"{PREFIX}AMOUNT_MAX"
MESSAGE_AMOUNT_MAX: Final = str(CAPACITY)

app = typer.Typer(
    name="concord",
    help="Settlement node of a bank: chain, books and bank statements agree, or say why not.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(audit.app)
app.add_typer(certificate.app)
Port = Annotated[int | None, typer.Option(help="Serve on this port.", min=1, max=65_535)]


class FileNotReadable(Rejected):
    """A file named on the command line cannot be read."""

    code = "FILE_NOT_READABLE"
    title = "File not readable"


def main(words: Sequence[str] | None = None) -> None:
    """Run one verb, and end the process with its exit code."""
    given = list(sys.argv[1:] if words is None else words)
    try:
        app(given, prog_name="concord")
    except ConcordError as error:
        if "--json" in given:
            print_json(error.problem())
        else:
            show.error(error, stderr())
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        structlog.get_logger(__name__).critical("unexpected", exc_info=error)
        if "--debug" in given:
            raise
        stderr().print(
            f"[bold red]✗ Something unexpected happened:[/] {type(error).__name__}. The details are"
            " in concord.log in the data folder; `concord --debug …` shows them.",
            highlight=False,
        )
        sys.exit(UNEXPECTED)


@app.callback()
def _root(
    *, debug: Annotated[bool, typer.Option(help="Show the details of what goes wrong.")] = False
) -> None:
    if debug:
        log.configure("debug")


@app.command()
def demo(
    *,
    once: Annotated[bool, typer.Option("--once", help="End after the proof.")] = False,
    messages: Annotated[
        Path | None,
        typer.Option(
            help="A folder of bank messages (camt, pacs) to play instead of the made-up day.",
            exists=True,
            file_okay=False,
        ),
    ] = None,
    port: Port = None,
    reset: Annotated[
        bool, typer.Option("--reset", help="Forget the last demo and begin anew.")
    ] = False,
    json_output: Json = False,
) -> None:
    """Play a business day on a node of its own, then serve it in your browser."""
    # Real messages carry what they carry; the limit for one instruction is for callers.
    amount_max = MESSAGE_AMOUNT_MAX if messages and not os.environ.get(AMOUNT_MAX) else None
    settings = load_settings(port=port, demo=True, amount_max=amount_max)
    if not once:
        listen(settings.host, settings.port).close()  # before anything heavy is started
    if reset:
        forget(settings.data_folder, settings.chain_file)
    log.configure(settings.log_level, file=log_file(settings))
    run_demo = importlib.import_module("node.demo.command").run_demo
    raise typer.Exit(
        run_demo(settings, once=once, messages=messages, json_output=json_output, console=stderr())
    )


@app.command()
def run(*, port: Port = None, json_output: Json = False) -> None:
    """Run the node: follow the chain, keep the books, compare, serve API and console."""
    settings = load_settings(port=port)
    log.configure(settings.log_level)
    console = stderr()

    def ready(url: str) -> None:
        if json_output:
            print_json({"url": url, "chain_id": node.deployment.chain_id})
        console.print(f"Concord serves at [bold]{url}[/], Ctrl-C stops it.", highlight=False)

    with listen(settings.host, settings.port) as listener:
        node = build(settings, progress=_progress(console))
        try:
            serve(node, on_ready=ready, listener=listener)
        finally:
            node.close()


@app.command("import")
def import_files(
    files: Annotated[list[Path], typer.Argument(help="camt, pacs, MT940, MT942, BAI2, CSV.")],
    *,
    by: Annotated[str | None, typer.Option(help="Who hands them in, for the trail.")] = None,
    json_output: Json = False,
) -> None:
    """Take bank files in, each whole or not at all; a refused one changes nothing."""
    with opened() as node:
        told = []
        for path in files:
            told.append(_import(node, path, by or getpass.getuser()))
            if not json_output:
                show.file(told[-1], Console())
        catch_up(node)
    refused = sum(not each["accepted"] for each in told)
    if json_output:
        print_json({"files": told, "accepted": len(told) - refused, "refused": refused})
    raise typer.Exit(ANSWER_IS_NO if refused else 0)


@app.command()
def prove(*, json_output: Json = False) -> None:
    """Compare chain, books and bank. Exit code 0 only when they agree."""
    with opened() as node:
        catch_up(node)
        told = shapes.proof_object(node.services.prove())
    if json_output:
        print_json(told)
    else:
        show.proof(told, Console())
    raise typer.Exit(0 if told["agrees"] else ANSWER_IS_NO)


@app.command()
def breaks(
    *,
    currency: Annotated[str | None, typer.Option(help="Of one currency, such as EUR.")] = None,
    json_output: Json = False,
) -> None:
    """List what does not agree: why, how much, how old, and whose it is."""
    with opened() as node:
        catch_up(node)
        with read_only(node.engine) as session:
            found = reconciliation.open_breaks(session)
        told = [
            shapes.break_object(each, node.clock.today())
            for each in sorted(found, key=lambda each: (each.value_date, each.sequence))
            if currency in (None, each.currency)
        ]
    if json_output:
        print_json({"breaks": told})
    else:
        show.breaks(told, Console())


@app.command()
def doctor(*, json_output: Json = False) -> None:
    """Look for what is wrong with the node, and say what to do about it."""
    try:
        with opened() as node:
            checks = node.services.checks()
    except (NoNodeYet, SettingRefused):
        raise
    except ConcordError as error:
        checks = [Check("start", ok=False, finding=error.detail, remedy=error.remedy)]
    told = [shapes.check_object(each) for each in checks]
    is_well = all(each.ok for each in checks)
    if json_output:
        print_json({"ok": is_well, "checks": told})
    else:
        show.checks(told, Console())
    raise typer.Exit(0 if is_well else ANSWER_IS_NO)


@app.command()
def lift(
    scope: Annotated[Scope, typer.Argument(help="What stands still.")],
    *,
    by: Annotated[str | None, typer.Option(help="Who lifts the halt, for the trail.")] = None,
    json_output: Json = False,
) -> None:
    """Let a halted scope go on, once its cause is removed."""
    with opened() as node, unit_of_work(node.engine) as session:
        reason = halt.halted(session, scope)
        halt.lift(session, scope, by or getpass.getuser(), node.clock.now())
    if json_output:
        print_json({"scope": scope, "lifted": reason is not None, "reason": reason or ""})
    else:
        text = f"{scope} goes on; it stood still: {reason}" if reason else f"{scope} did not halt."
        Console().print(escape(text), highlight=False)


def _import(node: Node, path: Path, by: str) -> dict[str, Any]:
    try:
        received = node.services.receive_file(_content(path), path.name, by)
    except Rejected as error:
        return shapes.refused_object(str(path), error)
    return shapes.received_object(str(path), received)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileNotReadable(
            f"{path} cannot be read: {error.strerror}", remedy="Check its name and rights."
        ) from error


def _progress(console: Console) -> Callable[[str], None]:
    return lambda text: console.print(f"[dim]·[/] {escape(text)}", highlight=False)
