"""How a script ends: the exit code, and an error in the words of the node.

In: what a verb does. Out: an exit code: 0 done, 1 a difference, 2 usage, 3 refused, 5 a dependency
is down or the chain is not ours. Called by: deploy, verify_deployment.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Final

from rich.console import Console

from node.core.errors import ConcordError
from node.terminal import show

OK: Final = 0
DIFFERENCE: Final = 1
REFUSED: Final = 3


def ended(verb: Callable[[], int], *, as_json: bool) -> int:
    """Run a verb to its exit code; what it raises on purpose is told on stderr."""
    try:
        return verb()
    except ConcordError as error:
        if as_json:
            print(json.dumps(error.problem()), file=sys.stderr)
        else:
            show.error(error, Console(stderr=True, soft_wrap=True))
        return error.exit_code
    except KeyboardInterrupt:
        print("stopped; the same command goes on from here", file=sys.stderr)
        return 130
