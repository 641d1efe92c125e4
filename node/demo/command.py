"""The verb `demo`: plays a story on the node and shows what came of it, once or serving.

In: settings, which story, how to show it. Out: an exit code: 0 when the proof agrees, 1 when it
does not. Called by: cli.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.markup import escape

from node.app import Node, build, serve
from node.demo import day, messages, story
from node.demo.messages import MessageFile
from node.demo.report import report
from node.demo.stage import Stage
from node.settings import Settings
from node.terminal import show

DISAGREES: Final = 1


def run_demo(
    settings: Settings,
    *,
    once: bool,
    messages: Path | None,
    json_output: bool,
    console: Console,
) -> int:
    """Play a story; then serve it until Ctrl-C, or with `once` tell the outcome and stop."""

    def say(text: str) -> None:
        console.print(f"[dim]·[/] {text}", highlight=False)

    files = _claim(settings, messages, say)
    node = build(settings, progress=say, currencies=_currencies(files))
    try:
        _play(node, files, say)
        told = report(node, files or ())
        if json_output:
            sys.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
        else:
            _tell(told)
        if not once:
            serve(node, on_ready=lambda url: _ready(console, url, told["proof"]))
        return 0 if told["proof"]["agrees"] else DISAGREES
    finally:
        node.close()


def _claim(
    settings: Settings, folder: Path | None, say: Callable[[str], None]
) -> Sequence[MessageFile] | None:
    """Read the messages first, so that a folder of nonsense moves nothing; then take the folder."""
    files = None if folder is None else messages.load(folder)
    name = story.DAY if folder is None else story.of_messages(folder)
    story.claim(settings.data_folder, settings.chain_file, name, say)
    return files


def _currencies(files: Sequence[MessageFile] | None) -> tuple[str, ...]:
    return day.CURRENCIES if files is None else messages.currencies(files)


def _play(node: Node, files: Sequence[MessageFile] | None, say: Callable[[str], None]) -> None:
    stage = Stage(node, say)
    if files is None:
        day.play(stage)
    else:
        messages.play(stage, files)


def _tell(told: dict[str, Any]) -> None:
    console = Console()
    show.proof(told["proof"], console)
    show.breaks(told["breaks"], console)
    for note in told["notes"]:
        console.print(f"[bold]note[/] {note['kind']}: {escape(note['text'])}", highlight=False)
    show.settlements(told["settlements"], console)
    matched = sum(each["complete"] for each in told["matches"])
    console.print(f"{matched} of {len(told['matches'])} payments match in full.", highlight=False)


def _ready(console: Console, url: str, proof: dict[str, Any]) -> None:
    console.print(show.verdict(proof), highlight=False)
    console.print(f"Concord serves at [bold]{url}[/], Ctrl-C stops it.", highlight=False)
