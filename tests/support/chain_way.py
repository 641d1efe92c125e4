"""The whole way of the data: service, sender, chain, indexer, poster, tracker, in the node's order.

In: a database, a chain with the bank's contracts. Out: rounds of the stages, and what chain and
books say of each wallet. Used by tests of integration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session

from node.chain.artifacts import load
from node.chain.codec import decode_result, encode_call
from node.chain.deployments import Deployment
from node.chain.finality import embedded
from node.chain.rpc import Rpc
from node.core.stage import Stage
from node.db.engine import open_engine
from node.db.unit_of_work import read_only
from node.ledger import balances
from node.ledger import store as ledger
from node.ledger.entry import Entry
from node.pipeline import Parts, steps
from node.reconciliation.naming import Tolerance
from node.settlement import store as settlement
from node.submission import store as intents
from node.submission.intent import AFLOAT, IntentState
from tests.support.chain_bank import desk, open_bank
from tests.support.chain_desk import NOSTRO, SettlementDesk, unfenced
from tests.support.chain_keys import BANK, CUSTOMERS, MemorySigner, address
from tests.support.clock import Clock

CURRENCIES = ("CAD", "EUR")
CUSTODIAL = ("alice", "bob")
OWN_KEY = ("carol",)
ROUNDS_MAX = 60


@dataclass
class Way:
    """A node composed of its stages, on some chain."""

    engine: Engine
    rpc: Rpc
    deployment: Deployment
    clock: Clock
    mine: Callable[[int], object]
    reorg: Callable[[int], object]
    signer: MemorySigner = field(default_factory=lambda: MemorySigner(*BANK, *CUSTOMERS))
    fence: Callable[[Session], None] = unfenced
    blocks_max: int = ROUNDS_MAX  # until all that was sent is final

    @property
    def bank(self) -> SettlementDesk:
        """The side that takes commands."""
        return SettlementDesk(self.engine, self.clock, desk(self.deployment))

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """Every stage in the node's order, as after a start."""
        parts = Parts(
            engine=self.engine,
            clock=self.clock,
            rpc=self.rpc,
            policy=embedded(),
            desk=desk(self.deployment),
            signer=self.signer,
            tolerance=Tolerance(fee_max="25.00"),
        )
        return tuple(step.stage for step in steps(parts, self.fence))

    def round(self) -> int:
        """Each stage once."""
        return sum(stage.run_once() for stage in self.stages)

    def drive(self) -> None:
        """Rounds until no stage finds work; no block is mined but for what is sent."""
        for _ in range(ROUNDS_MAX):
            if self.round() == 0:
                return
        raise AssertionError("the stages never come to rest")

    def finish(self) -> None:
        """Drive and let time pass on chain until all that was sent is final."""
        for _ in range(self.blocks_max):
            self.drive()
            if self._at_rest():
                break
            self.mine(1)
        else:
            raise AssertionError("what was sent never becomes final")
        # What happened beside the node is final too.
        self.mine(embedded().final_depth or 0)
        self.drive()

    def _at_rest(self) -> bool:
        """Whether every intent and every instruction has come to its end."""
        afloat = (IntentState.PREPARED, IntentState.SIGNED, *AFLOAT)
        with read_only(self.engine) as session:
            open_intents = intents.intents_in(session, afloat, chain_id=self.deployment.chain_id)
            return not (open_intents or settlement.count_open(session))

    def drive_until(self, number: int, purpose: str, state: IntentState) -> None:
        """Let time pass on chain until one call of an instruction stands so far, and no further."""
        for _ in range(ROUNDS_MAX):
            self.drive()
            if self.bank.intents(number)[purpose].state is state:
                return
            self.mine(1)
        raise AssertionError(f"{purpose} is never {state}")

    def open_the_doors(self) -> None:
        """Onboard everyone, and wait until the chain has admitted them."""
        self.bank.onboard(*CUSTODIAL)
        self.bank.onboard(*OWN_KEY, custodial=False)
        self.finish()

    def balance(self, currency: str, label: str) -> int:
        """What the token says that a wallet holds."""
        return self._ask(currency, "balanceOf", address(label))

    def supply(self, currency: str) -> int:
        """How much of the token there is."""
        return self._ask(currency, "totalSupply")

    def suspended(self, currency: str) -> int:
        """What the books hold without a known owner or cause."""
        return self._account(f"SUSPENSE:{currency}")

    def booked(self, currency: str, label: str) -> int:
        """What the books say that the bank owes to a wallet."""
        return self._account(f"WALLET:{currency}:{address(label)}")

    def mirrored(self, currency: str) -> int:
        """What the books say that the correspondent owes to the bank."""
        return self._account(f"NOSTRO:{currency}:{NOSTRO}")

    def entries(self, number: int) -> list[Entry]:
        """Every entry that answers an instruction, in order."""
        expected = self.bank.instruction(number).expectation_id
        with read_only(self.engine) as session:
            return ledger.entries_by_expectation(session, expected)

    def check(self) -> None:
        """Books and chain agree on every wallet and in total, and the books on themselves."""
        with read_only(self.engine) as session:
            assert balances.prove_counters(session) == []
            assert all(line.ok for line in balances.trial_balance(session))
        for currency in CURRENCIES:
            held = {label: self.balance(currency, label) for label in CUSTOMERS}
            assert {label: self.booked(currency, label) for label in held} == held
            assert self.supply(currency) == sum(held.values())

    def _ask(self, currency: str, function: str, *args: object) -> int:
        token, artifact = self.deployment.token(currency), load("DepositToken")
        answer = self.rpc.call(token.address, encode_call(artifact, function, args))
        return int(decode_result(artifact, function, answer))

    def _account(self, code: str) -> int:
        with read_only(self.engine) as session:
            account = ledger.account(session, code)
            if account is None:
                return 0
            return balances.balance(session, code).posted(account.normal_side)


@contextmanager
def embedded_way(folder: Path, url: str) -> Iterator[Way]:
    """The way over the embedded chain in a folder; opened again, it goes on."""
    engine, bank = open_engine(url), open_bank(folder)
    try:
        yield Way(
            engine, bank.chain.rpc(), bank.deployment, bank.clock, bank.chain.mine, bank.chain.reorg
        )
    finally:
        bank.chain.close()
        engine.dispose()
