"""Partner banks that instruct, so many a second, and ask again under the same key until answered.

In: the node's address, its customers, a rate. Out: what was accepted, by UETR. Used by the run.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from queue import Empty, Queue
from random import Random
from typing import Any, Final

import httpx

from node.api.auth import issue_token
from node.control.roles import Role
from scripts.soak.ground import CURRENCY, NOSTRO, SECRET, Bank

CLIENTS: Final = 8
ACCEPTED: Final = 202
FIRST_AMOUNT: Final = "100000.00"


@dataclass(frozen=True)
class Order:
    """One submission; its UETR is its key, so asked again it is the same."""

    resource: str
    body: Mapping[str, Any]

    @property
    def uetr(self) -> str:
        return str(self.body["uetr"])


@dataclass
class Load:
    """Clients that share one queue of orders."""

    url: str
    bank: Bank
    chance: Random
    orders: Queue[Order] = field(default_factory=Queue)
    accepted: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    asked_again: int = 0
    submitted: int = 0
    waits_seconds: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._ask, daemon=True) for _ in range(CLIENTS)]
        for each in self._threads:
            each.start()

    def first_issues(self) -> None:
        """Money for every customer."""
        for each in self.bank.customers:
            self._submit("issues", self._issue(each, FIRST_AMOUNT))

    def run(self, seconds: float, per_second: float) -> None:
        """Submit at that rate, whether the node keeps up or not."""
        began = time.monotonic()
        count = 0
        while (elapsed := time.monotonic() - began) < seconds:
            while count < elapsed * per_second:
                self._submit(*self._any())
                count += 1
            time.sleep(0.01)

    def settle(self, seconds_max: float) -> bool:
        """Wait until every order has an answer."""
        deadline = time.monotonic() + seconds_max
        while self.orders.unfinished_tasks and time.monotonic() < deadline:
            time.sleep(0.1)
        return not self.orders.unfinished_tasks

    def stop(self) -> None:
        self._stopping.set()
        for each in self._threads:
            each.join()

    def _submit(self, resource: str, body: Mapping[str, Any]) -> None:
        self.orders.put(Order(resource, body))
        self.submitted += 1

    def _any(self) -> tuple[str, dict[str, Any]]:
        """Mostly transfers; at times money comes in or goes out."""
        payer, payee = self.chance.sample(self.bank.customers, 2)
        kind = self.chance.choices(("transfers", "issues", "redemptions"), (18, 1, 1))[0]
        amount = f"{self.chance.randint(1, 50)}.{self.chance.randint(0, 99):02}"
        if kind == "issues":
            return kind, self._issue(payee, amount)
        if kind == "redemptions":
            return kind, {**self._body(amount), "debtor_wallet": payer, "nostro": NOSTRO}
        return kind, {**self._body(amount), "debtor_wallet": payer, "creditor_wallet": payee}

    def _issue(self, to: str, amount: str) -> dict[str, Any]:
        return {**self._body(amount), "creditor_wallet": to, "nostro": NOSTRO}

    def _body(self, amount: str) -> dict[str, Any]:
        drawn = uuid.UUID(int=self.chance.getrandbits(128), version=4)
        return {"amount": {"currency": CURRENCY, "amount": amount}, "uetr": str(drawn)}

    def _ask(self) -> None:
        with httpx.Client(base_url=self.url, timeout=10) as client:
            while not self._stopping.is_set():
                try:
                    order = self.orders.get(timeout=0.2)
                except Empty:
                    continue
                self._until_answered(client, order)
                self.orders.task_done()

    def _until_answered(self, client: httpx.Client, order: Order) -> None:
        began = time.monotonic()
        while not self._stopping.is_set():
            try:
                said = client.post(
                    f"/v1/{order.resource}",
                    json=dict(order.body),
                    headers={"Authorization": f"Bearer {_token()}", "Idempotency-Key": order.uetr},
                )
            except httpx.HTTPError:
                self.asked_again += 1
                time.sleep(0.2)
                continue
            if said.status_code == ACCEPTED:
                self.accepted[order.uetr] = order.resource
                self.waits_seconds.append(time.monotonic() - began)
                return
            if not said.json().get("retryable"):
                self.refused[order.uetr] = str(said.json())
                return
            self.asked_again += 1
            time.sleep(0.2)


def _token() -> str:
    return issue_token("soak", Role.TREASURER, SECRET.encode(), datetime.now(UTC)).text
