"""What a run on any engine comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dataops_core.recipe.recipe import Recipe
from dataops_core.recipe.walk import Outcome


@dataclass(frozen=True)
class EngineRun:
    """The table that was written, the recipe with all that it learned, and each step's outcome."""

    rows: int
    types: Mapping[str, str]  # the storage type of each column, in order
    content_hash: str
    recipe: Recipe
    outcomes: tuple[Outcome, ...]
    problems: tuple[Mapping[str, Any], ...] = ()  # what was odd in the files

    def to_json(self) -> dict[str, Any]:
        """The run as plain JSON values, as the command `run` prints it."""
        return {
            "rows": self.rows,
            "columns": list(self.types),
            "content_hash": self.content_hash,
            "problems": [dict(problem) for problem in self.problems],
            "steps": [outcome.to_json() for outcome in self.outcomes],
        }
