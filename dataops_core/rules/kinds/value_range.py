"""Numbers and dates lie between two limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from dataops_core.rules.margins import rounded_out, upper_limit
from dataops_core.rules.rule import Candidate, Fix, Rule, kind, quarantine_fix, setting, shown_value, suggests
from dataops_core.rules.view import SuggestView
from dataops_core.steps._condition_rows import moment_of
from dataops_core.steps._conditions import Node
from dataops_core.table import Column

DAY = 86_400e6
FEWEST = 50


@kind
@dataclass(frozen=True, kw_only=True)
class Range(Rule):
    """Numbers and dates lie between two limits."""

    name: ClassVar[str] = "range"
    title: ClassVar[str] = "Range"
    about: ClassVar[str] = "Every number or date lies between the limits, which belong to it."
    column: str = setting("Column", "column")
    min: float | int | str | None = setting("At least", "number", "A number, or a date: 2024-12-31", default=None)
    max: float | int | str | None = setting("At most", "number", "A number, or a date: 2024-12-31", default=None)

    @property
    def condition(self) -> Node:
        """The cell is within the limits."""
        cell = Node("column", (self.column,))
        if isinstance(self.min, str) or isinstance(self.max, str):
            cell = Node("date", (cell,))
        low, high = Node(">=", (cell, Node("value", (self.min,)))), Node("<=", (cell, Node("value", (self.max,))))
        return high if self.min is None else low if self.max is None else Node("and", (low, high))

    @property
    def words(self) -> str:
        """As a sentence without its end."""
        low, high = (shown_value(each).strip('"') for each in (self.min, self.max))
        if self.min is None:
            return f"{self.column} is at most {high}"
        return f"{self.column} is at least {low}" if self.max is None else f"{self.column} is between {low} and {high}"

    def problems(self) -> Iterator[str]:
        """Limits that are not there, or contradict each other."""
        if self.min is None and self.max is None:
            yield "A range needs a limit."
        for each in (self.min, self.max):
            if isinstance(each, str) and np.isnat(moment_of(each)):
                yield f'"{each}" is neither a number nor a date.'
        if self.min is not None and self.max is not None:
            if isinstance(self.min, str) != isinstance(self.max, str):
                yield "One limit is a date and the other a number."
            elif self.min > self.max:  # type: ignore[operator]
                yield "The lower limit is above the upper one."

    def fix(self, columns: Mapping[str, Column]) -> Fix:
        """Set the rows aside: what lies beyond a limit is seldom right when it is moved to it."""
        return quarantine_fix(self, f"Set aside the rows whose {self.column} lies outside, or correct them")


@suggests(Range)
def suggest(view: SuggestView) -> Iterator[Candidate]:
    """Limits beyond which no row of another draw is expected; none for what counts rows or time."""
    for column in view.named("integer", "decimal", "datetime"):
        if view.present(column.name) < FEWEST or view.is_running(column.name) or view.is_code(column.name):
            continue
        values = view.numbers(column.name)
        if len(values) < FEWEST or values.min() == values.max():
            continue
        if column.type == "datetime":
            low, high = _date_limits(values)
            yield Candidate(Range(column=column.name, min=low, max=high))
        else:
            bounds = limits(values, column.type == "integer")
            if bounds != (None, None):
                yield Candidate(Range(column=column.name, min=bounds[0], max=bounds[1]))


def limits(values: np.ndarray, whole: bool) -> tuple[float | int | None, float | int | None]:
    """The limits of numbers: a hard end as it is, zero where nothing is negative, else beyond the tail."""
    least, greatest = float(values.min()), float(values.max())
    low, high = upper_limit(-values), upper_limit(values)
    low = None if low is None else -low
    step = float(np.quantile(values, 0.9) - np.quantile(values, 0.1)) or greatest - least
    if low is not None and low != least:
        low = rounded_out(low, step, up=False)
    if high is not None and high != greatest:
        high = rounded_out(high, step, up=True)
    if least >= 0 and low != least and reaches_to_zero(values):
        low = 0.0
    if greatest <= 0 and high != greatest and reaches_to_zero(-values):
        high = 0.0
    made = [None if each is None or abs(each) > 1e15 else each for each in (low, high)]
    return _written(made[0], whole), _written(made[1], whole)


def reaches_to_zero(values: np.ndarray) -> bool:
    """Whether values that are not negative come near to zero, as seen from their middle: the scale ends there."""
    return float(values.min()) <= 0.5 * float(np.quantile(values, 0.5))


def _written(value: float | None, whole: bool) -> float | int | None:
    if value is None:
        return None
    return int(value) if whole or (value == int(value) and abs(value) < 2**53) else value


def _date_limits(values: np.ndarray) -> tuple[str, str]:
    """Limits of dates: a half of their span before and after, whole days; a typo in the year lies beyond."""
    low, high = (float(each) for each in np.quantile(values, [0, 1]))
    room = max(30 * DAY, 0.5 * (high - low))
    days = [np.datetime64(int((at + by) // DAY), "D") for at, by in ((low, -room), (high, room + DAY))]
    return str(days[0]), str(days[1])
