"""No cell is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from dataops_core.rules.rule import Candidate, Fix, Rule, kind, setting, suggests
from dataops_core.rules.view import SuggestView
from dataops_core.steps._conditions import Node
from dataops_core.table import Column


@kind
@dataclass(frozen=True, kw_only=True)
class NotMissing(Rule):
    """No cell is missing."""

    name: ClassVar[str] = "not_missing"
    title: ClassVar[str] = "Not missing"
    about: ClassVar[str] = "No cell of the column is missing."
    column: str = setting("Column", "column")

    @property
    def condition(self) -> Node:
        """The cell is not missing."""
        return Node("not", (Node("missing", (Node("column", (self.column,)),)),))

    @property
    def words(self) -> str:
        """As a sentence without its end."""
        return f"{self.column} is never missing"

    def fix(self, columns: Mapping[str, Column]) -> Fix:
        """Fill the gaps."""
        number = columns[self.column].type in ("integer", "decimal")
        settings = {"columns": [self.column], "how": "median" if number else "most_frequent"}
        return Fix(f"Fill missing values in {self.column}", "fill_missing", settings, "impute")


@suggests(NotMissing)
def suggest(view: SuggestView) -> Iterator[Candidate]:
    """Columns in which nothing, or next to nothing, is missing."""
    for column in view.named():
        missing = view.rows - view.present(column.name)
        if view.rows >= 20 and missing <= 0.002 * view.rows:
            yield Candidate(NotMissing(column=column.name), floor=0.998)
