"""Finished folds in the store, so that a job that was stopped goes on where it was."""

from __future__ import annotations

from typing import Any

from dataops_core.store.store import Store


class InStore:
    """Keeps folds in the catalog."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def read(self, key: str) -> Any:
        """The value kept under that key, or None."""
        return self.store.cached(f"fold:{key}")

    def write(self, key: str, value: Any) -> None:
        """Keep a value."""
        self.store.keep({f"fold:{key}": value})
