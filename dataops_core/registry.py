"""Registers fill themselves: importing a package imports each of its modules, and each registers what it holds."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable


def import_all(package: str, path: Iterable[str]) -> None:
    """Import every module of a package, by its `__name__` and `__path__`: a new file there is all that a new entry
    needs.
    """
    for module in pkgutil.iter_modules(path):
        importlib.import_module(f"{package}.{module.name}")
