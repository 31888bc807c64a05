"""Registers fill themselves: importing a package imports each of its modules, and each registers what it holds."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from typing import Protocol, TypeVar

LAST = 1_000  # where entries stand that say nothing of it


class Entry(Protocol):
    """What a register holds."""

    @property
    def key(self) -> str:
        """By which it is found."""

    @property
    def order(self) -> int:
        """Where it stands among the others."""


Kind = TypeVar("Kind", bound=Entry)


def import_all(package: str, path: Iterable[str]) -> None:
    """Import every module of a package, by its `__name__` and `__path__`: a new file there is all that a new entry
    needs.
    """
    for module in pkgutil.iter_modules(path):
        importlib.import_module(f"{package}.{module.name}")


def insert(register: dict[str, Kind], entry: Kind) -> None:
    """Put an entry into a register, where its order says."""
    found = sorted([*register.values(), entry], key=lambda each: each.order)
    register.clear()
    register.update({each.key: each for each in found})
