"""TokenUpgrader: puts a token on new code. It keeps no money; its trial moves are undone.

In: nothing. Out: `RULES`. Called by: the rulebook of all bindings.
"""

from __future__ import annotations

from typing import Final

from node.posting.rule import silent

_CONTRACT: Final = "TokenUpgrader"

RULES: Final = (
    silent(_CONTRACT, "TokenUpgraded", "the code changed; balances did not"),
    silent(_CONTRACT, "AuthorityUpdated", "rights changed, no money moved"),
)
