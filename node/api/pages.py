"""Pages of the API for people: a template and its values in, an HTML answer out.

In: a template's name, what it shows. Out: the page, escaped by default, under a policy that lets it
load our stylesheet and nothing else. Called by: routes docs and errors.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

STYLE_PATH: Final = "/docs/style.css"
_FOLDER: Final = Path(__file__).parent / "templates"
_POLICY: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'none'; frame-ancestors 'none'; "
        "base-uri 'none'"
    )
}
_QUOTED: Final = re.compile(r"`([^`]+)`")


def code_marked(text: str) -> Markup:
    """The text with what stands between backticks shown as code."""
    return Markup(_QUOTED.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped here


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["code_marked"] = code_marked
    made.globals["style_path"] = STYLE_PATH
    return made


_TEMPLATES: Final = _environment()
STYLE: Final = (_FOLDER / "style.css").read_text("utf-8")


def page(template: str, **shown: object) -> HTMLResponse:
    """The answer that shows `template`."""
    return HTMLResponse(_TEMPLATES.get_template(template).render(shown), headers=_POLICY)
