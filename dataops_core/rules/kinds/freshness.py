"""The newest row is not older than some days."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from dataops_core.facts import Engine
from dataops_core.rules.rule import Candidate, Measured, Rule, kind, setting, suggests
from dataops_core.rules.sql import Compiler, as_date
from dataops_core.rules.view import SuggestView

RECENT = 92  # days; a table whose newest row is older is no running one


@kind
@dataclass(frozen=True, kw_only=True)
class Freshness(Rule):
    """The newest row is not older than some days."""

    name: ClassVar[str] = "freshness"
    title: ClassVar[str] = "Freshness"
    about: ClassVar[str] = "The latest date of a column lies at most so many days back."
    column: str = setting("Column", "column")
    days: int = setting("Days", "whole", "How many days the latest date may lie back")

    @property
    def columns(self) -> tuple[str, ...]:
        """The column of dates."""
        return (self.column,)

    @property
    def words(self) -> str:
        """As a sentence without its end."""
        return f"The latest {self.column} is at most {self.days:,} days old"

    def measure(self, engine: Engine, today: str | None) -> Measured:
        """Compare the latest date with today."""
        compiler = Compiler({column.name: column.type for column in engine.table.columns}, engine.named)
        cell = as_date(compiler.column(self.column))
        row = engine.con.execute(f"select max({cell}) from {engine.rows}").fetchone()
        if row is None or row[0] is None:
            return Measured(False, f"{self.column} holds no date.")
        if today is None:
            return Measured(None, "It was not said which day is today.")
        age = (datetime.date.fromisoformat(today) - row[0].date()).days
        return Measured(age <= self.days, f"The latest date is {row[0].date().isoformat()}, {age:,} days back.")


@suggests(Freshness)
def suggest(view: SuggestView) -> Iterator[Candidate]:
    """Dates that reach to about today: three times as old as now, a week at the least."""
    if view.today is None:
        return
    for column in view.named("datetime"):
        latest = view.facts[column.name].get("max")
        if not latest:
            continue
        age = (datetime.date.fromisoformat(view.today) - datetime.date.fromisoformat(str(latest)[:10])).days
        if 0 <= age <= RECENT:
            yield Candidate(Freshness(column=column.name, days=max(7, 3 * age + 1), severity="warn"))
