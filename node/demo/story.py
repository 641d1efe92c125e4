"""Which story a data folder holds, so that one is continued and another never mixed into it.

In: the data folder, the name of a story. Out: the folder, holding that story alone; what stood
there before is put aside in it, whole. Called by: command here.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Final

from node.chain.embedded import in_use
from node.core.errors import Rejected

DAY: Final = "day"
_MARK: Final = "story.json"
_ASIDE: Final = "aside"


class StoryRunning(Rejected):
    """A node is working in the data folder at this moment."""

    code = "DEMO_IS_RUNNING"
    title = "The demo is running"


class NotADemo(Rejected):
    """The data folder holds something that no demo has written."""

    code = "DATA_FOLDER_NOT_A_DEMO"
    title = "Not a demo's folder"


def claim(folder: Path, chain: Path, story: str, say: Callable[[str], None]) -> None:
    """Let the folder hold `story`; another one is put aside first.

    Raises `StoryRunning` while a node works there, `NotADemo` for a folder of something else.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if in_use(chain):
        raise StoryRunning(
            f"a node is running on {folder}",
            remedy="Stop it first (Ctrl-C in its terminal), or set CONCORD_DATA_FOLDER.",
        )
    found = _story(folder)
    if found == story:
        return
    if found is not None:
        aside = _put_aside(folder)
        say(f"{folder} held another story; it is kept in {aside}")
    elif any(folder.iterdir()):
        raise NotADemo(
            f"{folder} is not empty and holds no demo",
            remedy="Set CONCORD_DATA_FOLDER to an empty folder, or remove it: make reset.",
        )
    (folder / _MARK).write_text(json.dumps({"story": story}))


def of_messages(folder: Path) -> str:
    """The name of the story that a folder of messages tells."""
    return f"messages {folder.resolve()}"


def _story(folder: Path) -> str | None:
    try:
        found = json.loads((folder / _MARK).read_text())["story"]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    return str(found)


def _put_aside(folder: Path) -> Path:
    within = folder / _ASIDE
    aside = next(within / str(n) for n in count(1) if not (within / str(n)).exists())
    aside.mkdir(parents=True)
    # The mark goes last: until then the folder still says whose the rest is.
    parts = [each for each in folder.iterdir() if each.name not in {_ASIDE, _MARK}]
    for part in [*parts, folder / _MARK]:
        part.rename(aside / part.name)
    return aside
