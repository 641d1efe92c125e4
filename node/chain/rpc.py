"""The only door to web3: JSON-RPC of one chain through one or more endpoints.

In: endpoint addresses (or a provider in this process). Out: frozen values, leaf errors.
Called by: indexer, submission, deployment engine, app, doctor.

A connection is used only once it has said which chain is behind it. When an endpoint fails the next
is asked; an answer that contradicts the question counts as a failure and is never used.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from web3.providers.base import BaseProvider

from node.chain import rpc_sending
from node.chain.header import Header
from node.chain.health import Health
from node.chain.http_connection import Bounds
from node.chain.receipts_root import Unproved
from node.chain.rpc_endpoint import Found, Read, http_endpoint, local_endpoint
from node.chain.rpc_errors import (
    AlreadyKnown,
    BlockUnknown,
    CallReverted,
    InsufficientFunds,
    NonceTooLow,
    RangeTooLarge,
    RateLimited,
    RpcLied,
    RpcUnavailable,
    SendRefused,
    Underpriced,
    WrongChain,
)
from node.chain.rpc_pool import Pool
from node.chain.rpc_reads import Reads
from node.chain.rpc_sending import FeeHistory, Trial
from node.chain.rpc_shapes import (
    Fees,
    Json,
    Log,
    Receipt,
    block_ref,
    hash32,
    quantity,
    raw_bytes,
    receipt,
)
from node.core.errors import ConcordError
from node.core.types import BlockRef, ChainId, Hash32

__all__ = [
    "AlreadyKnown",
    "BlockUnknown",
    "CallReverted",
    "FeeHistory",
    "Fees",
    "Header",
    "InsufficientFunds",
    "Log",
    "NonceTooLow",
    "RangeTooLarge",
    "RateLimited",
    "Receipt",
    "Rpc",
    "RpcLied",
    "RpcUnavailable",
    "SendRefused",
    "Trial",
    "Underpriced",
    "Unproved",
    "WrongChain",
]

TIP_WEI: Final = 10**9
BLOCK_TAGS: Final = frozenset({"latest", "finalized", "safe", "earliest"})


class Rpc(Reads):
    """One chain behind its endpoints, asked in their order; safe to share between threads."""

    def __init__(
        self,
        endpoints: Sequence[str] | BaseProvider,
        *,
        chain_id: int | None = None,
        bounds: Bounds | None = None,
    ) -> None:
        if isinstance(endpoints, BaseProvider):
            found = [local_endpoint("embedded chain", endpoints, chain_id)]
        else:
            found = [http_endpoint(url, bounds or Bounds(), chain_id) for url in endpoints]
        super().__init__(Pool(found))

    def chain_id(self) -> ChainId:
        """Which chain this is. Raises `WrongChain` when it is not the expected one."""
        return ChainId(self._ask("eth_chainId", [], quantity))

    def health(self) -> list[tuple[str, Health]]:
        """How each endpoint does, with its name, in the configured order."""
        return [(each.name, health) for each, health in self._pool.health.items()]

    def block(self, at: int | str) -> BlockRef:
        """The header at a height or tag. Raises `RpcLied` for a block that should be there."""
        if isinstance(at, str) and at not in BLOCK_TAGS:
            raise ValueError(f"{at} is no block tag")

        def read(found: Any) -> BlockRef:  # noqa: ANN401 - JSON
            block = block_ref(found)
            if isinstance(at, int) and block.number != at:
                raise ValueError(f"asked for block {at}, got {block.number}")
            return block

        return self._ask("eth_getBlockByNumber", [_block_param(at), False], read)

    def block_by_hash(self, block_hash: str) -> BlockRef | None:
        """The header with that hash; None when the endpoint does not have it (any more)."""

        def read(found: Any) -> BlockRef | None:  # noqa: ANN401 - JSON
            if found is None:
                return None
            block = block_ref(found)
            if block.hash != block_hash.lower():
                raise ValueError(f"asked for block {block_hash}, got {block.hash}")
            return block

        return self._ask("eth_getBlockByHash", [block_hash, False], read)

    def call(
        self, to: str, data: str, *, sender: str | None = None, block: int | str | None = None,
        value: int = 0,
    ) -> bytes:  # fmt: skip
        """Run a call without sending it. Raises `CallReverted` with the revert data."""
        params = _transaction(sender, to, data, value)
        at = _block_param("latest" if block is None else block)
        return self._ask("eth_call", [params, at], raw_bytes)

    def code(self, address: str) -> bytes:
        """The code at an address; empty where there is none."""
        return self._ask("eth_getCode", [address, "latest"], raw_bytes)

    def storage(self, address: str, slot: int) -> bytes:
        """One storage word of a contract."""
        params = [address, hex(slot), "latest"]
        return self._ask("eth_getStorageAt", params, lambda t: raw_bytes(t).rjust(32, b"\0"))

    def nonce(self, address: str, *, pending: bool = False, block: int | None = None) -> int:
        """How many transactions the account has had mined, as of a block or with those waiting."""
        at = "pending" if pending else _block_param("latest" if block is None else block)
        return self._ask("eth_getTransactionCount", [address, at], quantity)

    def balance(self, address: str) -> int:
        """What the account holds, in wei."""
        return self._ask("eth_getBalance", [address, "latest"], quantity)

    def receipt(self, tx_hash: str) -> Receipt | None:
        """What became of a transaction; None while it is in no block."""

        def read(found: Any) -> Receipt | None:  # noqa: ANN401 - JSON
            if found is None or found.get("blockHash") is None:
                return None
            told = receipt(found)
            if told.tx_hash != tx_hash.lower():
                raise ValueError(f"asked for receipt {tx_hash}, got {told.tx_hash}")
            return told

        return self._ask("eth_getTransactionReceipt", [tx_hash], read)

    def send_raw(self, raw: bytes) -> Hash32:
        """Hand signed bytes to the chain. Raises a leaf of `SendRefused` when not taken."""
        return self._ask("eth_sendRawTransaction", ["0x" + raw.hex()], hash32)

    def send_many(self, raws: Sequence[str]) -> list[Hash32 | ConcordError]:
        """Hand signed bytes (0x text) over in their order; the hash or the refusal of each."""
        return self._pool.first(lambda each: rpc_sending.send_many(each, raws))

    def prospects(
        self, accounts: Sequence[str], trials: Sequence[Trial]
    ) -> tuple[list[int], list[int | ConcordError]]:
        """Nonces of accounts, and for each trial the gas it takes or why it fails, in one go."""
        return self._pool.first(lambda each: rpc_sending.prospects(each, accounts, trials))

    def nonces(self, accounts: Sequence[str], *, block: int | None = None) -> list[int]:
        """How many transactions each account has had mined, as of a block."""
        return self._pool.first(lambda each: rpc_sending.nonces(each, accounts, block))

    def receipts(self, tx_hashes: Sequence[str]) -> list[Receipt | None]:
        """What became of each transaction; None while it is in no block."""
        return self._pool.first(lambda each: rpc_sending.receipts(each, tx_hashes))

    def fee_history(self, blocks: int, percentile: int) -> FeeHistory | None:
        """What the last blocks took; None where that is not offered."""
        return self._pool.first(lambda each: rpc_sending.fee_history(each, blocks, percentile))

    def fees(self) -> Fees:
        """What gas costs now; a chain without base fee says its gas price."""

        def read(found: Any) -> int | None:  # noqa: ANN401 - JSON
            base = found.get("baseFeePerGas")
            return None if base is None else quantity(base)

        base = self._ask("eth_getBlockByNumber", ["latest", False], read)
        if base is None:
            return Fees(self._ask("eth_gasPrice", [], quantity), 0)
        return Fees(base, TIP_WEI)

    def gas_estimate(self, sender: str, to: str | None, data: str, value: int = 0) -> int:
        """Gas the transaction would use. Raises `CallReverted` when it would revert."""
        params = _transaction(sender, to, data, value)
        return self._ask("eth_estimateGas", [params], quantity)

    def _ask(self, method: str, params: list[Any], read: Read[Found]) -> Found:
        return self._pool.first(lambda endpoint: endpoint.ask(method, params, read))


def _transaction(sender: str | None, to: str | None, data: str, value: int) -> Json:
    params: dict[str, str] = {"data": data, "value": hex(value)}
    if sender is not None:
        params["from"] = sender
    if to is not None:
        params["to"] = to
    return params


def _block_param(at: int | str) -> str:
    return at if isinstance(at, str) else hex(at)
