"""What must be true after every step, whatever happened: asked of the rows and of the chain.

In: the database, the forked chain, the deployment. Out: nothing, or an AssertionError that names
the rows. Called by the machine after each step.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine

from node.chain.artifacts import load
from node.chain.codec import event_topics
from node.chain.deployments import Deployment
from node.core.types import Side
from node.db.unit_of_work import read_only
from node.ledger import balances
from node.submission.intent import STEPS, IntentState
from tests.simulation.endpoint import logs
from tests.simulation.forks import Block, Forks
from tests.support.chain_bank import CURRENCIES
from tests.support.chain_keys import address

# Which topic of an event that moves money is the reference to its payment.
REFERENCE = {
    event_topics(load("DepositToken"))["TransferRef"]: 3,
    event_topics(load("IssuanceGate"))["Issued"]: 2,
    event_topics(load("IssuanceGate"))["Redeemed"]: 2,
}
OPEN = [state.value for state in IntentState if STEPS.get(state)]


@dataclass
class Truths:
    """`blocks` keeps every block there ever was, so that the node's may be looked up."""

    engine: Engine
    forks: Forks
    deployment: Deployment
    blocks: dict[str, Block] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._reader = sqlite3.connect(str(self.engine.url.database), isolation_level=None)

    def close(self) -> None:
        self._reader.close()

    def check(self) -> None:
        """All of them."""
        self._remember()
        self._books_balance()
        for currency in CURRENCIES:
            self._supply_is_owed(currency)
        self._nothing_twice()
        self._nonces_without_gap()
        self._all_that_is_open_will_wake()

    def check_counters(self) -> None:
        """The running totals are what the postings add up to; slow, so seldom."""
        with read_only(self.engine) as session:
            assert balances.prove_counters(session) == []
            assert all(line.ok for line in balances.trial_balance(session))

    def one_with_the_chain(self) -> None:
        """At rest every wallet is owed what it holds, and the events are those of the chain."""
        head = self.forks.head.contracts
        with read_only(self.engine) as session:
            for currency in CURRENCIES:
                token = head.token(self.deployment.token(currency).address)
                for label in ("alice", "bob", "carol"):
                    code = f"WALLET:{currency}:{address(label)}"
                    owed = balances.balance(session, code).posted(Side.CREDIT)
                    assert owed == token.balances[address(label)], f"{code}: {owed} owed"
        last = self._rows(
            "SELECT e.block_hash, e.log_index, MAX(c.sequence), c.change FROM event_change c"
            " JOIN chain_event e ON e.id = c.event_id GROUP BY e.id"
        )
        standing = {(block, at) for block, at, _, change in last if change != "RETRACTED"}
        first = min(int(each.block_number) for each in self.deployment.contracts)
        written = {
            (each["blockHash"], int(each["logIndex"], 16))
            for block in self.forks.canonical[first:]
            for each in logs(block)
        }
        assert standing == written, "the events differ from those of a straight chain"
        assert {change for *_, change in last} <= {"FINAL", "RETRACTED"}

    def supply(self, block: Block, currency: str) -> int:
        """How much of a token there is at a block."""
        return block.contracts.token(self.deployment.token(currency).address).supply

    def _remember(self) -> None:
        at: Block | None = self.forks.head
        while at is not None and at.hash not in self.blocks:
            self.blocks[at.hash] = at
            at = at.parent

    def _books_balance(self) -> None:
        sums = self._rows(
            "SELECT e.currency, p.side, e.phase, SUM(p.amount) FROM posting p"
            " JOIN journal_entry e ON e.sequence = p.entry_sequence"
            " GROUP BY e.currency, p.side, e.phase"
        )
        by = {(currency, phase, side): total for currency, side, phase, total in sums}
        for currency, phase, _ in list(by):
            debit, credit = (by.get((currency, phase, side), 0) for side in ("DEBIT", "CREDIT"))
            assert debit == credit, f"{currency} {phase}: {debit} debited, {credit} credited"

    def _supply_is_owed(self, currency: str) -> None:
        """Posted liability and what is final but not posted yet: the supply at the final block."""
        ((owed,),) = self._rows(
            "SELECT COALESCE(SUM(c.credits_posted - c.debits_posted), 0) FROM account_counter c"
            " JOIN account a ON a.code = c.account WHERE a.currency = :currency"
            " AND a.kind IN ('WALLET', 'CLEARING')",
            currency=currency,
        )
        in_flight = self._rows(
            "SELECT e.name, e.args FROM event_change c JOIN chain_event e ON e.id = c.event_id"
            " WHERE c.change = 'FINAL' AND e.currency = :currency"
            " AND e.name IN ('Issued', 'Redeemed') AND c.sequence >"
            " COALESCE((SELECT position FROM cursor WHERE stage = 'posting.poster'), 0)",
            currency=currency,
        )
        for name, args in in_flight:
            amount = int(json.loads(args)["amount"])
            owed += amount if name == "Issued" else -amount
        final = self._rows(
            "SELECT b.hash FROM block b JOIN cursor c ON c.position = b.number"
            " WHERE c.stage = 'events.final' AND b.canonical"
        )
        supply = self.supply(self.blocks[final[0][0]], currency) if final else 0
        assert owed == supply, f"{currency}: {owed} owed and in flight, {supply} on chain"

    def _nothing_twice(self) -> None:
        """A payment moves once on the branch that counts, and stands once in the books."""
        moved = Counter(
            (each["address"], each["topics"][0], each["topics"][REFERENCE[each["topics"][0]]])
            for block in self.forks.canonical[-80:]
            for each in logs(block)
            if each["topics"][0] in REFERENCE
        )
        twice = [each for each, count in moved.items() if count > 1]
        assert not twice, f"on chain twice: {twice}"
        booked = self._rows(
            "SELECT uetr, rule, COUNT(*) FROM journal_entry WHERE phase = 'POSTED'"
            " AND uetr <> '' GROUP BY uetr, rule HAVING COUNT(*) > 1"
        )
        assert not booked, f"booked twice: {booked}"

    def _nonces_without_gap(self) -> None:
        rows = self._rows(
            "SELECT signer, COUNT(*), COUNT(DISTINCT nonce), MAX(nonce) FROM tx_intent"
            " WHERE nonce IS NOT NULL GROUP BY signer"
        )
        for signer, count, distinct, highest in rows:
            assert count == distinct == highest + 1, f"{signer}: {count} nonces up to {highest}"
            assert self.forks.nonce(signer) <= highest + 1

    def _all_that_is_open_will_wake(self) -> None:
        """A stage asks for it at its next tick; what it waits for is there, and is not lost."""
        waiting = self._rows("SELECT id, state, after FROM tx_intent")
        known = {each[0] for each in waiting}
        for intent, state, after in waiting:
            if state in OPEN:
                assert state in {"PREPARED", "SIGNED", "SENT", "MINED", "CONFIRMED"}, intent
                assert set(after.split()) <= known, f"{intent} waits for what nobody prepared"

    def _rows(self, query: str, **values: object) -> list[Any]:
        # The driver itself: this is asked several times after each of 100,000 steps.
        return self._reader.execute(query, values).fetchall()
