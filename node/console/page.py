"""Rendering: a template and its values in, an HTML answer out.

In: a request, a template's name, what it shows. Out: the page, escaped by default.
Called by: every view, errors.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from node.console import display
from node.console.access import services_of
from node.console.door import visitor_of

_FOLDER: Final = Path(__file__).parent
STATIC: Final = _FOLDER / "static"
THEME_COOKIE: Final = "concord_theme"
THEMES: Final = ("light", "dark")


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    shown = (display.amount, display.signed, display.count, display.moment, display.machine_time,
             display.day, display.short, display.size, display.words,
             display.settled_as)  # fmt: skip
    made.filters.update({each.__name__: each for each in shown})
    made.globals["plural"] = display.plural
    return made


_TEMPLATES: Final = _environment()


def page(
    request: Request, template: str, *, status_code: int = 200, **shown: object
) -> HTMLResponse:
    """The answer that shows `template`, with what every page needs beside its own values."""
    services = services_of(request)
    frame = {
        "visitor": visitor_of(request),
        "theme": theme_of(request),
        "demo": services.demo,
        "version": services.version,
        "place": request.url.path,
        "section": request.url.path.strip("/").partition("/")[0],
        "today": services.clock.today(),
    }
    content = _TEMPLATES.get_template(template).render(frame | shown)
    return HTMLResponse(content, status_code)


def theme_of(request: Request) -> str:
    """The colours the visitor chose; empty follows the system."""
    chosen = request.cookies.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else ""
