"""What some rows have in common: the value of another column, or the month of a day, that all of them hold and few
others do; or that they follow on each other in the table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from dataops_core.repair.encoding import EncodedColumn, EncodedTable
from dataops_core.repair.notation.formats import Format
from dataops_core.repair.rows.numbers import DATES, numbers_of

TOGETHER = 0.9  # of the rows have one value of another column
COMMON, VALUES = 0.6, 500  # share of the other rows with that value at the most; different values of a column
NUMBERED, YEARS = 25, (1900, 2100)  # clerks, offices, devices that have numbers for names
BY_CHANCE = 1e-4
RUN, ENDS = 0.3, (0.02, 0.98)  # share of the other rows between rows that follow on each other; of these


Group = tuple[str, np.ndarray, list[str]]  # what rows have in common: see `groups_of`


def groups_of(table: EncodedTable, learned: Mapping[int, Format]) -> list[Group]:
    """What rows have in common: the name, per row the place of its value (-1: none), and the values; of days the
    months. What is measured is nothing to have in common. `learned` are the forms of the columns, by place.
    """
    made: list[Group] = []
    for at, column in enumerate(table.columns):
        form = learned.get(at)
        if column.type == "datetime" or (form is not None and form.kind.name in DATES):
            days = numbers_of(column, form)[1]
            there = np.isfinite(days)
            months, places = np.unique([_month(day) for day in days[there].tolist()], return_inverse=True)
            codes = np.full(len(days), -1)
            codes[there] = places
            made += [(column.name, codes, months.tolist())] if len(months) <= VALUES else []
        elif 2 <= (column.counts > 0).sum() <= VALUES and not _is_measured(column):
            made.append((column.name, column.codes, list(column.values)))
    return made


def _is_measured(column: EncodedColumn) -> bool:
    """Whether a column holds numbers that are no years, and too many to be those of clerks or offices."""
    if column.type != "integer":
        return column.type == "decimal"
    numbers = column.numbers()[column.counts > 0]
    low, high = numbers.min(), numbers.max()
    return bool(len(numbers) > NUMBERED and not YEARS[0] <= low <= high <= YEARS[1])


def _month(day: float) -> str:
    return date.fromordinal(int(day)).isoformat()[:7]


def in_a_run(rows: np.ndarray, known: np.ndarray) -> np.ndarray | None:
    """Those of some rows that follow on each other, with few others between; None where they do not (rows,)."""
    low, high = np.quantile(rows, ENDS)
    own = rows[(rows >= low) & (rows <= high)]
    others = np.flatnonzero(known)
    others = others[~np.isin(others, rows)]
    share = (((others >= low) & (others <= high)).sum() + 1.0) / (len(others) + 1.0)
    is_run = share <= RUN and len(known) ** 2 * share ** len(own) <= BY_CHANCE
    return own if is_run and len(own) >= TOGETHER * len(rows) else None


def in_common(
    rows: np.ndarray, known: np.ndarray, groups: Sequence[Group], together: float = TOGETHER
) -> tuple[str, str, np.ndarray] | None:
    """The column and value that this share of the rows has, and few others; and the rows that have it."""
    best = None
    for name, codes, values in groups:
        own = codes[rows]
        if not (own >= 0).any():
            continue
        counts = np.bincount(own[own >= 0], minlength=len(values))
        top = int(counts.argmax())
        others = np.bincount(codes[known & (codes >= 0)], minlength=len(values)) - counts
        share = (others[top] + 1.0) / (others.sum() + 1.0)
        chance = len(values) * share ** int(counts[top])
        if counts[top] >= together * len(rows) and share <= COMMON and chance <= BY_CHANCE:
            best = min(best or (chance, name, top), (chance, name, top))
    if best is None:
        return None
    name, codes, values = next(each for each in groups if each[0] == best[1])
    return name, values[best[2]], rows[codes[rows] == best[2]]
