"""Numbers with a sign that they cannot have: a few -37 among thousands of numbers from 0 to 80."""

from __future__ import annotations

import numpy as np

from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.missing_codes import codes_for_missing
from dataops_core.checks.ranges import has_both_signs

LEAST = 200  # numbers say whether a column ever is negative
FEW = 0.01  # of them may be negative
SLIPS = 3  # are no accident


def wrong_signs(column: ColumnView) -> np.ndarray:
    """Which cells of a column of numbers are negative, though only a few are and without their signs they would be
    numbers like the others (rows,).

    Where zero is inside the range, as for temperatures, a few negative numbers are small ones: the end of a tail.
    """
    nothing = np.zeros(column.rows, dtype=bool)
    least = column.facts.get("min")
    if column.kind == "id" or column.present < LEAST or least is None or least >= 0 or has_both_signs(column.words):
        return nothing
    mask = column.numbers < 0
    if not SLIPS <= mask.sum() <= 2 * FEW * column.present:
        return nothing
    mask &= ~codes_for_missing(column)
    if not SLIPS <= mask.sum() <= FEW * column.present:
        return nothing
    sizes, others = -column.numbers[mask], column.numbers[column.numbers > 0]
    if len(others) < LEAST:
        return nothing
    small, tenth, most = np.quantile(others, [0.25, 0.1, 0.99])
    like = np.median(sizes) >= max(small, 1e-9) and np.mean(sizes < tenth) <= 0.4 and np.mean(sizes > most) <= 0.2
    return mask if like and len(np.unique(sizes)) > 1 else nothing
