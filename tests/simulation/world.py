"""One simulated bank: its chain, its node, its clock, and what happens to them.

In: a database file of its own. Out: the acts that the machine draws from. A number in `told` is how
often something was reached.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import Engine, text

from node.bindings import deposit_token
from node.chain.finality import FinalityPolicy
from node.core.errors import Rejected
from node.core.money import Money, currency
from node.db.unit_of_work import read_only
from node.settlement import store as settlement
from node.submission import store as intents
from node.submission.intent import STEPS, IntentState
from node.submission.signer import UnsignedTx
from tests.simulation.contracts import Contracts
from tests.simulation.endpoint import Endpoint
from tests.simulation.forks import Block, Forks, Sent, read
from tests.simulation.living import Living
from tests.simulation.truths import Truths
from tests.support.chain_bank import deployment
from tests.support.chain_desk import caller, issue, redeem, transfer
from tests.support.chain_keys import address
from tests.support.clock import Clock

CONFIRMATIONS = 1
ROUNDS_MAX = 60
OPEN = [state for state in IntentState if STEPS.get(state)]


@dataclass
class Simulated:
    """Everything, and the tally of what was reached."""

    engine: Engine
    final_depth: int
    tally: Counter[tuple[str, str]]
    numbers: Any = field(default_factory=lambda: itertools.count(1))
    dropped: list[Block] = field(default_factory=list)
    asked: list[Callable[[], object]] = field(default_factory=list)
    highest: int = 0

    def __post_init__(self) -> None:
        self.clock, made = Clock(), deployment()
        self.forks = Forks(Contracts(made), lambda: int(self.clock.now().timestamp()))
        first = max(each.block_number for each in made.contracts)
        order = Random(0)  # noqa: S311 - a miner's whim
        for _ in range(int(first) + 1):
            self.forks.mine(order)
        endpoint = Endpoint(self.forks, int(made.chain_id))
        policy = FinalityPolicy(CONFIRMATIONS, self.final_depth, None)
        self.truths = Truths(self.engine, self.forks, made)
        self.node = Living(
            self.engine, endpoint, made, self.clock, policy, self.told, self.truths.check
        )
        self.node.bank.onboard("alice", "bob")
        self.node.bank.onboard("carol", custodial=False)
        self.calm()

    def told(self, kind: str, what: str) -> None:
        """One more of something that happened."""
        self.tally[kind, what] += 1

    # ------------------------------------------------------------------------------- the node

    def stage(self, at: int) -> None:
        """One stage, in whatever order."""
        self.node.run(self.node.stages[at % len(self.node.stages)])

    def rounds(self, which: int) -> None:
        """All stages in their order; the matcher, which takes longest, only at times."""
        skipped = "reconciliation.matcher" if which else ""
        self.node.run(*(each for each in self.node.stages if each.name != skipped))

    def starts_anew(self) -> None:
        """The process ends between two stages."""
        self.told("death", "between stages")
        self.node.begin()

    def dies_at_commit(self, nth: int, before: bool) -> None:  # noqa: FBT001 - drawn
        self.told("death", f"{'before' if before else 'after'} a commit")
        self.node.dies_at_commit(nth, before=before, stages=self.node.stages)

    def fault(self, name: str, method: str, skipped: int) -> None:
        self.node.fault(name, method, skipped)

    def death(self, method: str, skipped: int, asks: bool) -> None:  # noqa: FBT001 - drawn
        self.node.death(method, skipped, asks=asks)

    def behind(self, blocks: int) -> None:
        """The endpoint lags."""
        self.node.endpoint.behind = blocks
        self.told("endpoint", "behind" if blocks else "up to date")

    # ------------------------------------------------------------------------------- the chain

    def mine_many(self, whim: int) -> None:
        """As many as the deepest reorg may take back."""
        self.mine(64, whim)

    def mine(self, count: int, whim: int) -> None:
        order = Random(whim)  # noqa: S311 - a miner's whim
        for _ in range(count):
            self.forks.mine(order)
        self.highest = max(self.highest, self.forks.head.number)

    def reorg(self, depth: int, kind: str, whim: int) -> None:
        """Replace the newest blocks, as deep as none of them is final."""
        head = self.forks.head
        floor = max(self.highest, head.number) - self.final_depth
        depth = min(depth, head.number - floor)
        if depth < 1:
            return
        order = Random(whim)  # noqa: S311 - a miner's whim
        ancestor = head.ancestor(head.number - depth)
        gone = [head.ancestor(number) for number in range(ancestor.number + 1, head.number + 1)]
        self.dropped.append(head)
        self.forks.become(ancestor)
        for block in gone:
            self._again([each.sent for each in block.done], kind, order)
        self.mine(1, whim)
        self.told("reorg", kind)
        self.told("reorg depth", next(name for name, most in DEPTHS.items() if depth <= most))

    def back(self) -> None:
        """A branch that was left becomes the chain again, block for block."""
        floor = self.highest - self.final_depth
        for head in reversed(self.dropped):
            common = head
            while (
                common.parent
                and self.forks.canonical[min(common.number, self.forks.head.number)] is not common
            ):
                common = common.parent
            if common.number >= floor and head.number > common.number:
                self.dropped.append(self.forks.head)
                self.forks.become(head)
                self.told("reorg", "back")
                return

    def _again(self, sent: list[Sent], kind: str, order: Random) -> None:
        """What becomes of a block's transactions on the new branch."""
        kept = list(sent)
        if kind == "reordered":
            order.shuffle(kept)
            kept.sort(key=lambda each: each.nonce)
        if kind == "vanished":
            kept = [each for each in kept if order.random() < 0.5]
        if kind == "delayed":
            self.forks.pool.update({each.hash: each for each in kept})
            kept = []
        if kind == "duplicated":  # in two blocks of the new branch: the second does not count
            self.forks.append(kept)
        self.forks.append(kept)

    # -------------------------------------------------------------------------------- the bank

    def ask(self, kind: str, payer: str, payee: str, amount: int) -> None:
        """A command of a partner bank; refused, it changes nothing."""
        number, text_amount = next(self.numbers), f"{amount}.00"
        service = self.node.bank.service
        key = caller(f"k{number}")
        commands = {
            "issue": lambda: service.issue(issue(number, text_amount, payee), key),
            "redeem": lambda: service.redeem(redeem(number, text_amount, payer), key),
            "transfer": lambda: service.transfer(transfer(number, text_amount, payer, payee), key),
        }
        self.asked.append(commands[kind])
        self._asks(kind, commands[kind])

    def ask_again(self, which: int) -> None:
        """The same, because no answer was heard."""
        if self.asked:
            self._asks("again", self.asked[which % len(self.asked)])

    def _asks(self, kind: str, command: Callable[[], object]) -> None:
        try:
            command()
        except Rejected as error:
            self.told("command refused", error.code)
        else:
            self.told("command", kind)

    def outsider(self, payee: str, amount: int) -> None:
        """Carol, who holds her own key, pays without asking the bank."""
        carol = address("carol")
        token = self.node.deployment.token("CAD")
        call = deposit_token.transfer(token, address(payee), Money(amount, currency("CAD")))
        waiting = [each.nonce for each in self.forks.pool.values() if each.sender == carol]
        made = UnsignedTx(
            chain_id=self.node.deployment.chain_id,
            nonce=max([self.forks.nonce(carol), *(each + 1 for each in waiting)]),
            to=call.target,
            data=call.calldata,
            value=0,
            gas=200_000,
            fee_wei_max=2 * 10**9,
            tip_wei_max=10**9,
        )
        signed = self.node.signer.sign(carol, made)
        self.forks.pool[signed.hash] = read("0x" + signed.raw.hex())
        self.told("outside", "transfer")

    def time_passes(self, seconds: int) -> None:
        self.clock.at += timedelta(seconds=seconds)

    # -------------------------------------------------------------------------------- the end

    def calm(self) -> None:
        """No more faults and no more forks: the node comes to rest, one with the chain."""
        self.node.faults.faults.clear()
        self.node.endpoint.behind = 0
        order = Random(1)  # noqa: S311 - a miner's whim
        for _ in range(ROUNDS_MAX):
            while self.node.run(*self.node.stages):
                pass
            if self._at_rest():
                break
            self.clock.at += timedelta(seconds=90)
            for _ in range(1 + self.final_depth // 2):
                self.forks.mine(order)
        else:
            raise AssertionError(f"it never comes to rest: {self._open()}")
        for _ in range(self.final_depth + 1):
            self.forks.mine(order)
        self.highest = self.forks.head.number
        while self.node.run(*self.node.stages):
            pass
        self.truths.check()
        self.truths.check_counters()
        self.truths.one_with_the_chain()

    def _at_rest(self) -> bool:
        with read_only(self.engine) as session:
            return not (self._open() or settlement.count_open(session))

    def _open(self) -> list[str]:
        chain_id = self.node.deployment.chain_id
        with read_only(self.engine) as session:
            found = intents.intents_in(session, OPEN, chain_id=chain_id)
        return [
            f"{each.purpose} {each.state} nonce {each.nonce} of {self.forks.nonce(each.signer)}"
            f" mined, {'' if each.tx_hash in self.forks.pool else 'not '}waiting; {each.reason}"
            for each in found
        ]

    def count_states(self) -> None:
        """What the rows say was reached."""
        for kind, query in (
            ("intent", "SELECT new, COUNT(*) FROM tx_intent_history GROUP BY new"),
            ("instruction", "SELECT state, COUNT(*) FROM instruction GROUP BY state"),
            ("event", "SELECT change, COUNT(*) FROM event_change GROUP BY change"),
            ("entry", "SELECT phase, COUNT(*) FROM journal_entry GROUP BY phase"),
        ):
            with self.engine.connect() as connection:
                for what, count in connection.execute(text(query)):
                    self.tally[kind, what] += count


DEPTHS = {"1": 1, "2 to 8": 8, "9 to 32": 32, "33 to 64": 64}
