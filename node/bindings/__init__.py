"""What each of our contracts means: its events in the books, and the calls we make. One file each.

`RULES` of every file go into one rulebook. Called by: app (the rulebook), settlement (the calls).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Final

from node.chain.deployments import DeployedContract
from node.core.plugins import discover
from node.ledger import chart
from node.ledger.chart import AccountSpec
from node.posting.rulebook import Rulebook

# Money may pass through these within a call, and none of them ever keeps any.
PASSING: Final = frozenset({"SettlementEngine", "LockBox", "TreasuryAdapter"})


def rulebook(contracts: Iterable[DeployedContract] = ()) -> Rulebook:
    """The posting rules of all bindings, for the contracts of one deployment."""
    modules = discover(sys.modules[__name__])
    rules = (rule for module in modules for rule in module.RULES)
    return Rulebook(rules, clearing_accounts(contracts))


def clearing_accounts(contracts: Iterable[DeployedContract]) -> dict[str, AccountSpec]:
    """The clearing accounts of a deployment, by the code each would have as a wallet."""
    known = list(contracts)
    currencies = {each.currency for each in known if each.currency}
    return {
        chart.wallet(code, each.address).code: chart.clearing(code, each.address)
        for each in known
        if each.contract in PASSING
        for code in sorted(currencies)
    }
