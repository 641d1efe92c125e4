"""Errors: each renders itself once, the same for every surface.

In: made-up errors, and the source of all that the node declares. Run by pytest.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from node.core.errors import Fatal, NotFound, Rejected, Retryable

NODE = Path(__file__).resolve().parents[3] / "node"


def test_a_problem_says_all_that_a_caller_needs() -> None:
    error = NotFound("no break 'b-9'", remedy="Look at the list.", subject="b-9", page=3)
    assert error.problem() == {
        "type": "/errors/NOT_FOUND",
        "title": "Not found",
        "status": 404,
        "detail": "no break 'b-9'",
        "code": "NOT_FOUND",
        "retryable": False,
        "remedy": "Look at the list.",
        "subject": "b-9",
        "page": "3",
    }


def test_a_problem_without_remedy_does_not_pretend_one() -> None:
    assert "remedy" not in Rejected("no").problem()


def test_the_text_of_an_error_is_its_detail() -> None:
    assert str(Retryable("the RPC is down", remedy="Wait.")) == "the RPC is down"


def test_only_the_retryable_branch_says_that_time_heals() -> None:
    assert [each("x").problem()["retryable"] for each in (Retryable, Rejected, Fatal)] == [
        True,
        False,
        False,
    ]


def test_a_code_is_written_in_capitals() -> None:
    codes = set(_declared())
    assert len(codes) > 20
    assert {code for code in codes if not re.fullmatch(r"[A-Z][A-Z0-9_]+", code)} == set()


def _declared() -> Iterator[str]:
    """The code of every class in the node that has one of its own."""
    for path in sorted(NODE.rglob("*.py")):
        for each in ast.walk(ast.parse(path.read_text())):
            if isinstance(each, ast.ClassDef):
                yield from _codes(each)


def _codes(declared: ast.ClassDef) -> Iterator[str]:
    for line in declared.body:
        match line:
            case (
                ast.Assign(targets=[ast.Name("code")], value=ast.Constant(str(code)))
                | ast.AnnAssign(target=ast.Name("code"), value=ast.Constant(str(code)))
            ):
                yield code
