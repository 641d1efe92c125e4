"""How an RPC fails, told apart by what the caller should do next.

In: error objects of several node implementations. Out: leaf errors. Called by: rpc here; submission
and deployment catch the leaves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from node.chain.rpc_ranges import is_too_large, suggested
from node.core.errors import ConcordError, Fatal, Rejected, Retryable


class RpcUnavailable(Retryable):
    """No endpoint answered, or none answered sensibly."""

    code = "RPC_UNAVAILABLE"
    title = "Chain endpoint unavailable"


class RpcLied(Retryable):
    """An endpoint's answer contradicts the question or itself; it was not used."""

    code = "RPC_CONTRADICTION"
    title = "Chain endpoint contradicts itself"


class RateLimited(RpcUnavailable):
    """The endpoint wants to be asked less often; `pause_seconds` where it says how long to wait."""

    code = "RPC_RATE_LIMITED"
    title = "Chain endpoint wants fewer questions"

    def __init__(self, detail: str, *, pause_seconds: int | None = None) -> None:
        super().__init__(detail, remedy="Nothing to do: the node waits, then asks again.")
        self.pause_seconds = pause_seconds


class MethodUnknown(RpcUnavailable):
    """The endpoint does not offer that method."""

    code = "RPC_METHOD_UNKNOWN"
    title = "Method unknown to the endpoint"


class BatchRefused(Retryable):
    """The endpoint does not take that many questions in one batch; each alone it may."""

    code = "RPC_BATCH_REFUSED"
    title = "Batch too large for the endpoint"


class RangeTooLarge(Retryable):
    """The endpoint refuses to look through that many blocks or logs at once.

    `suggested` is how many blocks it says it would take, None where it names no number.
    """

    code = "RPC_RANGE_TOO_LARGE"
    title = "Range too large for the endpoint"

    def __init__(self, detail: str, *, suggested: int | None = None) -> None:
        super().__init__(detail, remedy="Nothing to do: the node asks for fewer blocks.")
        self.suggested = suggested


class BlockUnknown(Retryable):
    """The endpoint does not have that block: not yet, or not any more."""

    code = "RPC_BLOCK_UNKNOWN"
    title = "Block unknown to the endpoint"


class WrongChain(Fatal):
    """The endpoint serves another chain than the one the node was set up for."""

    code = "WRONG_CHAIN"
    title = "Wrong chain"


class CallReverted(Rejected):
    """The contract refused the call; `data` is its revert data, 0x text."""

    code = "CALL_REVERTED"
    title = "Call reverted"

    def __init__(self, detail: str, data: str) -> None:
        super().__init__(detail)
        self.data = data


class SendRefused(Rejected):
    """The endpoint did not take the transaction."""

    code = "SEND_REFUSED"
    title = "Transaction not taken"


class AlreadyKnown(SendRefused):
    """The endpoint holds these very bytes already: as good as sent."""

    code = "ALREADY_KNOWN"


class NonceTooLow(SendRefused):
    """A transaction with that nonce is mined already, maybe this one."""

    code = "NONCE_TOO_LOW"


class Underpriced(SendRefused):
    """The fee is below what the endpoint takes, or replaces."""

    code = "UNDERPRICED"


class InsufficientFunds(SendRefused):
    """The signer cannot pay gas and value."""

    code = "INSUFFICIENT_FUNDS"


