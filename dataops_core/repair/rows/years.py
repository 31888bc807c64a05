"""Dates with a year that no other date of the column comes near: 1024-08-11 among those of 2024.

The year is proposed with which the usual time lies between the date and another of the row; where there is none, the
one that differs from it in one digit, or in two that changed places. Exactly one such date must lie where the column,
and the neighbors of the row, have theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from dataops_core.repair.rows.arithmetic import ENOUGH, PLANTED, Contradiction
from dataops_core.repair.rows.date_order import Days, Order, farthest, orders

MOST_ROWS = 5_000
REPEATED = 3  # cells with one such date: it stands for a missing one


def find(columns: Sequence[Days], names: Sequence[str], seed: int = 0) -> Iterator[Contradiction]:
    """The dates of each column whose year is wrong; `names` are those of the table's columns."""
    pairs = list(orders(columns))
    for at, days in enumerate(columns):
        low, high = days.span
        there = days.cells[np.isfinite(days.cells)]
        away = farthest(there)
        far = np.flatnonzero((days.cells < low - away) | (days.cells > high + away))[:MOST_ROWS]
        held, cells_with = np.unique(days.cells[far], return_counts=True)
        far = far[~np.isin(days.cells[far], held[cells_with >= REPEATED])]
        beside = _beside(columns, at, pairs)
        cells = [(row, new) for row in far.tolist() if (new := year_of(days, row, days.cells[row], beside)) is not None]
        if not cells:
            continue
        rng = np.random.default_rng([seed, days.place])
        asked, right = _planted(days, away, beside, rng)
        sure = (right + 0.5) / (asked + 1.0) if asked >= ENOUGH else float("nan")
        first, last = (date.fromordinal(int(day)).year for day in days.span)
        why = (
            f"nearly all dates of {names[days.place]} lie from {first} to {last}, and one slip in the year explains it"
        )
        yield Contradiction(days.place, [row for row, _ in cells], [days.write(new) for _, new in cells], sure, why)


class Beside(NamedTuple):
    """The dates of another column (rows,), between which they lie, and how many days later they usually are."""

    cells: np.ndarray
    span: tuple[float, float]
    later: tuple[float, float]


def _beside(columns: Sequence[Days], at: int, pairs: Sequence[Order]) -> list[Beside]:
    """The other columns that are nearly always before, or after, a column."""
    made = []
    for order in pairs:
        if at in (order.start, order.end):
            other = columns[order.end if at == order.start else order.start]
            low, high = order.usual
            made.append(Beside(other.cells, other.span, (low, high) if at == order.start else (-high, -low)))
    return made


def year_of(days: Days, row: int, day: float, beside: Sequence[Beside]) -> float | None:
    """The only date with another year that lies where the column, the row's neighbors and its other dates want it."""
    told = [each for each in beside if each.span[0] <= each.cells[row] <= each.span[1]]
    fits = [new for new in (in_span(day, days.span) if told else with_other_years(day)) if days.fits(row, new)]
    fits = [new for new in fits if all(each.later[0] <= each.cells[row] - new <= each.later[1] for each in told)]
    return fits[0] if len(fits) == 1 else None


def in_span(day: float, span: tuple[float, float]) -> list[float]:
    """The same day in all years of a span."""
    first, last = (date.fromordinal(int(each)).year for each in span)
    return _in_years(day, range(first, last + 1))


def with_other_years(day: float) -> list[float]:
    """The same day in years that differ in one digit, or in two neighbors that changed places.

    >>> date.fromordinal(373977).isoformat(), len(with_other_years(373977.0))
    ('1024-11-30', 39)
    """
    value = date.fromordinal(int(day))
    digits = f"{value.year:04}"
    years = {int(digits[:at] + other + digits[at + 1 :]) for at in range(4) for other in "0123456789"}
    years |= {int(digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]) for at in range(3)}
    return _in_years(day, sorted(years - {value.year, 0}))


def _in_years(day: float, years: Iterable[int]) -> list[float]:
    value, made = date.fromordinal(int(day)), []
    for year in years:
        try:
            made.append(float(value.replace(year=year).toordinal()))
        except ValueError:  # no 29th of February
            continue
    return made


def _planted(days: Days, away: float, beside: Sequence[Beside], rng: np.random.Generator) -> tuple[int, int]:
    """How many dates with a slip planted in their year had a proposal, and how many of these were right."""
    low, high = days.span
    fine = np.flatnonzero((days.cells >= low) & (days.cells <= high))
    asked = right = 0
    for row in rng.choice(fine, PLANTED).tolist():
        options = [day for day in with_other_years(days.cells[row]) if day < low - away or day > high + away]
        if options:
            new = year_of(days, row, float(rng.choice(options)), beside)
            asked += new is not None
            right += new == days.cells[row]
    return asked, right
