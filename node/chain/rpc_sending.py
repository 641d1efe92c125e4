"""What sending needs of an endpoint: many questions in one request, each with its own answer.

In: an endpoint; calls to be tried, signed bytes. Out: one result or leaf error for each, in order.
Called by: rpc. A refusal of one says nothing of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from node.chain.rpc_endpoint import BATCH_CALLS_MAX, Endpoint, read_answer
from node.chain.rpc_errors import BatchRefused, MethodUnknown
from node.chain.rpc_shapes import Json, Receipt, hash32, quantity, receipt
from node.core.errors import ConcordError, Retryable
from node.core.types import Hash32

_FEE_HISTORY: Final = "eth_feeHistory"

Question = tuple[str, list[Any], Callable[[Any], Any]]


@dataclass(frozen=True, slots=True)
class Trial:
    """A call to be tried before it is signed; `gas` None asks how much it would take."""

    sender: str
    to: str
    data: str
    value: int
    gas: int | None


@dataclass(frozen=True, slots=True)
class FeeHistory:
    """What blocks took lately, in wei: base fee of the next block, a tip out of each block."""

    base_wei: int
    tips_wei: tuple[int, ...]


def send_many(endpoint: Endpoint, raws: Sequence[str]) -> list[Hash32 | ConcordError]:
    """Hand signed bytes (0x text) to the chain, in their order."""
    return _each(endpoint, [("eth_sendRawTransaction", [raw], hash32) for raw in raws])


def prospects(
    endpoint: Endpoint, accounts: Sequence[str], trials: Sequence[Trial]
) -> tuple[list[int], list[int | ConcordError]]:
    """Nonces of accounts, and what trials would take in gas, all asked together.

    A trial with gas is run with so much, and gives it back where that is enough.
    """
    counts: list[Question] = [
        ("eth_getTransactionCount", [each, "latest"], quantity) for each in accounts
    ]
    found = _each(endpoint, [*counts, *map(_trial, trials)])
    nonces = found[: len(accounts)]
    for each in nonces:
        if isinstance(each, ConcordError):
            raise each
    return nonces, found[len(accounts) :]


def nonces(endpoint: Endpoint, accounts: Sequence[str], block: int | None) -> list[int]:
    """How many transactions each account has had mined, as of a block."""
    at = "latest" if block is None else hex(block)
    calls = [("eth_getTransactionCount", [each, at]) for each in accounts]
    return endpoint.ask_all(calls, quantity) if calls else []


def receipts(endpoint: Endpoint, hashes: Sequence[str]) -> list[Receipt | None]:
    """What became of each transaction; None while it is in no block."""
    asked = [("eth_getTransactionReceipt", [each], partial(_receipt_of, each)) for each in hashes]
    found = _each(endpoint, asked)
    for each in found:
        if isinstance(each, ConcordError):
            raise each
    return found


def fee_history(endpoint: Endpoint, blocks: int, percentile: int) -> FeeHistory | None:
    """What the last blocks took; None from an endpoint that does not keep it."""
    if _FEE_HISTORY in endpoint.lacks:
        return None
    try:
        return endpoint.ask(_FEE_HISTORY, [hex(blocks), "latest", [percentile]], _fee_history)
    except MethodUnknown:
        endpoint.lacks.add(_FEE_HISTORY)
        return None


def _each(endpoint: Endpoint, questions: Sequence[Question]) -> list[Any]:
    """The result or the leaf error of each question, in as few requests as the endpoint takes.

    Raises where nothing was answered, so that another endpoint is asked.
    """
    found: list[Any] = []
    size = BATCH_CALLS_MAX
    while len(found) < len(questions):
        part = questions[len(found) : len(found) + size]
        try:
            found += _asked(endpoint, part)
        except BatchRefused:
            size = max(len(part) // 4, 1)
        except Retryable as error:
            if not found:
                raise
            found += [error] * (len(questions) - len(found))
    if found and all(isinstance(each, Retryable) for each in found):
        raise found[0]
    return found


def _asked(endpoint: Endpoint, part: Sequence[Question]) -> list[Any]:
    calls = [(method, params) for method, params, _ in part]
    wire = endpoint.wire
    answers = [wire.ask(calls[0])] if len(calls) == 1 else wire.ask_all(calls)
    return [
        _outcome(endpoint.name, question, answer)
        for question, answer in zip(part, answers, strict=True)
    ]


def _outcome(name: str, question: Question, answer: object) -> Any:  # noqa: ANN401 - as read
    method, _, read = question
    try:
        return read_answer(name, method, answer, read)
    except ConcordError as error:
        return error


def _trial(each: Trial) -> Question:
    params = {"from": each.sender, "to": each.to, "data": each.data, "value": hex(each.value)}
    if each.gas is None:
        return ("eth_estimateGas", [params], quantity)
    gas = each.gas
    return ("eth_call", [{**params, "gas": hex(gas)}, "latest"], lambda _: gas)


def _receipt_of(tx_hash: str, found: Any) -> Receipt | None:  # noqa: ANN401 - JSON
    if found is None or found.get("blockHash") is None:
        return None
    told = receipt(found)
    if told.tx_hash != tx_hash.lower():
        raise ValueError(f"asked for receipt {tx_hash}, got {told.tx_hash}")
    return told


def _fee_history(found: Json) -> FeeHistory:
    bases = [quantity(each) for each in found["baseFeePerGas"]]
    return FeeHistory(bases[-1], tuple(quantity(each[0]) for each in found.get("reward") or ()))
