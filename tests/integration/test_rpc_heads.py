"""Heads, headers and receipts of a chain in a process of its own, as a bank's node has one."""

from __future__ import annotations

import threading
import time

import pytest

from node.chain.heads import Heads
from node.chain.rpc import Rpc
from node.jobs.schedule import Schedule
from tests.support.anvil import CHAIN_ID, Anvil

pytestmark = pytest.mark.npm


class Ticks:
    """A runner that counts how often it was woken."""

    def __init__(self) -> None:
        self.count, self.woken = 0, threading.Event()

    def tick(self) -> int:
        self.count += 1
        self.woken.set()
        return 0

    def stop(self) -> None:
        pass

    def release(self) -> None:
        pass


def test_a_mined_block_wakes_the_stages_long_before_the_tick(anvil: Anvil) -> None:
    ticks = Ticks()
    schedule = Schedule(ticks, seconds=3600, jobs={})  # type: ignore[arg-type]
    heads = Heads([anvil.url.replace("http", "ws")], chain_id=CHAIN_ID, wake=schedule.wake)
    schedule.start()
    heads.start()
    try:
        deadline = time.monotonic() + 5
        while ticks.count < 2:  # the start of the clock, and the first connection
            assert time.monotonic() < deadline
            time.sleep(0.01)
        for _ in range(5):
            ticks.woken.clear()
            anvil.ask("evm_mine")
            assert ticks.woken.wait(2)
    finally:
        heads.stop()
        schedule.stop()


def test_headers_and_receipts_of_anvil_prove_themselves(anvil: Anvil) -> None:
    sender = anvil.ask("eth_accounts")[0]
    for value in range(3):
        anvil.ask("eth_sendTransaction", {"from": sender, "to": sender, "value": hex(value)})
    rpc = Rpc([anvil.url], chain_id=CHAIN_ID)
    numbers = range(rpc.block("latest").number + 1)
    headers = rpc.proved_headers(numbers)
    assert [each.number for each in headers] == list(numbers)
    assert [len(each) for each in rpc.proved_receipts(headers[-3:])] == [1, 1, 1]
