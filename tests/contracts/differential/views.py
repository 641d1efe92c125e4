"""What the chain keeps, beside what the model keeps and what the events alone tell.

In: a setting, its model, the replays. Out: every view of which the three say different things. A
view that no event tells (allowances, ERC-2612 nonces) is compared with the model alone. Used by
duet.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from node.chain import codec
from tests.contracts.chain import Contract
from tests.contracts.differential.setting import Setting
from tests.contracts.model.engine import Engine
from tests.contracts.model.engine_replay import EngineReplay
from tests.contracts.model.gate import Gate
from tests.contracts.model.holds import NONE
from tests.contracts.model.replay import GateReplay, TokenReplay
from tests.contracts.model.token import Token
from tests.contracts.model.world import World

UNTOLD = object()
ROW = 64
HOLDERS = ("alice", "bob", "carol", "notary", "stranger", "wallet", "gate", "engine")


class View(NamedTuple):
    """A question to a contract and what the model and the events answer."""

    contract: Contract
    function: str
    args: tuple[Any, ...]
    modelled: Any
    replayed: Any = UNTOLD


def differences(setting: Setting, world: World, replays: dict[str, Any]) -> list[str]:
    views = list(_views(setting, world, replays))
    caller = setting.bank.admin
    asked = [
        (caller, view.contract.address, view.contract.data(view.function, *view.args))
        for view in views
    ]
    answers = setting.chain.calls(asked)
    return [
        told
        for view, answer in zip(views, answers, strict=True)
        for told in _differs(
            view, codec.decode_result(view.contract.artifact, view.function, answer)
        )
    ]


def _differs(view: View, kept: Any) -> Iterator[str]:  # noqa: ANN401 (ABI values)
    asked = f"{view.contract.artifact.name}.{view.function}{view.args}"
    kept = tuple(kept.values()) if isinstance(kept, dict) else kept
    if kept != view.modelled:
        yield f"{asked}: the chain has {kept}, the model {view.modelled}"
    if view.replayed is not UNTOLD and kept != view.replayed:
        yield f"{asked}: the chain has {kept}, the events tell {view.replayed}"


def _views(setting: Setting, world: World, replays: dict[str, Any]) -> Iterator[View]:
    accounts = [setting.people[name] for name in HOLDERS]
    for label, contract in setting.contracts.items():
        model, replay = world.contracts[contract.address], replays[label]
        if isinstance(model, Token):
            yield from _of_token(contract, model, replay)
            for account in accounts:
                yield from _of_account(contract, model, replay, account)
        if isinstance(model, Gate):
            yield from _of_gate(contract, model, replay)
        if isinstance(model, Engine):
            yield from _of_engine(contract, model, replay)


def _of_token(contract: Contract, token: Token, replay: TokenReplay) -> Iterator[View]:
    yield View(contract, "totalSupply", (), token.supply, replay.supply)
    yield View(contract, "totalSupply", (), +token.balances.total())
    yield View(contract, "pauseBits", (), token.paused, replay.paused)
    for hold, state in token.holds.items():
        told = replay.holds.get(hold, NONE)
        yield View(contract, "holdState", (hold,), state, told)
    for used in token.authorizations:
        yield View(contract, "authorizationState", used, True, used in replay.authorizations)
    for payer, nonce in token.settlement_nonces:
        cancelled = (payer, nonce) in replay.settlement_nonces
        asked = (payer, nonce)
        yield View(contract, "isSettlementNonceUsed", asked, True, cancelled or UNTOLD)
    for pair, amount in token.allowances.items():
        yield View(contract, "allowance", pair, amount)
    for owner, nonce in token.nonces.items():
        yield View(contract, "nonces", (owner,), nonce)


def _of_account(
    contract: Contract, token: Token, replay: TokenReplay, account: str
) -> Iterator[View]:
    of = (account,)
    yield View(contract, "balanceOf", of, token.balances[account], replay.balances[account])
    yield View(contract, "heldOf", of, token.held[account], replay.held[account])
    yield View(contract, "getFrozenTokens", of, token.frozen[account], replay.frozen[account])
    yield View(contract, "flagsOf", of, token.flags_of(account), replay.flags_of(account))
    yield View(contract, "availableOf", of, token.available(account), replay.available(account))
    yield View(contract, "canSend", of, token.may_send(account))
    yield View(contract, "canReceive", of, token.may_receive(account))


def _of_gate(contract: Contract, gate: Gate, replay: GateReplay) -> Iterator[View]:
    attested = (gate.attested, gate.attested_as_of)
    now = gate.world.now
    yield View(contract, "limits", (), tuple(gate.limits), replay.limits)
    yield View(contract, "attestation", (), attested, (replay.attested, replay.attested_as_of))
    yield View(contract, "available", (), gate.available, replay.available(now))
    yield View(contract, "issuable", (), gate.issuable)
    for sequence in gate.sequences:
        told = sequence in replay.sequences
        yield View(contract, "isSequenceUsed", (sequence,), True, told)
    for row in {each // ROW for each in gate.sequences}:
        told_bits = _bits(replay.sequences, row)
        yield View(contract, "sequencesUsed", (row,), _bits(gate.sequences, row), told_bits)


def _of_engine(contract: Contract, engine: Engine, replay: EngineReplay) -> Iterator[View]:
    for content, instruction in engine.contents.items():
        _, progress = engine.found(instruction)
        stands = (progress.state, progress.affirmed, progress.cancelling)
        told = replay.progress(content, instruction)
        yield View(contract, "progressOf", (instruction,), stands, told)
    for cycle in engine.cycles:
        yield View(contract, "isCycleSettled", (cycle,), True, cycle in replay.cycles)


def _bits(sequences: set[int], row: int) -> int:
    return sum(1 << each % ROW for each in sequences if each // ROW == row)
