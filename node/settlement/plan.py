"""The transactions that a settlement needs, in their order, as intents.

In: an accepted settlement with its legs, the desk, the signer of wallets in custody. Out: intents,
prepared in the caller's unit of work. Called by: settlements (at acceptance), tracker (gives holds
back). Ids derive from the settlement, so preparing twice prepares once.

Signed: one call, with every payer's consent in it. Held: the first payer instructs, each payer
holds what it owes, then anyone may execute. Netted: each party holds what it set aside, the bank
settles the net amounts out of that and gives back the holds that were not needed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlmodel import Session

from node.bindings import deposit_token, settlement_engine
from node.bindings.deposit_token import HoldTerms
from node.bindings.settlement_engine import Cycle
from node.core.ids import derived_id, wallet_key
from node.core.types import Address
from node.settlement.content import consent_nonce, consent_of, content_of, leg_hold
from node.settlement.desk import Desk
from node.settlement.instruction import Instruction
from node.settlement.settlement import SETTLES, Settlement, SettlementWay
from node.submission import service as submission
from node.submission.intent import ENDED_BADLY, Intent
from node.submission.service import Call
from node.submission.signer import Signer

_HOLD: Final = "HOLD_"


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold to be opened, in the token of a currency."""

    currency: str
    terms: HoldTerms


@dataclass(frozen=True, slots=True)
class Planner:
    """Prepares the intents of one settlement in one unit of work."""

    session: Session
    desk: Desk
    settlement: Settlement
    at: datetime

    def exchange(self, legs: Sequence[Instruction], signer: Signer) -> None:
        """Plan delivery or payment against payment, by whichever way was agreed."""
        if self.settlement.way is SettlementWay.SIGNED:
            self._signed(legs, signer)
        else:
            self._held(legs)

    def net(self, cycle: Cycle, holds: Sequence[Hold], spare: Iterable[Hold]) -> None:
        """Plan a cycle; `spare` are those of the holds that it takes nothing out of."""
        held = [self._hold(number, each) for number, each in enumerate(holds, start=1)]
        call = settlement_engine.settle_net(self.desk.engine, cycle)
        settled = self._prepare(SETTLES[self.settlement.way], self.desk.settler, call, after=held)
        by_currency: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        for each in spare:
            by_currency[each.currency].append(each.terms.as_argument())
        for code, terms in by_currency.items():
            token = wallet_key(self.desk.token(code).address)
            freed = settlement_engine.release_net_holds(self.desk.engine, token, terms)
            self._prepare(f"RELEASE_{code}", self.desk.settler, freed, after=(settled,))

    def give_back(self, intents: Iterable[Intent]) -> None:
        """Free what was held for a settlement that will not be made: whoever it is for lets go."""
        for each in intents:
            if each.purpose.startswith(_HOLD) and each.state not in ENDED_BADLY:
                number, terms = each.purpose.removeprefix(_HOLD), HoldTerms.of_call(each.calldata)
                self._prepare(f"GIVE_BACK_{number}", *self._freed(each, terms), after=(each.id,))

    def _freed(self, held: Intent, terms: HoldTerms) -> tuple[Address, Call]:
        if terms.recipient != wallet_key(self.desk.engine.address):
            return terms.recipient, deposit_token.release_hold(held.target, terms)
        freed = (terms.as_argument(),)
        call = settlement_engine.release_net_holds(self.desk.engine, held.target, freed)
        return self.desk.settler, call

    def _signed(self, legs: Sequence[Instruction], signer: Signer) -> None:
        content = self._content(legs)
        id_ = bytes.fromhex(self.settlement.content_id.removeprefix("0x"))
        consents = [
            (
                consent_nonce(each),
                signer.sign_typed(
                    Address(each.debtor_wallet),
                    consent_of(self.desk, each, id_, content.deadline),
                ),
            )
            for each in legs
        ]
        call = settlement_engine.settle(self.desk.engine, content, consents)
        self._prepare(SETTLES[self.settlement.way], self.desk.settler, call)

    def _held(self, legs: Sequence[Instruction]) -> None:
        content = self._content(legs)
        id_ = bytes.fromhex(self.settlement.content_id.removeprefix("0x"))
        first = Address(legs[0].debtor_wallet)
        told = self._prepare(
            "INSTRUCT", first, settlement_engine.instruct(self.desk.engine, content)
        )
        held = []
        for number, leg in enumerate(legs, start=1):
            terms = leg_hold(self.desk, leg, id_, content.deadline)
            hold = Hold(leg.amount.asset.code, terms)
            held.append(self._hold(number, hold, after=(told,)))
        call = settlement_engine.execute(self.desk.engine, content)
        self._prepare(SETTLES[self.settlement.way], self.desk.settler, call, after=held)

    def _hold(self, number: int, hold: Hold, *, after: Sequence[str] = ()) -> str:
        call = deposit_token.create_hold(self.desk.token(hold.currency), hold.terms)
        return self._prepare(f"{_HOLD}{number}", hold.terms.holder, call, after=after)

    def _content(self, legs: Sequence[Instruction]) -> settlement_engine.Content:
        return content_of(self.desk, legs, self.settlement.ref, self.settlement.deadline)

    def _prepare(
        self, purpose: str, signer: Address, call: Call, *, after: Sequence[str] = ()
    ) -> str:
        intent = submission.prepare(
            self.session,
            id=str(derived_id("intent", self.settlement.id, purpose)),
            instruction_id=self.settlement.id,
            purpose=purpose,
            chain_id=self.desk.chain_id,
            signer=signer,
            call=call,
            after=after,
            at=self.at,
        )
        return intent.id
