"""A Python source as the laws see it: its place, its tree, and what it imports.

In: files of the repository, or a snippet given as text to prove that a law can fail. Out: `Source`
values and the `Offence`s that laws find in them. Used by the tests beside this file.
"""

import ast
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path, PurePosixPath
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
CODE = ("node", "scripts", "tests")


class Offence(NamedTuple):
    """One breach of a law: in which file, at which line (0: the whole file), and what it is."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


class Import(NamedTuple):
    """One imported name in full: `from node.core import money` gives `node.core.money`."""

    line: int
    target: str

    def within(self, module: str) -> bool:
        return self.target == module or self.target.startswith(f"{module}.")


@dataclass(frozen=True)
class Source:
    """One Python file, by its path from the root of the repository."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, filename=self.path)

    @cached_property
    def package(self) -> tuple[str, ...]:
        """The packages around this module; for an `__init__.py`, itself."""
        return PurePosixPath(self.path).parent.parts

    @cached_property
    def module(self) -> str:
        stem = PurePosixPath(self.path).stem
        return ".".join(self.package if stem == "__init__" else (*self.package, stem))

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        return tuple(self._imports())

    def _imports(self) -> Iterator[Import]:
        for statement in ast.walk(self.tree):
            if isinstance(statement, ast.Import):
                for alias in statement.names:
                    yield Import(statement.lineno, alias.name)
            elif isinstance(statement, ast.ImportFrom):
                for alias in statement.names:
                    yield Import(statement.lineno, f"{self._origin(statement)}.{alias.name}")

    def _origin(self, statement: ast.ImportFrom) -> str:
        if statement.level == 0:
            return statement.module or ""
        around = self.package[: len(self.package) - statement.level + 1]
        return ".".join((*around, *filter(None, [statement.module])))


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    """Read every Python file under these top-level folders."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return tuple(Source(str(path.relative_to(ROOT)), path.read_text("utf-8")) for path in paths)


@cache
def repository_files() -> tuple[Path, ...]:
    """List what git keeps or would keep: everything that is not ignored."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    paths = (ROOT / name for name in sorted(set(listed.split("\0"))) if name)
    return tuple(path for path in paths if path.is_file())


def offences(law: Callable[[Source], Iterable[Offence]], *folders: str) -> list[Offence]:
    """Ask one law about every file under these folders."""
    return [offence for source in sources(*folders) for offence in law(source)]


def hold(found: Iterable[Offence], escapes: Mapping[str, str]) -> None:
    """Fail with every offence that has no escape, and every escape that nothing uses.

    An escape is a path with the reason why the law does not reach it.
    """
    found = list(found)
    broken = [str(offence) for offence in found if offence.path not in escapes]
    unused = [f"{path}: unused escape" for path in escapes.keys() - {each.path for each in found}]
    unreasoned = [f"{path}: escape without a reason" for path, why in escapes.items() if not why]
    complaints = sorted(broken) + sorted(unused) + sorted(unreasoned)
    assert not complaints, "\n" + "\n".join(complaints)
