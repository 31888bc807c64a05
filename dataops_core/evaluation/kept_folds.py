"""Folds that are finished are kept, so that work that was stopped goes on where it was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Protocol

from dataops_core.scratch import replaced


class KeptFolds(Protocol):
    """A place for finished folds: JSON values by key."""

    def read(self, key: str) -> Any:
        """The value kept under that key, or None."""

    def write(self, key: str, value: Any) -> None:
        """Keep a value."""


class InMemory:
    """Keeps folds as long as the process runs."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def read(self, key: str) -> Any:
        """The value kept under that key, or None."""
        return self.values.get(key)

    def write(self, key: str, value: Any) -> None:
        """Keep a value."""
        self.values[key] = value


class InFolder:
    """Keeps each fold as a small JSON file in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def read(self, key: str) -> Any:
        """The value kept under that key, or None where it is missing or damaged."""
        try:
            return json.loads((self.folder / f"{key}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def write(self, key: str, value: Any) -> None:
        """Keep a value; the file appears whole or not at all."""
        with replaced(self.folder / f"{key}.json") as part:
            part.write_text(json.dumps(value), encoding="utf-8")
