"""Token supply against the books: what no item explains is a break of its own.

In: supply, wallets' total, what open breaks explain. Out: the remainder, signed. Found by the
balances through `RULE`. It sees what no event told, such as a token minted past its gate.
"""

from __future__ import annotations

from node.reconciliation.balance import BalanceRule, Weights


def remainder(weights: Weights) -> int:
    """The part of chain minus books that no open break names."""
    return weights.supply - weights.wallets - weights.explained_chain


RULE = BalanceRule("chain_balance", 40, remainder)
