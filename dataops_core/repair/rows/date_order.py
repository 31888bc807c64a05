"""Dates whose order contradicts nearly all other rows: an end before its start.

A date is proposed only where it alone explains the row: one part of it (year, month, or day) is another, the time
between both dates is then as usual, and the other date stands where its neighbors say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import permutations

import numpy as np

from dataops_core.repair.encoding import EncodedTable
from dataops_core.repair.notation.format_times import DayForm, read_day, write_day
from dataops_core.repair.notation.formats import Format
from dataops_core.repair.rows.arithmetic import ENOUGH, PLANTED, Contradiction

ORDERED, APART = 0.9, 0.5  # of the rows: the end is not before the start; it is after it
FEWEST_ROWS = 20
MOST_COLUMNS = 8
MOST_ROWS = 5_000  # that contradict the order
USUAL = (0.01, 0.99)  # of the times between two dates
NEIGHBORS = 5  # rows on each side
NEAR = 0.95  # of the dates are as near to their neighbors as one must be that is not in doubt
FAR, YEARS = 2.0, 3 * 365.25  # times the span of nearly all dates, and days: farther from the middle no date is right
TELLS = 0.1  # of the span of a column: neighbors that are farther away tell nothing


@dataclass(frozen=True)
class Days:
    """A column of dates: per row the day as a number (NaN: none), its form (None: ISO), the range of nearly all dates,
    and how far each is from the middle of its neighbors, with how far that usually is (None: neighbors tell nothing).
    """

    place: int
    cells: np.ndarray
    form: DayForm | None
    span: tuple[float, float]
    middle: np.ndarray
    near: float | None

    def fits(self, row: int, day: float) -> bool:
        """Whether a date lies where the column, and its neighbors, have theirs."""
        if not self.span[0] <= day <= self.span[1]:
            return False
        return self.near is None or np.isnan(self.middle[row]) or abs(day - self.middle[row]) <= self.near

    def write(self, day: float) -> str:
        """A day as it is written in the column."""
        value = date.fromordinal(int(day))
        return (
            value.isoformat() if self.form is None else str(write_day((value.year, value.month, value.day), self.form))
        )


def days_of(table: EncodedTable, learned: Mapping[int, Format]) -> list[Days]:
    """The columns of dates, those written as text too, by the forms learned from the columns."""
    made: list[Days] = []
    for at, column in enumerate(table.columns):
        form = None
        if column.type == "text":
            found = learned.get(at)
            if found is None or not isinstance(found.main, DayForm):
                continue
            form = found.main
        elif column.type != "datetime" or any("T" in text for text in column.values[:1000]):
            continue
        known = np.array([_number(text, form) for text in column.values] + [np.nan])
        cells = known[column.codes]
        there = cells[np.isfinite(cells)]
        if len(there) >= FEWEST_ROWS and len(made) < MOST_COLUMNS:
            middle = middles(cells)
            off = np.abs(cells - middle)
            span = np.quantile(there[np.abs(there - np.median(there)) <= farthest(there)], [0.005, 0.995])
            near = float(np.nanquantile(off, NEAR)) if np.isfinite(off).any() else np.inf
            tells = near <= TELLS * (span[1] - span[0])
            made.append(Days(at, cells, form, (float(span[0]), float(span[1])), middle, near if tells else None))
    return made


def farthest(days: np.ndarray) -> float:
    """How many days from the middle of some dates one may be before its year must be wrong."""
    low, high = np.quantile(days, [0.02, 0.98])
    return float(max(YEARS, FAR * (high - low)))


def _number(text: str, form: DayForm | None) -> float:
    if form is None:
        return float(date.fromisoformat(text).toordinal())
    values = [value for value, own in read_day(text) if own == form]
    return float(date(*values[-1]).toordinal()) if values else np.nan


def middles(cells: np.ndarray) -> np.ndarray:
    """The median of the neighbors of each row (rows,)."""
    around = [np.roll(cells, by) for by in range(-NEIGHBORS, NEIGHBORS + 1) if by]
    with np.errstate(all="ignore"):
        stacked = np.vstack(around)
        stacked[:, np.isnan(stacked).all(axis=0)] = 0
        return np.nanmedian(stacked, axis=0)


@dataclass(frozen=True)
class Order:
    """Two columns of dates (places among them) in order, and the usual number of days between."""

    start: int
    end: int
    usual: tuple[float, float]


def orders(columns: Sequence[Days]) -> Iterator[Order]:
    """The pairs of columns of which one is never before the other, in nearly all rows."""
    for start, end in permutations(range(len(columns)), 2):
        between = columns[end].cells - columns[start].cells
        between = between[np.isfinite(between)]
        if len(between) >= FEWEST_ROWS and (between >= 0).mean() >= ORDERED and (between > 0).mean() >= APART:
            low, high = np.quantile(between[between >= 0], USUAL)
            yield Order(start, end, (float(low), float(high)))


def alternatives(day: float) -> set[float]:
    """The dates that differ in one part: the year by one or in two exchanged digits, another month, a day with its
    digits exchanged, day and month exchanged.

    >>> date.fromordinal(735000).isoformat(), len(alternatives(735000.0)) > 11
    ('2013-05-12', True)
    """
    value = date.fromordinal(int(day))
    year, month, number = value.year, value.month, value.day
    digits = f"{year:04}"
    years = {year - 1, year + 1, *(int(digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :]) for i in range(3))}
    options = {(each, month, number) for each in years} | {(year, each, number) for each in range(1, 13)}
    options |= {(year, number, month), (year, month, int(f"{number:02}"[::-1]))}
    made = set()
    for option in options - {(year, month, number)}:
        try:
            made.add(float(date(*option).toordinal()))
        except ValueError:  # no such day
            continue
    return made


def explain(columns: Sequence[Days], order: Order, row: int, start: float, end: float) -> tuple[int, float] | None:
    """The one date (the place of its column) that alone explains a row in which the end is before the start."""
    low, high = order.usual
    found = []
    for at, day, other_at, other in ((order.start, start, order.end, end), (order.end, end, order.start, start)):
        if not columns[other_at].fits(row, other):
            continue
        for new in alternatives(day):
            between = other - new if at == order.start else new - other
            if low <= between <= high and columns[at].fits(row, new):
                found.append((at, new))
    return found[0] if len(found) == 1 else None


def find(table: EncodedTable, columns: Sequence[Days], seed: int = 0) -> list[Contradiction]:
    """The dates that contradict the order of two of these columns of a table."""
    made = []
    for order in orders(columns):
        start, end = columns[order.start].cells, columns[order.end].cells
        by_column: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
        for row in np.flatnonzero(end < start)[:MOST_ROWS].tolist():
            each = explain(columns, order, row, start[row], end[row])
            if each is not None:
                by_column[each[0]].append((row, each[1]))
        if not by_column:
            continue
        measured = _planted(columns, order, np.random.default_rng([seed, order.start, order.end]))
        names = [table.columns[columns[at].place].name for at in (order.start, order.end)]
        low, high = order.usual
        for at, cells in sorted(by_column.items()):
            asked, right = measured[at]
            why = f"{names[1]} is before {names[0]}; it is usually {low:.0f} to {high:.0f} days after it"
            made.append(
                Contradiction(
                    columns[at].place,
                    [row for row, _ in cells],
                    [columns[at].write(day) for _, day in cells],
                    (right + 0.5) / (asked + 1.0) if asked >= ENOUGH else float("nan"),
                    why,
                )
            )
    return made


def _planted(columns: Sequence[Days], order: Order, rng: np.random.Generator) -> defaultdict[int, list[int]]:
    """How many explanations of planted errors there were in each column, and how many of them are right."""
    counts: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
    start, end = columns[order.start].cells, columns[order.end].cells
    fine = np.flatnonzero(end >= start)
    for row in rng.choice(fine, 4 * PLANTED).tolist():
        at = (order.start, order.end)[int(rng.integers(2))]
        right = start[row] if at == order.start else end[row]
        wrong = float(rng.choice(sorted(alternatives(right))))
        given = (wrong, end[row]) if at == order.start else (start[row], wrong)
        if given[1] < given[0]:
            each = explain(columns, order, row, *given)
            if each is not None:
                counts[each[0]][0] += 1
                counts[each[0]][1] += each == (at, right)
    return counts
