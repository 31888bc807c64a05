"""Rows that hold totals of the others: labelled so, and with numbers that add up, or with little besides numbers."""

from __future__ import annotations

import numpy as np

from dataops_core.checks.table_view import TableView

_MOST = 20


def total_places(look: TableView) -> np.ndarray:
    """The rows that hold totals (rows,)."""
    found = labelled_totals(look)
    return found[1] if found else np.zeros(look.rows, dtype=bool)


def labelled_totals(look: TableView) -> tuple[str, np.ndarray] | None:
    """The column with labels of totals and their rows: numbers add up, or the rows hold little besides numbers. Found
    once for each look.
    """
    if look.totals is None:
        found = _find(look)
        look.totals = [found] if found else []
    return look.totals[0] if look.totals else None


def _find(look: TableView) -> tuple[str, np.ndarray] | None:
    numbers = look.named(types=["integer", "decimal"], as_meant=True, least=2)
    for name in look.named(types=["text"], least=2) if numbers else ():
        places = look.total_labels(name)
        if not 0 < len(places) <= min(_MOST, max(1, 0.1 * look.rows)):
            continue
        mask = np.zeros(look.rows, dtype=bool)
        mask[places] = True
        if any(_adds_up(look.meant(number).numbers, mask) for number in numbers if number != name):
            return name, mask
        mask &= _sparse(look, mask)
        if mask.any() and any(_is_above(look.meant(number).numbers, mask) for number in numbers if number != name):
            return name, mask
    return None


def _sparse(look: TableView, rows: np.ndarray) -> np.ndarray:
    """Which of some rows are empty in half of the columns that are filled nearly everywhere else."""
    filled = [
        name
        for name in look.table.names
        if "failed" not in look.facts[name] and int(look.facts[name]["missing"]) - rows.sum() <= 0.1 * look.rows
    ]
    empty = [np.unpackbits(look.gaps(name), count=look.rows).astype(bool) for name in filled]
    return np.mean(empty, axis=0) >= 0.5 if len(filled) > 2 else np.zeros(look.rows, dtype=bool)


def _is_above(numbers: np.ndarray, totals: np.ndarray) -> bool:
    """Whether a column has numbers in all these rows, greater than nearly all others: sums of data that was changed."""
    data = numbers[~totals & np.isfinite(numbers)]
    return bool(
        len(data) > 20 and np.isfinite(numbers[totals]).all() and numbers[totals].min() > np.quantile(data, 0.99)
    )


def _adds_up(numbers: np.ndarray, totals: np.ndarray) -> bool:
    """Whether one of the totals is the sum of the rows that are none, or of those since the total before."""
    if not np.isfinite(numbers[totals]).any():
        return False
    data = np.where(totals | ~np.isfinite(numbers), 0.0, numbers)
    running = np.cumsum(data)
    before = 0.0
    for at in np.flatnonzero(totals):
        if any(
            abs(sum_of_rows - numbers[at]) <= max(0.0051, 1e-9 * abs(sum_of_rows))
            for sum_of_rows in (running[at], running[at] - before)
        ):
            return bool(running[at] != 0)
        before = running[at]
    return False
