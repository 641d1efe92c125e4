"""The law of settings: each one is described where it is defined and named in the documents.

In: `node.settings.Settings`, README.md and docs/. Sleeps until node/settings.py is written.
"""

import importlib
import re
from collections.abc import Iterator

import pytest
from pydantic import BaseModel, Field

from tests.style.source import ROOT, Offence, hold

PATH = "node/settings.py"

ESCAPES: dict[str, str] = {}


def test_settings_are_documented() -> None:
    if not (ROOT / PATH).exists():
        pytest.skip(f"{PATH} is not written yet")
    settings: type[BaseModel] = importlib.import_module("node.settings").Settings
    documents = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    text = "\n".join(path.read_text("utf-8") for path in documents if path.exists())
    hold(undocumented(settings, text), ESCAPES)


def undocumented(settings: type[BaseModel], text: str) -> Iterator[Offence]:
    prefix = str(settings.model_config.get("env_prefix", ""))
    for name, setting in settings.model_fields.items():
        if not (setting.description or "").strip():
            yield Offence(PATH, 0, f"setting {name!r} has no description")
        variable = re.escape(f"{prefix}{name}".upper())
        if not re.search(rf"\b(?:{variable}|{re.escape(name)})\b", text):
            yield Offence(PATH, 0, f"setting {name!r} is named in no document")


class _Example(BaseModel):
    rpc_urls: str = Field(description="Where the chain is.")
    port: int = 8080


def test_a_silent_setting_is_found() -> None:
    found = [each.what for each in undocumented(_Example, "`RPC_URLS`: the chain.")]
    assert found == [
        "setting 'port' has no description",
        "setting 'port' is named in no document",
    ]


def test_a_longer_name_does_not_count() -> None:
    assert len(list(undocumented(_Example, "rpc_urls_max, port_internal"))) == 3
