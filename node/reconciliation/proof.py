"""The proof: chain, books and bank say the same, to the unit, or each difference is a listed break.

In: token supply at a final block, the books up to one entry, the closing balances of statements,
open breaks: all at the cut of the last comparison. Out: `Proof`. Called by: api, console, cli.

Two identities are proved per currency. Chain minus books is what open breaks say about the chain;
bank minus books is what they say about the bank. Neither uses the running counters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from node.bank import store as bank
from node.chain.deployments import Deployment
from node.chain.rpc import Rpc
from node.core.clock import Clock
from node.core.errors import Retryable
from node.db.unit_of_work import read_only
from node.ledger import balances
from node.ledger import store as ledger
from node.ledger.account import AccountKind
from node.reconciliation import store
from node.reconciliation.breaks import NOTHING, Explained
from node.reconciliation.cut import Cut, read_cut
from node.reconciliation.supply import supplies


class NotCompared(Retryable):
    """The records were never compared: there is nothing to prove yet."""

    code = "NOT_COMPARED_YET"
    title = "Nothing compared yet"


@dataclass(frozen=True, slots=True)
class ProofLine:
    """One currency, in minor units, at one block and one ledger sequence.

    `chain` is the token's supply; `books` what they owe to wallets; `bank` what the statements
    leave for wallets once everything else in the books is taken off. `token_liability` and
    `nostro_mirror` are the books' own totals, `statement_closing` the bank's. `explained` is the
    part of `difference` (bank minus chain) that open breaks name.
    """

    currency: str
    chain: int
    books: int
    bank: int
    difference: int
    block: int
    ledger_sequence: int
    token_liability: int
    nostro_mirror: int
    statement_closing: int
    explained: int
    agrees: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """Every currency at one cut; `agrees` when each of them does."""

    agrees: bool
    lines: tuple[ProofLine, ...]
    at: datetime
    block: int = -1
    entry: int = 0


@dataclass(frozen=True, slots=True)
class _Totals:
    """What each record holds in one currency."""

    supply: int
    wallets: int
    nostros: int
    closing: int


class Prover:
    """Proves on demand."""

    def __init__(self, *, engine: Engine, rpc: Rpc, deployment: Deployment, clock: Clock) -> None:
        self._engine = engine
        self._rpc = rpc
        self._deployment = deployment
        self._clock = clock

    def prove(self) -> Proof:
        """Add the records up anew at the last cut. Raises `NotCompared` before the first one."""
        with read_only(self._engine) as session:
            cut = read_cut(session)
            if cut.block < 0:
                raise NotCompared(
                    "chain, books and bank were not compared yet",
                    remedy="Let the node run until a block is final, then ask again.",
                )
            supply = supplies(self._rpc, self._deployment, cut.block)
            explained = store.explained(session)
            lines = tuple(
                _line(code, _totals(session, code, cut, supply), cut, explained.get(code, NOTHING))
                for code in sorted({*ledger.currencies(session), *supply})
            )
        agrees = all(line.agrees for line in lines)
        return Proof(agrees, lines, self._clock.now(), cut.block, cut.entry)


def _totals(session: Session, code: str, cut: Cut, supply: Mapping[str, int]) -> _Totals:
    return _Totals(
        supply=supply.get(code, 0),
        wallets=balances.total_tokenised(session, code, cut.entry),
        nostros=balances.total_posted(session, AccountKind.NOSTRO, code, cut.entry),
        closing=bank.closing_total(session, code, cut.statement),
    )


def _line(code: str, totals: _Totals, cut: Cut, named: Explained) -> ProofLine:
    bank_less_books = totals.closing - totals.nostros
    chain_less_books = totals.supply - totals.wallets
    return ProofLine(
        currency=code,
        chain=totals.supply,
        books=totals.wallets,
        bank=totals.wallets + bank_less_books,
        difference=bank_less_books - chain_less_books,
        block=cut.block,
        ledger_sequence=cut.entry,
        token_liability=totals.wallets,
        nostro_mirror=totals.nostros,
        statement_closing=totals.closing,
        explained=named.bank - named.chain,
        agrees=(bank_less_books, chain_less_books) == named,
    )
