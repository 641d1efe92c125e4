"""Names of processes in a lease: the dead are known as such, and nobody else is.

In: processes of the test's own. Run by pytest.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine

from node.db import leases
from node.jobs.leadership import ROLE, Leadership
from node.jobs.process import is_dead, own_name
from tests.support.command_line import ROOT

pytestmark = pytest.mark.skipif(not Path("/proc/self/ns/pid").exists(), reason="no /proc here")
TELL = "from node.jobs.process import own_name; print(own_name(), flush=True); input()"


def other() -> tuple[subprocess.Popen[str], str]:
    """A process that lives until it is ended, and its name."""
    process = subprocess.Popen(
        [sys.executable, "-c", TELL],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


@pytest.mark.parametrize(
    "name",
    ["", "one", "a b c d", "elsewhere boot/pid 1 1", "the process that writes the chain"],
)
def test_of_a_name_from_elsewhere_nothing_is_known(name: str) -> None:
    assert not is_dead(name)


def test_who_asks_is_alive() -> None:
    assert not is_dead(own_name())


def test_a_process_is_alive_until_it_is_killed() -> None:
    process, name = other()
    with process:
        alive = is_dead(name)
        process.kill()
    assert (alive, is_dead(name)) == (False, True)


def test_another_process_under_the_same_number_is_not_the_dead_one() -> None:
    host, place, pid, started = own_name().split(" ")
    assert is_dead(f"{host} {place} {pid} {int(started) + 1}")


def test_of_another_machine_or_boot_nothing_is_known() -> None:
    process, name = other()
    with process:
        process.kill()
    host, place, pid, started = name.split(" ")
    assert is_dead(name)
    assert not is_dead(f"{host}x {place} {pid} {started}")
    assert not is_dead(f"{host} {place}x {pid} {started}")


def test_the_lease_of_the_dead_is_taken_at_once_and_of_the_living_not(engine: Engine) -> None:
    process, name = other()
    with process:
        before = leases.acquire(engine, ROLE, name)
        assert before is not None
        assert not Leadership(engine, own_name()).hold()
        process.kill()
    assert Leadership(engine, own_name()).hold()
    after = leases.acquire(engine, ROLE, own_name())
    assert after is not None
    assert after.epoch == before.epoch + 1
