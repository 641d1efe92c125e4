"""A chain of the test's own, and contracts on it that speak plain Python.

In: artifacts and arguments. Out: `Contract`s that send, call and tell why they refuse. Used by the
tests beside this file; the node is not involved.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from eth_tester import EthereumTester, PyEVMBackend
from eth_tester.exceptions import TransactionFailed
from eth_utils.abi import abi_to_signature, function_abi_to_4byte_selector

from node.chain import codec
from node.chain.artifacts import Artifact

GAS = 8_000_000


@dataclass(frozen=True)
class Log:
    """One event of one contract, as the chain keeps it."""

    address: str
    topics: tuple[str, ...]
    data: str


@dataclass(frozen=True)
class Receipt:
    """What a sent call did."""

    gas_used: int
    address: str
    logs: tuple[Log, ...]


class Refused(Exception):
    """The contract reverted; the text is its decoded error."""


class Chain:
    """eth-tester, with every error decoded by the artifacts it has seen."""

    def __init__(self, accounts: int) -> None:
        genesis = PyEVMBackend.generate_genesis_state(num_accounts=accounts)
        self._tester = EthereumTester(PyEVMBackend(genesis_state=genesis))
        self.accounts = tuple(each.lower() for each in self._tester.get_accounts())
        self._artifacts: dict[str, Artifact] = {}

    @property
    def now(self) -> int:
        return int(self._tester.get_block_by_number("latest")["timestamp"])

    def advance(self, seconds: int) -> None:
        """The next block is at least this much later than the last."""
        self._tester.time_travel(self.now + seconds)
        self._tester.mine_block()

    @contextmanager
    def rewound(self) -> Iterator[None]:
        """What happens inside has not happened afterwards."""
        snapshot = self._tester.take_snapshot()
        try:
            yield
        finally:
            self._tester.revert_to_snapshot(snapshot)

    def deploy(self, artifact: Artifact, *args: object, by: str) -> Contract:
        self._artifacts[artifact.name] = artifact
        data = artifact.bytecode + codec.encode_constructor(artifact, args)[2:]
        return Contract(self, artifact, self.send(by, None, data).address)

    def send(self, by: str, to: str | None, data: str) -> Receipt:
        """Mine it. Raises `Refused`, and then nothing changed."""
        transaction = {"from": by, "data": data, "gas": GAS} | ({"to": to} if to else {})
        receipt = self._tester.get_transaction_receipt(self._tester.send_transaction(transaction))
        if not receipt["status"]:
            self.call(by, to, data)
            raise AssertionError("refused when sent, yet not when called")
        logs = tuple(
            Log(each["address"].lower(), tuple(each["topics"]), each["data"])
            for each in receipt["logs"]
        )
        return Receipt(receipt["gas_used"], (receipt["contract_address"] or "").lower(), logs)

    def call(self, by: str, to: str | None, data: str) -> str:
        transaction = {"from": by, "data": data, "gas": GAS} | ({"to": to} if to else {})
        try:
            return str(self._tester.call(transaction))
        except TransactionFailed as error:
            raise Refused(self._reason(str(error.args[0]))) from error

    def _reason(self, told: str) -> str:
        # eth-tester gives the bytes of a revert as their Python literal.
        raw = ast.literal_eval(told) if told.startswith("b") else told
        return codec.decode_error(self._artifacts.values(), raw) if isinstance(raw, bytes) else raw


@dataclass(frozen=True)
class Contract:
    """A contract at an address."""

    chain: Chain
    artifact: Artifact
    address: str

    def data(self, function: str, *args: object) -> str:
        return codec.encode_call(self.artifact, function, args)

    def selector(self, function: str) -> str:
        """First four bytes of its calldata, 0x text; where overloaded, by the name with types."""
        functions: list[Any] = [each for each in self.artifact.abi if each["type"] == "function"]
        (found,) = [
            each for each in functions if function in {each["name"], abi_to_signature(each)}
        ]
        return "0x" + function_abi_to_4byte_selector(found).hex()

    def send(self, function: str, *args: object, by: str) -> Receipt:
        return self.chain.send(by, self.address, self.data(function, *args))

    def read(self, function: str, *args: object) -> Any:  # noqa: ANN401 (ABI values)
        data = self.chain.call(self.chain.accounts[0], self.address, self.data(function, *args))
        return codec.decode_result(self.artifact, function, data)

    def refusal(self, function: str, *args: object, by: str) -> str:
        """The decoded error with which it refuses; fails if it does not."""
        try:
            self.chain.call(by, self.address, self.data(function, *args))
        except Refused as refused:
            return str(refused)
        raise AssertionError(f"{function} was not refused")

    def events(self, receipt: Receipt) -> list[tuple[str, dict[str, Any]]]:
        """The contract's own events of a receipt, in order."""
        decoded = [
            codec.decode_log(self.artifact, log)
            for log in receipt.logs
            if log.address == self.address
        ]
        return [(each.name, each.args) for each in decoded if each]
