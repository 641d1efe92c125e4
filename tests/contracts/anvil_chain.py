"""The chain of tests on anvil: some ten times quicker than the one in process, for long runs.

In: an anvil that impersonates everybody. Out: `AnvilChain`, which stands wherever `Chain` does.
Time is the test's alone: each block is a second after the last, or as much as it was advanced.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from node.chain import codec
from tests.contracts.chain import GAS, Chain, Log, Receipt, Refused
from tests.support.anvil import Anvil

RICH = hex(10**24)
PATIENCE_SECONDS = 20


class AnvilChain(Chain):
    """One anvil, over one connection."""

    def __init__(self, anvil: Anvil, accounts: Sequence[str]) -> None:
        where = urlsplit(anvil.url)
        self._connection = HTTPConnection(
            where.hostname or "", where.port, timeout=PATIENCE_SECONDS
        )
        self._artifacts = {}
        self.accounts = tuple(accounts)
        self._head = int(self.ask("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
        self._later = 1
        for account in accounts:
            self.fund(account)

    def close(self) -> None:
        self._connection.close()

    def fund(self, account: str) -> None:
        self.ask("anvil_setBalance", account, RICH)

    @property
    def now(self) -> int:
        return self._head

    @property
    def coming(self) -> int:
        """The time of the block that comes next."""
        return self._head + self._later

    def advance(self, seconds: int) -> None:
        self._later += seconds

    @contextmanager
    def rewound(self) -> Iterator[None]:
        snapshot, head = self.ask("evm_snapshot"), self._head
        try:
            yield
        finally:
            self.ask("evm_revert", snapshot)
            self._head, self._later = head, 1

    def send(self, by: str, to: str | None, data: str) -> Receipt:
        transaction = {"from": by, "data": data, "gas": hex(GAS)} | ({"to": to} if to else {})
        self._head, self._later = self.coming, 1
        self.ask("evm_setNextBlockTimestamp", self._head)
        receipt = self.ask("eth_sendTransactionSync", transaction)
        if receipt["status"] == "0x0":
            self.call(by, to, data)
            raise AssertionError("refused when sent, yet not when called")
        logs = tuple(
            Log(each["address"], tuple(each["topics"]), each["data"]) for each in receipt["logs"]
        )
        return Receipt(int(receipt["gasUsed"], 16), receipt["contractAddress"] or "", logs)

    def call(self, by: str, to: str | None, data: str) -> str:
        return self.calls([(by, to, data)])[0]

    def calls(self, asked: Sequence[tuple[str, str | None, str]]) -> list[str]:
        """Answers of many calls at once, all at the time of the last block."""
        when = {"time": hex(self._head)}
        requests = [("eth_call", [_call(*each), "latest", {}, when]) for each in asked]
        return [self._answer(each) for each in self._post(requests)]

    def ask(self, method: str, *params: object) -> Any:  # noqa: ANN401 - JSON
        (answer,) = self._post([(method, list(params))])
        assert "error" not in answer, answer
        return answer["result"]

    def _answer(self, answer: dict[str, Any]) -> str:
        if "error" in answer:
            told = answer["error"].get("data")
            assert told is not None, answer
            raise Refused(codec.decode_error(self._artifacts.values(), told))
        return str(answer["result"])

    def _post(self, requests: Sequence[tuple[str, Sequence[object]]]) -> list[dict[str, Any]]:
        body = [
            {"jsonrpc": "2.0", "id": place, "method": method, "params": params}
            for place, (method, params) in enumerate(requests)
        ]
        headers = {"Content-Type": "application/json"}
        self._connection.request("POST", "/", json.dumps(body), headers)
        answers = json.loads(self._connection.getresponse().read())
        return sorted(answers, key=lambda each: int(each["id"]))


def _call(by: str, to: str | None, data: str) -> dict[str, str]:
    return {"from": by, "data": data, "gas": hex(GAS)} | ({"to": to} if to else {})