# Wording of geth, Erigon, Besu, Nethermind, reth, anvil, Hardhat and the embedded chain.
_SEND: Final[tuple[tuple[str, type[SendRefused]], ...]] = (
    (r"already known|known transaction|already imported|alreadyknown", AlreadyKnown),
    (r"nonce (is )?too low|nonce too low|invalid nonce.*low|oldnonce|below current", NonceTooLow),
    (
        r"insufficient ?funds|insufficient balance|upfront cost|doesn't have enough",
        InsufficientFunds,
    ),
    (
        r"underpriced|replacement ?not ?allowed|fee ?too ?low|fee per gas less|below.*base ?fee",
        Underpriced,
    ),
    (r"gas price", Underpriced),
)
# What says nothing of the transaction, only that this endpoint cannot take one now.
_BUSY: Final = re.compile(
    r"pool is full|^internal error|rate limit|too many requests|does not exist|not supported",
    re.IGNORECASE,
)
_BUSY_CODES: Final = frozenset({-32601, -32005, 429})
_RATE: Final = re.compile(
    r"rate.?limit|too many requests|request (count|limit)|requests? per (second|minute|day)"
    r"|compute units|throttl|capacity (limit|exceeded)|quota",
    re.IGNORECASE,
)
_RATE_CODES: Final = frozenset({429, -32029, -32097})
_OF_BLOCKS: Final = frozenset({"eth_getLogs", "eth_getBlockReceipts"})
_UNKNOWN: Final = re.compile(
    r"unknown block|(block|header)( \S+)? not found|beyond (the )?(current )?head", re.IGNORECASE
)
_REVERTED: Final = re.compile(r"revert|vm exception|out of gas|invalid opcode", re.IGNORECASE)
_REVERTED_CODES: Final = frozenset({3, -32015})
# What geth says of a transaction while its index lags behind its newest block.
_NOT_YET: Final = re.compile(r"transaction indexing is in progress", re.IGNORECASE)
_METHOD_UNKNOWN: Final = -32601
_METHOD: Final = re.compile(
    r"method.*(not found|does not exist|not available|not supported|not enabled|unknown)"
    r"|(unsupported|unknown) method",
    re.IGNORECASE,
)
_DATA_NAMES: Final = ("data", "result", "return")
_HEX: Final = re.compile(r"0x(?:[0-9a-fA-F]{2})*")


def failure(method: str, error: Mapping[str, Any], where: str) -> ConcordError:
    """The leaf that an error object of a JSON-RPC answer stands for."""
    message = str(error.get("message", ""))[:500]
    refused = _refused(method, error, message, where)
    if refused is not None:
        return refused
    if error.get("code") in _RATE_CODES or _RATE.search(message):
        return RateLimited(f"{where} answers {method} with error {error.get('code')}: {message}")
    if method in _OF_BLOCKS and _UNKNOWN.search(message):
        return BlockUnknown(f"{where}: {message}")
    if method == "eth_getLogs" and is_too_large(message):
        return RangeTooLarge(f"{where}: {message}", suggested=suggested(message))
    return _unavailable(method, error, message, where)


def is_not_yet(method: str, error: Mapping[str, Any]) -> bool:
    """Whether the endpoint will know that transaction soon, and does not know it now."""
    message = str(error.get("message", ""))
    return method == "eth_getTransactionReceipt" and bool(_NOT_YET.search(message))


def _unavailable(method: str, error: Mapping[str, Any], message: str, where: str) -> RpcUnavailable:
    leaf = MethodUnknown if _is_unknown_method(error, message) else RpcUnavailable
    return leaf(
        f"{where} answers {method} with error {error.get('code')}: {message}",
        remedy="Check the endpoint; the node tries again by itself.",
    )


def _refused(method: str, error: Mapping[str, Any], message: str, where: str) -> Rejected | None:
    """What is wrong with what was asked; None where the endpoint is what fails."""
    if method == "eth_sendRawTransaction":
        return _send_refused(error, message, where)
    if method in {"eth_call", "eth_estimateGas"}:
        if _is_revert(error, message):
            return CallReverted(message, revert_data(error))
        if _leaf(message) is InsufficientFunds:
            return InsufficientFunds(message)
    return None


def _send_refused(error: Mapping[str, Any], message: str, where: str) -> SendRefused | None:
    """What is wrong with the transaction; None where the endpoint is what fails."""
    leaf = _leaf(message)
    if leaf is not None:
        return leaf(message)
    if error.get("code") in _BUSY_CODES or _BUSY.search(message):
        return None
    return SendRefused(f"{where} refused the transaction: {message}")


def _leaf(message: str) -> type[SendRefused] | None:
    for pattern, leaf in _SEND:
        if re.search(pattern, message, re.IGNORECASE):
            return leaf
    return None


def revert_data(error: Mapping[str, Any]) -> str:
    """The revert data of an error object, wherever the implementation put it; 0x when none."""
    data = error.get("data")
    while isinstance(data, Mapping):
        named = [data[name] for name in _DATA_NAMES if data.get(name)]
        data = next(iter([*named, *data.values()]), None)
    found = _HEX.search(data) if isinstance(data, str) else None
    return found[0].lower() if found else "0x"


def _is_revert(error: Mapping[str, Any], message: str) -> bool:
    return error.get("code") in _REVERTED_CODES or bool(_REVERTED.search(message))


def _is_unknown_method(error: Mapping[str, Any], message: str) -> bool:
    return error.get("code") == _METHOD_UNKNOWN or bool(_METHOD.search(message))
