"""Sends every step to both, the chain and the model, and compares what they answer.

In: an operation, who calls, its arguments. Out: whether it was accepted; a difference in outcome,
in a refusal's values, in an event or in what is kept is an assertion. Used by machine.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from tests.contracts.chain import Refused
from tests.contracts.differential.setting import Setting
from tests.contracts.differential.views import differences
from tests.contracts.model.authorizations import Payment, Permit, Settlement
from tests.contracts.model.compliance import Seizure
from tests.contracts.model.engine_replay import EngineReplay
from tests.contracts.model.netting import Section
from tests.contracts.model.replay import GateReplay, TokenReplay
from tests.contracts.model.world import Contract, Event, Refusal, World

# Solidity has no struct for these: their members are arguments of their own.
SPREAD = (Payment, Permit, Settlement, Seizure)
COMPARED_EVERY = 10
Outcome = str | list[Event]


class InParts(bytes):
    """A signature that is handed over as v, r and s."""


Replays = dict[str, TokenReplay | GateReplay | EngineReplay]
REPLAYS = {"gate": GateReplay, "engine": EngineReplay}


@dataclass
class Duet:
    """One bank on the chain, one in the model, and what the events alone tell of it."""

    setting: Setting
    world: World
    replayed: Replays
    tally: Counter[tuple[str, str]] = field(default_factory=Counter)
    steps: int = 0
    differ: bool = False

    @classmethod
    def begin(cls, setting: Setting) -> Duet:
        replayed = {label: REPLAYS.get(label, TokenReplay)() for label in setting.contracts}
        for label, event, args, time in setting.history:
            replayed[label].hear(event, args, time)
        return cls(setting, setting.world(), replayed)

    def again(self) -> Duet:
        """Another one from here on, for a chain that is rewound to here; both count together."""
        world, replayed = deepcopy((self.world, self.replayed))
        return Duet(self.setting, world, replayed, self.tally)

    def does(self, operation: str, *args: Any, by: str) -> bool:  # noqa: ANN401 (ABI values)
        """Do `contract.function`; whether it was accepted."""
        label, _, function = operation.partition(".")
        self.world.now = self.setting.chain.coming
        meant = self._meant(label, function, args, self.setting.people[by])
        seen = self._seen(label, function, args, self.setting.people[by])
        self._count(label, function, meant)
        self.differ = seen != meant
        assert seen == meant, f"{operation} by {by}: chain {seen}, model {meant}"
        self.steps += 1
        if self.steps % COMPARED_EVERY == 0:
            self.compare()
        return isinstance(meant, list)

    def compare(self) -> None:
        """What the chain keeps is what the model keeps, and what the events tell."""
        found = differences(self.setting, self.world, self.replayed)
        self.differ = bool(found)
        assert not found, "\n".join(found)

    def model(self, label: str) -> Contract:
        return self.world.contracts[self.setting.contracts[label].address]

    def _meant(self, label: str, function: str, args: tuple[Any, ...], by: str) -> Outcome:
        self.world.events.clear()
        try:
            with self.world.all_or_nothing():
                getattr(self.model(label), _snake(function))(by, *args)
        except Refusal as refusal:
            return str(refusal)
        return list(self.world.events)

    def _seen(self, label: str, function: str, args: tuple[Any, ...], by: str) -> Outcome:
        setting = self.setting
        try:
            receipt = setting.contracts[label].send(function, *_spread(args), by=by)
        except Refused as refused:
            return setting.hearing.refusal(str(refused))
        events = setting.hearing.events(receipt)
        for address, name, values in events:
            self.replayed[setting.label(address)].hear(name, values, setting.chain.now)
        return events

    def _count(self, label: str, function: str, meant: Outcome) -> None:
        name = f"{'token' if label in {'cad', 'eur'} else label}.{function}"
        answer = "accepted" if isinstance(meant, list) else meant.partition("(")[0]
        self.tally[name, answer] += 1


def _spread(args: tuple[Any, ...]) -> list[Any]:
    return [member for each in args for member in _members(each)]


def _members(arg: Any) -> Sequence[Any]:  # noqa: ANN401 (ABI values)
    if isinstance(arg, InParts):
        return (arg[64], bytes(arg[:32]), bytes(arg[32:64]))
    return arg if isinstance(arg, SPREAD) else (_packed(arg),)


def _packed(arg: Any) -> Any:  # noqa: ANN401 (ABI values)
    """A struct whose numbers share words, within others."""
    if isinstance(arg, Section):
        return arg.packed
    return [_packed(each) for each in arg] if isinstance(arg, tuple) else arg


def _snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda found: f"_{found[0].lower()}", name)
