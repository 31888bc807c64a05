"""Repeated identifiers."""

from __future__ import annotations

import numpy as np

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.repeats import coming_again
from dataops_core.checks.shapes import PLACES
from dataops_core.checks.table_view import Context
from dataops_core.wording import counted


@check(
    "Repeated identifiers",
    group="Rows",
    types=["text", "integer"],
    severity="error",
    no_fix=(
        "Which of the rows is right, only the source knows. Rows that are equal throughout have a finding of their own."
    ),
)
def duplicate_ids(column: ColumnView, context: Context) -> Hit | None:
    """An identifier that should name one row each, but comes up again.

    Joins by it multiply rows, and one of the two rows is wrong or too much.
    """
    estimated = column.facts.get("distinct_error") is not None
    if (
        column.kind != "id"
        or column.words & PLACES
        or (not estimated and not 0.98 * column.present <= column.distinct < column.present)
    ):
        return None
    places, keys = coming_again(column)
    _, first = np.unique(keys, return_index=True)
    mask = np.zeros(column.rows, dtype=bool)
    mask[np.delete(places, first)] = True
    mask &= ~column.missing
    if mask.sum() > 0.02 * column.present:
        return None
    return Hit(mask, f"{counted(mask.sum(), 'row repeats', 'rows repeat')} an identifier of an earlier row.")
