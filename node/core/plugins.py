"""Discovery of plug-ins: every module of a folder, in name order.

In: a package. Out: its modules. Called by: the registries of bindings, formats, rules, routes,
views.
"""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType


def discover(package: ModuleType) -> list[ModuleType]:
    """Import every module directly inside `package`, in name order."""
    names = sorted(info.name for info in pkgutil.iter_modules(package.__path__))
    return [importlib.import_module(f"{package.__name__}.{name}") for name in names]
