"""What each of our contracts means: its events in the books, and the calls we make. One file each.

`RULES` of every file go into one rulebook. Called by: app (the rulebook), settlement (the calls).
"""

from __future__ import annotations

import sys

from node.core.plugins import discover
from node.posting.rulebook import Rulebook


def rulebook() -> Rulebook:
    """The posting rules of all bindings."""
    modules = discover(sys.modules[__name__])
    return Rulebook(rule for module in modules for rule in module.RULES)
