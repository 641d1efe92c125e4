"""The embedded chain's side of JSON-RPC: each method of the few that `Rpc` uses.

In: method and parameters as they come over the wire; the py-evm chain. Out: JSON.
Called by: embedded, under its lock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from eth.abc import BlockAPI, ReceiptAPI, SignedTransactionAPI
from eth.exceptions import HeaderNotFound, Revert, TransactionNotFound
from eth.vm.spoof import SpoofTransaction
from eth_utils.exceptions import ValidationError

from node.chain.embedded_blocks import block_json, logs_json, receipt_json

EMPTY_LIST_HASH: Final = "0x" + "0" * 64
CALL_GAS: Final = 25_000_000
REVERTED: Final = 3
Json = dict[str, Any]


class NotTaken(Exception):
    """The chain refuses the request, in the words of a node."""


class Answers:
    """One request against the chain as it stands."""

    def __init__(
        self,
        chain: Any,  # noqa: ANN401 - eth-tester builds its chain class at run time
        waiting: Sequence[SignedTransactionAPI],
        take: Callable[[bytes], bytes],
        now: Callable[[], float],
    ) -> None:
        self._chain = chain
        self._waiting = waiting
        self._take = take
        self._now = now
        self._head = chain.get_canonical_head().block_number

    def answer(self, method: str, params: list[Any]) -> Json:
        """The answer to one request, an error in it where it is refused."""
        handler = getattr(self, "_" + method.removeprefix("eth_"), None)
        if handler is None or not method.startswith("eth_"):
            return _error(-32601, f"the method {method} does not exist")
        try:
            return {"jsonrpc": "2.0", "id": 1, "result": handler(*params)}
        except NotTaken as error:
            return _error(-32000, str(error))
        except Revert as error:
            data = error.args[0] if error.args and isinstance(error.args[0], bytes) else b""
            return _error(REVERTED, "execution reverted", "0x" + data.hex())
        except ValidationError as error:
            return _error(-32000, str(error))

    def _chainId(self) -> str:  # noqa: N802 - named as the method it answers
        return hex(self._chain.chain_id)

    def _blockNumber(self) -> str:  # noqa: N802
        return hex(self._head)

    def _getBlockByNumber(self, at: str, _full: bool) -> Json | None:  # noqa: N802, FBT001
        number = self._number(at)
        return None if number > self._head else block_json(self._block(number))

    def _getBlockByHash(self, block_hash: str, _full: bool) -> Json | None:  # noqa: N802, FBT001
        block = self._canonical(block_hash)
        return None if block is None else block_json(block)

    def _getCode(self, address: str, at: str) -> str:  # noqa: N802
        code: bytes = self._state(at).get_code(_raw(address))
        return "0x" + code.hex()

    def _getStorageAt(self, address: str, slot: str, at: str) -> str:  # noqa: N802
        return f"{self._state(at).get_storage(_raw(address), int(slot, 16)):#066x}"

    def _getBalance(self, address: str, at: str) -> str:  # noqa: N802
        return hex(self._state(at).get_balance(_raw(address)))

    def _getTransactionCount(self, address: str, at: str) -> str:  # noqa: N802
        account = _raw(address)
        nonce = self._state("latest" if at == "pending" else at).get_nonce(account)
        waiting = sum(each.sender == account for each in self._waiting)
        return hex(nonce + (waiting if at == "pending" else 0))

    def _getTransactionReceipt(self, tx_hash: str) -> Json | None:  # noqa: N802
        try:
            number, index = self._chain.get_canonical_transaction_index(_raw(tx_hash))
        except TransactionNotFound:
            return None
        if number > self._head:
            return None
        block = self._block(number)
        # The index of a dropped block may linger after a reorg.
        if index >= len(block.transactions) or block.transactions[index].hash != _raw(tx_hash):
            return None
        return receipt_json(block, self._receipts(block), index)

    def _getBlockReceipts(self, block_hash: str) -> list[Json] | None:  # noqa: N802
        block = self._canonical(block_hash)
        if block is None:
            return None
        receipts = self._receipts(block)
        return [receipt_json(block, receipts, index) for index in range(len(receipts))]

    def _getLogs(self, query: Json) -> list[Json]:  # noqa: N802
        wanted = {_raw(each) for each in query["address"]}
        found: list[Json] = []
        for block in self._asked_blocks(query):
            found += [
                entry
                for entry in logs_json(block, self._receipts(block))
                if _raw(entry["address"]) in wanted
                and _fits(query.get("topics", []), entry["topics"])
            ]
        return found

    def _call(self, params: Json, at: str) -> str:
        computation = self._run(params, at)
        output: bytes = computation.output
        return "0x" + output.hex()

    def _estimateGas(self, params: Json, at: str = "latest") -> str:  # noqa: N802
        computation = self._run(params, at)
        used = computation.get_gas_used() + computation.get_gas_refund()
        intrinsic = self._spoofed(params, self._state(at)).intrinsic_gas
        # A call keeps a 64th of its gas back from each inner call, so more must be sent than used.
        return hex((used + intrinsic) * 5 // 4)

    def _sendRawTransaction(self, raw: str) -> str:  # noqa: N802
        return "0x" + self._take(_raw(raw)).hex()

    def _gasPrice(self) -> str:  # noqa: N802
        return hex(self._chain.get_canonical_head().base_fee_per_gas + 10**9)

    def _run(self, params: Json, at: str) -> Any:  # noqa: ANN401 - py-evm
        """Execute on top of a block and forget it; the sender gets the gas for free."""
        state = self._state(at)
        transaction = self._spoofed(params, state)
        if state.get_balance(transaction.sender) < transaction.value:
            raise NotTaken("insufficient funds for transfer")
        state.set_balance(
            transaction.sender, state.get_balance(transaction.sender) + CALL_GAS * state.base_fee
        )
        computation = state.apply_transaction(transaction)
        if computation.is_error:
            error = computation.error
            raise error if isinstance(error, Revert) else Revert(b"")
        return computation

    def _spoofed(self, params: Json, state: Any) -> SpoofTransaction:  # noqa: ANN401 - py-evm
        sender = _raw(params.get("from", "0x" + "0" * 40))
        transaction = (
            self._chain.get_vm()
            .get_transaction_builder()
            .create_unsigned_transaction(
                nonce=state.get_nonce(sender),
                gas_price=state.base_fee,
                gas=int(params.get("gas", hex(CALL_GAS)), 16),
                to=_raw(params["to"]) if params.get("to") else b"",
                value=int(params.get("value", "0x0"), 16),
                data=_raw(params.get("data", "0x")),
            )
        )
        return SpoofTransaction(transaction, from_=sender)

    def _asked_blocks(self, query: Json) -> Iterator[BlockAPI]:
        if "blockHash" in query:
            block = self._canonical(query["blockHash"])
            if block is None:
                raise NotTaken("unknown block")
            yield block
            return
        first, last = self._number(query["fromBlock"]), self._number(query["toBlock"])
        for number in range(first, min(last, self._head) + 1):
            yield self._block(number)

    def _receipts(self, block: BlockAPI) -> tuple[ReceiptAPI, ...]:
        return tuple(block.get_receipts(self._chain.chaindb)) if block.transactions else ()

    def _state(self, number: str) -> Any:  # noqa: ANN401 - py-evm
        header = self._chain.get_canonical_block_header_by_number(self._number(number))
        # The time of the block that would be mined now, by this chain's clock.
        at_time = max(int(self._now()), header.timestamp + 1)
        child = self._chain.create_header_from_parent(header, timestamp=at_time)
        return self._chain.get_vm(at_header=child).state

    def _number(self, at: str) -> int:
        if at in {"latest", "safe", "finalized", "pending"}:
            return int(self._head)
        return 0 if at == "earliest" else int(at, 16)

    def _block(self, number: int) -> BlockAPI:
        found: BlockAPI = self._chain.get_canonical_block_by_number(number)
        return found

    def _canonical(self, block_hash: str) -> BlockAPI | None:
        try:
            block: BlockAPI = self._chain.get_block_by_hash(_raw(block_hash))
        except HeaderNotFound:
            return None
        if block.number > self._head or self._block(block.number).hash != block.hash:
            return None
        return block


def _fits(wanted: Sequence[Any], topics: Sequence[str]) -> bool:
    for place, each in enumerate(wanted):
        allowed = [each] if isinstance(each, str) else each
        if allowed is not None and (place >= len(topics) or topics[place] not in allowed):
            return False
    return True


def _raw(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def _error(code: int, message: str, data: str | None = None) -> Json:
    body: Json = {"code": code, "message": message}
    if data is not None:
        body["data"] = data
    return {"jsonrpc": "2.0", "id": 1, "error": body}
