"""An honest endpoint of the forked chain: JSON-RPC questions in, answers out.

In: `Forks`; how many blocks the endpoint is behind. Out: what an `Rpc` hears. Used by the simulated
node.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.contracts.model.world import Refusal
from tests.simulation.forks import Block, Done, Forks, Json

FEE = 10**9


@dataclass
class Endpoint:
    """Sees the chain as it was `behind` blocks ago."""

    forks: Forks
    chain_id: int
    behind: int = 0

    def answer(self, method: str, params: list[Any]) -> Json:
        """One answer; a method that nobody wrote is a method that the chain does not have."""
        found = getattr(self, f"_{method}", None)
        if found is None:
            return _error(-32601, f"the method {method} does not exist")
        try:
            return {"jsonrpc": "2.0", "id": 1, "result": found(*params)}
        except Refusal as refused:
            return _refused(method, str(refused))
        except LookupError:
            return _error(-32000, "unknown block")

    @property
    def _head(self) -> Block:
        return self.forks.canonical[max(self.forks.head.number - self.behind, 0)]

    def _at(self, at: str | dict[str, str]) -> Block:
        if isinstance(at, dict):
            return self.forks.known[at["blockHash"]]
        if at in {"latest", "pending"}:
            return self._head
        number = 0 if at in {"earliest", "finalized", "safe"} else int(at, 16)
        if number > self._head.number:
            raise LookupError(at)
        return self.forks.canonical[number]

    def _eth_chainId(self) -> str:  # noqa: N802 - named as the method it answers
        return hex(self.chain_id)

    def _eth_blockNumber(self) -> str:  # noqa: N802
        return hex(self._head.number)

    def _eth_gasPrice(self) -> str:  # noqa: N802
        return hex(FEE)

    def _eth_maxPriorityFeePerGas(self) -> str:  # noqa: N802
        return hex(FEE)

    def _eth_feeHistory(self, count: str | int, *_: object) -> Json:  # noqa: N802
        blocks = int(count, 16) if isinstance(count, str) else count
        return {
            "oldestBlock": hex(max(self._head.number - blocks + 1, 0)),
            "baseFeePerGas": [hex(FEE)] * (blocks + 1),
            "gasUsedRatio": [0.5] * blocks,
            "reward": [[hex(FEE)]] * blocks,
        }

    def _eth_getBlockByNumber(self, at: str, _full: object) -> Json | None:  # noqa: N802
        try:
            return _header(self._at(at))
        except LookupError:
            return None

    def _eth_getBlockByHash(self, at: str, _full: object) -> Json | None:  # noqa: N802
        found = self.forks.known.get(at)
        return None if found is None else _header(found)

    def _eth_getLogs(self, query: Json) -> list[Json]:  # noqa: N802
        if "blockHash" in query:
            blocks = [self.forks.known[query["blockHash"]]]
        else:
            low, high = int(query["fromBlock"], 16), int(query["toBlock"], 16)
            blocks = self.forks.canonical[low : min(high, self._head.number) + 1]
        wanted = query.get("address") or []
        addresses = (
            {wanted.lower()} if isinstance(wanted, str) else {each.lower() for each in wanted}
        )
        found = [log for block in blocks for log in logs(block)]
        return [each for each in found if not addresses or each["address"] in addresses]

    def _eth_getTransactionReceipt(self, tx_hash: str) -> Json | None:  # noqa: N802
        block = self.forks.places.get(tx_hash)
        if block is None or block.number > self._head.number:
            return None
        (found,) = [each for each in block.done if each.sent.hash == tx_hash]
        return _receipt(block, found)

    def _eth_getTransactionByHash(self, tx_hash: str) -> Json | None:  # noqa: N802
        block = self.forks.places.get(tx_hash)
        if block is None and tx_hash not in self.forks.pool:
            return None
        place = {"blockHash": block.hash, "blockNumber": hex(block.number)} if block else {}
        return {"hash": tx_hash, "blockHash": None, "blockNumber": None, **place}

    def _eth_getTransactionCount(self, account: str, at: str | Json) -> str:  # noqa: N802
        mined = self._at(at).nonces.get(account.lower(), 0)
        if at != "pending":
            return hex(mined)
        waiting = {
            each.nonce for each in self.forks.pool.values() if each.sender == account.lower()
        }
        while mined in waiting:
            mined += 1
        return hex(mined)

    def _eth_getBalance(self, *_: object) -> str:  # noqa: N802
        return hex(10**20)

    def _eth_estimateGas(self, call: Json, *_: object) -> str:  # noqa: N802
        head = self._head
        head.contracts.copy().run(call.get("from", ""), call["to"], call["data"], head.time + 1)
        return hex(100_000)

    def _eth_call(self, call: Json, at: str | Json = "latest", *_: object) -> str:
        block = self._at(at)
        seen = block.contracts.view(call["to"], call["data"])
        if seen is not None:
            return seen
        block.contracts.copy().run(call.get("from", ""), call["to"], call["data"], block.time)
        return "0x"

    def _eth_sendRawTransaction(self, raw: str) -> str:  # noqa: N802
        return self.forks.take(raw)


def logs(block: Block) -> list[Json]:
    """Every log of a block."""
    return [
        {
            **log,
            "blockNumber": hex(block.number),
            "blockHash": block.hash,
            "transactionHash": tx_hash,
            "transactionIndex": hex(place),
            "logIndex": hex(at),
            "removed": False,
        }
        for at, (place, tx_hash, log) in enumerate(
            (place, each.sent.hash, log)
            for place, each in enumerate(block.done)
            for log in each.logs
        )
    ]


def _receipt(block: Block, done: Done) -> Json:
    return {
        "transactionHash": done.sent.hash,
        "blockNumber": hex(block.number),
        "blockHash": block.hash,
        "status": hex(int(done.status)),
        "gasUsed": hex(50_000),
        "effectiveGasPrice": hex(FEE),
        "contractAddress": None,
        "logs": [each for each in logs(block) if each["transactionHash"] == done.sent.hash],
    }


def _header(block: Block) -> Json:
    return {
        "number": hex(block.number),
        "hash": block.hash,
        "parentHash": block.parent.hash if block.parent else "0x" + "0" * 64,
        "timestamp": hex(block.time),
        "baseFeePerGas": hex(FEE),
        "gasLimit": hex(30_000_000),
        "gasUsed": hex(50_000 * len(block.done)),
        "logsBloom": "0x" + "ff" * 256,
        "receiptsRoot": "0x" + "0" * 64,
        "transactions": [each.sent.hash for each in block.done],
    }


def _error(code: int, message: str, data: str = "") -> Json:
    error: Json = {"code": code, "message": message}
    return {"jsonrpc": "2.0", "id": 1, "error": error | ({"data": data} if data else {})}


def _refused(method: str, why: str) -> Json:
    if method == "eth_sendRawTransaction":
        return _error(-32000, why.removesuffix("()"))
    return _error(3, f"execution reverted: {why}", "0x")
