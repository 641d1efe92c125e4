"""Reads of many blocks at once, as JSON objects: what the indexer lives on.

In: an endpoint, numbers or hashes of blocks, addresses. Out: headers, and logs and receipts as they
were answered, each checked to be what was asked for. Called by: rpc.

The checks here are made over whole lists by the interpreter's own loops: a loop of ours over each
log would cost as much as reading it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from operator import itemgetter, methodcaller
from typing import Any, Final

from node.chain.header import Header, header
from node.chain.header_hash import check_header
from node.chain.log_view import LogLine, View, line, view
from node.chain.receipts_root import check_receipts
from node.chain.rpc_endpoint import Endpoint
from node.chain.rpc_errors import BlockUnknown, MethodUnknown, RangeTooLarge
from node.chain.rpc_shapes import Json, Log, block_ref, check_logs, hash32, log, quantity
from node.core.ids import wallet_key
from node.core.types import Address, Hash32

_ADDRESS: Final = itemgetter("address")
_HEIGHT: Final = itemgetter("blockNumber")
_PLACE: Final = itemgetter("blockHash", "logIndex")
_REMOVED: Final = methodcaller("get", "removed")
_BLOCK_RECEIPTS: Final = "eth_getBlockReceipts"


def headers(endpoint: Endpoint, numbers: Sequence[int]) -> list[Header]:
    """The headers at these heights, in that order. Raises `BlockUnknown`."""
    method = "eth_getBlockByNumber"
    found = endpoint.ask_all([(method, [hex(each), False]) for each in numbers], _as_told)
    return [
        endpoint.sound(method, _known(endpoint, each, number), partial(_header_at, number))
        for number, each in zip(numbers, found, strict=True)
    ]


def proved_headers(endpoint: Endpoint, numbers: Sequence[int]) -> list[Header]:
    """The same, each with a hash that its fields make. Raises `HeaderUnproved`."""
    found = headers(endpoint, numbers)
    for each in found:
        endpoint.sound("eth_getBlockByNumber", each, check_header)
    return found


def raw_logs(
    endpoint: Endpoint,
    numbers: range,
    addresses: frozenset[Address],
    topics: Sequence[Any] | None,
) -> list[Json]:
    """Logs of a range from an endpoint that holds its last block, proved in the same batch.

    Raises `BlockUnknown` where it does not: it would leave out what it does not have yet.
    """
    query: dict[str, Any] = {"fromBlock": hex(numbers[0]), "toBlock": hex(numbers[-1])}
    query |= {"address": sorted(addresses)} | ({"topics": list(topics)} if topics else {})
    last = ("eth_getBlockByNumber", [query["toBlock"], False])
    held, logs = endpoint.ask_all([last, ("eth_getLogs", [query])], _as_told)
    endpoint.sound(
        last[0], _known(endpoint, held, numbers[-1]), partial(_check_height, numbers[-1])
    )
    return endpoint.sound("eth_getLogs", logs, partial(_logs_of, numbers, addresses))


def logs(
    endpoint: Endpoint,
    numbers: range,
    addresses: frozenset[Address],
    topics: Sequence[Any] | None,
) -> list[Log]:
    """The same as values; nothing is asked where no address is wanted."""
    if not addresses:
        return []
    found = raw_logs(endpoint, numbers, addresses, topics)
    return endpoint.sound("eth_getLogs", found, lambda all_: [log(each) for each in all_])


def logs_of_block(endpoint: Endpoint, block_hash: str, addresses: frozenset[Address]) -> list[Log]:
    """Logs of exactly one block."""
    if not addresses:
        return []

    def read(found: Any) -> list[Log]:  # noqa: ANN401 - JSON
        logs = [log(each) for each in found]
        check_logs(logs, addresses, block_hash.lower())
        return logs

    query = {"blockHash": block_hash.lower(), "address": sorted(addresses)}
    return endpoint.ask("eth_getLogs", [query], read)


def seen(endpoint: Endpoint, numbers: range, addresses: frozenset[Address]) -> View:
    """The range as this endpoint sees it, in as many parts as it takes. Raises `BlockUnknown`."""
    method = "eth_getBlockByNumber"
    (last,) = headers(endpoint, [numbers[-1]])
    lines = _lines(endpoint, numbers, addresses) if addresses else []
    return endpoint.sound(method, lines, partial(view, last.hash))


def _lines(endpoint: Endpoint, numbers: range, addresses: frozenset[Address]) -> list[LogLine]:
    try:
        found = raw_logs(endpoint, numbers, addresses, None)
    except RangeTooLarge as refused:
        if len(numbers) == 1:
            raise
        size = min(refused.suggested or len(numbers), max(len(numbers) // 2, 1))
        parts = (numbers[at : at + size] for at in range(0, len(numbers), size))
        return [each for part in parts for each in _lines(endpoint, part, addresses)]
    return endpoint.sound("eth_getLogs", found, lambda logs: [line(each) for each in logs])


def raw_receipts(endpoint: Endpoint, block_hashes: Sequence[str]) -> list[list[Json]]:
    """All receipts of each block, in the order of its transactions. Raises `BlockUnknown`."""
    if _BLOCK_RECEIPTS not in endpoint.lacks:
        try:
            found = endpoint.ask_all([(_BLOCK_RECEIPTS, [each]) for each in block_hashes], _as_told)
        except MethodUnknown:
            endpoint.lacks.add(_BLOCK_RECEIPTS)
        else:
            return [
                endpoint.sound(
                    _BLOCK_RECEIPTS, _known(endpoint, each, at), partial(_receipts_of, at)
                )
                for at, each in zip(block_hashes, found, strict=True)
            ]
    return [_single_receipts(endpoint, each) for each in block_hashes]


def proved_receipts(endpoint: Endpoint, of: Sequence[Header]) -> list[list[Json]]:
    """The same, all and unaltered by the root in each header. Raises `Unproved`."""
    found = raw_receipts(endpoint, [each.hash for each in of])
    for header_, receipts in zip(of, found, strict=True):
        endpoint.sound(_BLOCK_RECEIPTS, receipts, partial(check_receipts, header_))
    return found


def _single_receipts(endpoint: Endpoint, block_hash: str) -> list[Json]:
    """The same from an endpoint that gives receipts by transaction only."""
    method = "eth_getTransactionReceipt"
    block = endpoint.ask("eth_getBlockByHash", [block_hash, False], _as_told)
    hashes = endpoint.sound(
        "eth_getBlockByHash", _known(endpoint, block, block_hash), _transactions
    )
    found = endpoint.ask_all([(method, [each]) for each in hashes], _as_told)
    told = endpoint.sound(method, found, partial(_receipts_of, block_hash))
    if [each["transactionHash"].lower() for each in told] != hashes:
        raise BlockUnknown(f"{endpoint.name} gives receipts that are not those of {block_hash}")
    return told


def _as_told(found: Any) -> Any:  # noqa: ANN401 - JSON
    return found


def _known(endpoint: Endpoint, found: object, at: int | str) -> object:
    if found is None:
        raise BlockUnknown(f"{endpoint.name} does not have block {at}")
    return found


def _header_at(number: int, found: Any) -> Header:  # noqa: ANN401 - JSON
    _check_height(number, found)
    return header(found)


def _check_height(number: int, found: Any) -> None:  # noqa: ANN401 - JSON
    if block_ref(found).number != number:
        raise ValueError(f"asked for block {number}, got {found['number']}")


def _logs_of(
    numbers: range,
    addresses: frozenset[Address],
    found: Any,  # noqa: ANN401 - JSON
) -> list[Json]:
    logs = _list(found)
    strangers = {wallet_key(each) for each in set(map(_ADDRESS, logs))} - addresses
    if strangers:
        raise ValueError(f"a log of {min(strangers)} was given, which was not asked for")
    for height in {quantity(each) for each in set(map(_HEIGHT, logs))}:
        if height not in numbers:
            raise ValueError(f"a log of block {height} is outside the range asked")
    if any(map(_REMOVED, logs)):
        raise ValueError("a log that was taken back was given")
    if len(set(map(_PLACE, logs))) < len(logs):
        raise ValueError("one log was given twice")
    return logs


def _receipts_of(block_hash: str, found: Any) -> list[Json]:  # noqa: ANN401 - JSON
    receipts = _list(found)
    for place, each in enumerate(receipts):
        if hash32(each["blockHash"]) != block_hash.lower():
            raise ValueError(f"a receipt of block {each['blockHash']} was given for {block_hash}")
        if quantity(each["transactionIndex"]) != place:
            raise ValueError(f"receipt {place} of {block_hash} is not in its place")
    return receipts


def _transactions(found: Any) -> list[Hash32]:  # noqa: ANN401 - JSON
    return [hash32(each) for each in _list(found["transactions"])]


def _list(found: object) -> list[Any]:
    if not isinstance(found, list):
        raise TypeError(f"{str(found)[:40]!r} is no list")
    return found
