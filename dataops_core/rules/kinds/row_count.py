"""The table has a number of rows between two limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from dataops_core.facts import Engine
from dataops_core.rules.rule import Candidate, Measured, Rule, kind, setting, suggests
from dataops_core.rules.view import SuggestView
from dataops_core.wording import counted


@kind
@dataclass(frozen=True, kw_only=True)
class RowCount(Rule):
    """The table has a number of rows between two limits."""

    name: ClassVar[str] = "row_count"
    title: ClassVar[str] = "Row count"
    about: ClassVar[str] = "The number of rows lies between the limits, which belong to it."
    min: int | None = setting("At least", "whole", "Rows", default=None)
    max: int | None = setting("At most", "whole", "Rows", default=None)

    @property
    def words(self) -> str:
        """As a sentence without its end."""
        if self.min is None or self.max is None:
            return f"The table has at {'most' if self.min is None else 'least'} {self.max or self.min or 0:,} rows"
        return f"The table has {self.min:,} to {self.max:,} rows"

    def problems(self) -> Iterator[str]:
        """Limits that are not there, or contradict each other."""
        if self.min is None and self.max is None:
            yield "A row count needs a limit."
        if self.min is not None and self.max is not None and self.min > self.max:
            yield "The lower limit is above the upper one."

    def measure(self, engine: Engine, today: str | None) -> Measured:
        """Count the rows."""
        rows = engine.table.rows
        passed = (self.min is None or rows >= self.min) and (self.max is None or rows <= self.max)
        return Measured(passed, f"The table has {counted(rows, 'row')}.")


@suggests(RowCount)
def suggest(view: SuggestView) -> Iterator[Candidate]:
    """Half to twice as many rows as there are."""
    if view.rows >= 20:
        yield Candidate(RowCount(min=view.rows // 2, max=2 * view.rows, severity="warn"))
