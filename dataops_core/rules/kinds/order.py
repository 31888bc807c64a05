"""One column is never above another: dates in time, a minimum and a maximum."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import ClassVar

import numpy as np

from dataops_core.rules.margins import is_first_step, is_wall, upper_limit
from dataops_core.rules.rule import Candidate, Fix, Rule, kind, quarantine_fix, setting, suggests
from dataops_core.rules.view import SuggestView
from dataops_core.steps._conditions import Node
from dataops_core.table import Column
from dataops_core.values.numbers import in_microseconds

FEWEST = 100
EXPECTED = 0.02  # of the rows would break it by chance, at the least
MOST_COLUMNS = 20
SLIPS = 0.02
AS_STORED = "as stored"


@kind
@dataclass(frozen=True, kw_only=True)
class Order(Rule):
    """One column is never above another."""

    name: ClassVar[str] = "order"
    title: ClassVar[str] = "Order of two columns"
    about: ClassVar[str] = "In every row the first is at most the second: dates in time, a minimum and a maximum."
    first: str = setting("First", "column", "The one that is smaller, or earlier")
    second: str = setting("Second", "column", "The one that is greater, or later")
    compare: str = setting(
        "Compare as", "choice:as stored|number|date", "number, date: also where a column is text", default="as stored"
    )
    strict: bool = setting("Never equal", "flag", "The two may not be equal either", default=False)

    @property
    def condition(self) -> Node:
        """The first is at most the second."""
        one, two = Node("column", (self.first,)), Node("column", (self.second,))
        if self.compare != AS_STORED:
            one, two = Node(self.compare, (one,)), Node(self.compare, (two,))
        return Node("<" if self.strict else "<=", (one, two))

    @property
    def words(self) -> str:
        """As a sentence without its end."""
        return f"{self.first} is {'below' if self.strict else 'at most'} {self.second}"

    def problems(self) -> Iterator[str]:
        """A column and itself."""
        if self.first == self.second:
            yield "A column cannot be compared with itself."

    def fix(self, columns: Mapping[str, Column]) -> Fix:
        """The repairs know which of two dates is wrong; else set aside."""
        return quarantine_fix(self, f"Set aside the rows in which {self.first} is above {self.second}, or correct them")


@suggests(Order)
def suggest(view: SuggestView) -> Iterator[Candidate]:
    """Pairs that are in order though chance would break it, and that end as at a wall."""
    numbers = [c.name for c in view.named("integer", "decimal") if c.kind != "id" and not view.is_key(c.name)]
    dates = [column.name for column in view.named("datetime")]
    found: dict[tuple[str, str], str] = {}
    for compare, names in (("date", dates), ("number", numbers)):
        cells = {name: _cells(view, name) for name in names[:MOST_COLUMNS]}
        for first, second in permutations(cells, 2):
            if _in_order(cells[first], cells[second]):
                found[first, second] = compare
    for (first, second), compare in found.items():  # a <= b and b <= c say that a <= c
        if not any((first, middle) in found and (middle, second) in found for middle in view.table.names):
            yield Candidate(Order(first=first, second=second, compare=compare), floor=1 - SLIPS, least_rows=FEWEST)


def _cells(view: SuggestView, name: str) -> np.ndarray:
    column = view.sample[name]
    if view.table.column(name).type == "datetime":
        return in_microseconds(column) / 1e6
    return column.to_numpy(dtype="float64", na_value=np.nan)


def _in_order(first: np.ndarray, second: np.ndarray) -> bool:
    """Whether one is at most the other in nearly all rows, unlike the rows of strangers, and not by a thin margin."""
    both = np.isfinite(first) & np.isfinite(second)
    a, b = first[both], second[both]
    if len(a) < FEWEST or len(np.unique(a[:2_000])) < 3 or len(np.unique(b[:2_000])) < 3:
        return False
    broken = float((a > b).mean())
    if broken > SLIPS:
        return False
    by_chance = float(np.mean([(a > np.roll(b, shift)).mean() for shift in (len(a) // 3, len(a) // 2, 7)]))
    if by_chance < max(EXPECTED, 10 * broken) or by_chance * len(a) < 20:
        return False
    gaps = (b - a)[b >= a]
    if (gaps > 0).mean() < 0.05:
        return False  # they are equal
    if is_wall(gaps) or is_first_step(gaps):
        return True
    low = upper_limit(-gaps)
    return low is not None and -low >= 0 and broken == 0
