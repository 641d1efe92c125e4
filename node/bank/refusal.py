"""The root of every refusal of a bank file: where in the file, and what to do.

In: a detail, a remedy, a line. Out: `FileRefused`. Called by: everything here that refuses; its
leaves stand beside what raises them.
"""

from __future__ import annotations

from node.core.errors import Rejected


class FileRefused(Rejected):
    """A bank file, or a part of it and so all of it, is refused; `line` is where it was found."""

    code = "FILE_REFUSED"
    title = "Bank file refused"

    def __init__(
        self, detail: str, *, remedy: str = "", line: int | None = None, **facts: object
    ) -> None:
        where = {} if line is None else {"line": line}
        super().__init__(detail, remedy=remedy, **where, **facts)
        self.line = line
        self.format = ""  # the message name, once the reader knows it
