"""The law of addresses: nothing in the repository ties it to one registry or one machine.

No package registry is named, no path starts at somebody's home, and package-lock.json records no
place a module came from.
"""

import re
from collections.abc import Iterator

import pytest

from tests.style.source import ROOT, Offence, hold, repository_files

REGISTRY = re.compile(
    r"\b(?:pypi\.org|pythonhosted\.org|registry\.npmjs\.org|registry\.yarnpkg\.com|crates\.io"
    r"|proxy\.golang\.org|repo1?\.maven\.\w+|deb\.debian\.org|binaries\.soliditylang\.org)\b"
)
MACHINE_PATH = re.compile(r"(?<![\w.)}~-])/(?:home|root|work|Users)/\w+")
RESOLVED = re.compile(r'"resolved"\s*:')

ESCAPES: dict[str, str] = {}


def test_no_addresses() -> None:
    found: list[Offence] = []
    for path in repository_files():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue  # not text: images, and bank files in older encodings
        found += addresses(str(path.relative_to(ROOT)), text)
    hold(found, ESCAPES)


def addresses(path: str, text: str) -> Iterator[Offence]:
    rules = [(REGISTRY, "names a package registry"), (MACHINE_PATH, "is one machine's path")]
    if path.endswith("package-lock.json"):
        rules.append((RESOLVED, "records where a module came from"))
    for pattern, what in rules:
        for match in pattern.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            yield Offence(path, line, f"{match.group()!r} {what}")


# Written in pieces, so that this file keeps the law it proves.
@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("requirements.lock", "--index-url https://pypi" + ".org/simple"),
        ("package-lock.json", '"resolved" : "elsewhere"'),
        ("README.md", "see /" + "home/jane/notes"),
        ("Makefile", "cd /" + "root/project && make"),
    ],
)
def test_an_address_is_found(path: str, text: str) -> None:
    assert [each.line for each in addresses(path, f"first line\n{text}\n")] == [2]


@pytest.mark.parametrize(
    "text", ["GET /v1/home/page", "node/work/x", "https://example.org/home/x", '"resolved": true']
)
def test_what_is_none_of_those_is_free(text: str) -> None:
    assert not list(addresses("README.md", text))
