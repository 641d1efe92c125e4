"""Plug-ins: every file of a folder is found, in the order of names.

In: the folder of bindings. Run by pytest.
"""

from pathlib import Path

from node import bindings
from node.core.plugins import discover


def test_every_file_of_a_folder_is_found_in_order() -> None:
    files = sorted(
        path.stem for path in Path(*bindings.__path__).glob("*.py") if path.stem != "__init__"
    )
    found = [module.__name__.rpartition(".")[2] for module in discover(bindings)]
    assert found == files
    assert len(found) >= 3
