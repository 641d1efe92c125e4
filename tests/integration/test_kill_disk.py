"""No room for what would be written: nothing of it is, and with room again all of it is.

The operating system refuses to let any file of the process grow past a limit, as a quota does; the
log of the SQLite file meets it in the middle of the day.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.anvil import Anvil
from tests.support.kill_banks import sqlite
from tests.support.kill_matrix import Matrix, matrix

pytestmark = pytest.mark.npm

# Bytes: before the first command is kept, between two of them, among the stages.
LIMITS = (10_000, 120_000, 400_000, 1_000_000)


@pytest.fixture(scope="module")
def bank(
    running_anvil: Anvil, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Matrix]:
    folder = tmp_path_factory.mktemp("disk")
    url, copies = sqlite(sqlite_template, folder)
    with matrix(running_anvil, url, copies, folder) as made:
        yield made


def test_a_full_disk_tears_nothing(bank: Matrix) -> None:
    undisturbed = bank.undisturbed()["facts"]
    for limit in LIMITS:
        with bank.bank() as database:
            ended = bank.life(database, survives=False, file_bytes_max=limit)
            assert ended["code"] == 1, f"{limit} bytes are enough"
            assert "DatabaseUnavailable: The database refused the work: disk" in ended["error"]
            assert bank.life(database)["facts"] == undisturbed
