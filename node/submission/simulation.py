"""Tries calls before they are signed: what each would use in gas, or why the contract refuses it.

In: intents, the chain. Out: gas with a margin, or the leaf error; nonces of their signers with
them. Called by: sender.

All are asked in one request. How much gas a kind of call takes is kept for a stated time; a call is
then run with just so much, which shows both that it succeeds and that the gas is enough. Where it
does not, it is estimated anew and that answer counts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from node.chain.rpc import Rpc, Trial
from node.core.errors import ConcordError
from node.core.types import Address
from node.submission.intent import Intent

GAS_MARGIN_PERCENT: Final = 120
GAS_LIFE_SECONDS: Final = 300
KINDS_MAX: Final = 1000
_SELECTOR: Final = 10  # 0x and four bytes, as text

Kind = tuple[str, str, str, int, bool]


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a trial: gas to sign with, or why it should not be signed."""

    gas: int
    error: ConcordError | None = None


class Simulator:
    """Remembers what kinds of calls took."""

    def __init__(self, rpc: Rpc, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._rpc = rpc
        self._monotonic = monotonic
        self._kinds: dict[Kind, tuple[int, float]] = {}

    def try_out(self, intents: Sequence[Intent]) -> tuple[dict[Address, int], list[Tried]]:
        """How many calls of each signer are mined, and what each intent takes."""
        signers = sorted({each.signer for each in intents})
        known = [self._known(each) for each in intents]
        nonces, found = self._rpc.prospects(
            signers, [_trial(each, gas) for each, gas in zip(intents, known, strict=True)]
        )
        again = [
            index
            for index, (gas, told) in enumerate(zip(known, found, strict=True))
            if gas is not None and isinstance(told, ConcordError)
        ]
        if again:
            _, anew = self._rpc.prospects([], [_trial(intents[each], None) for each in again])
            for index, told in zip(again, anew, strict=True):
                found[index] = told
        return dict(zip(signers, nonces, strict=True)), [
            self._tried(*each) for each in zip(intents, found, strict=True)
        ]

    def _known(self, intent: Intent) -> int | None:
        gas, until = self._kinds.get(_kind(intent), (0, 0.0))
        return gas if self._monotonic() < until else None

    def _tried(self, intent: Intent, told: int | ConcordError) -> Tried:
        if isinstance(told, ConcordError):
            return Tried(0, told)
        if self._known(intent) != told:
            if len(self._kinds) >= KINDS_MAX:
                self._kinds.clear()
            self._kinds[_kind(intent)] = (told, self._monotonic() + GAS_LIFE_SECONDS)
        return Tried(told * GAS_MARGIN_PERCENT // 100)


def _kind(intent: Intent) -> Kind:
    data = intent.calldata
    return (intent.signer, intent.target, data[:_SELECTOR], len(data), intent.value > 0)


def _trial(intent: Intent, gas: int | None) -> Trial:
    return Trial(intent.signer, intent.target, intent.calldata, intent.value, gas)
