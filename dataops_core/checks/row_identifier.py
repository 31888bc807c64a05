"""Row identifier."""

from __future__ import annotations

import numpy as np

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.repeats import coming_again
from dataops_core.checks.table_view import Context
from dataops_core.steps.set_kind import set_kind


@check(
    "Row identifier",
    group="Columns",
    types=["text", "integer"],
    severity="note",
    words=True,
    fix=set_kind,
    no_fix="Nothing is wrong with it; keep it out of statistics and models.",
)
def row_identifier(column: ColumnView, context: Context) -> Hit | None:
    """A column with another value in every row: a number or name of the row itself.

    It says nothing about what the row is about. A model that gets it learns rows by heart.
    """
    if column.rows < 20 or column.present < column.rows:
        return None
    if column.distinct < column.rows if column.facts.get("distinct_error") is None else len(coming_again(column)[0]):
        return None
    if column.type == "integer":
        counts = column.facts["max"] - column.facts["min"] == column.rows - 1
        if column.kind != "id" and not (counts and column.facts["monotonic"]):
            return None
        what = "The rows are numbered." if counts else "Every row has a number of its own."
    elif column.kind == "id" or (column.facts["longest"] <= 40 and column.facts["longest"] == column.facts["shortest"]):
        what = "Every row has a value of its own."
    else:
        return None
    fix = None if column.kind == "id" else {"columns": [column.name], "kind": "id"}
    return Hit(np.ones(column.rows, dtype=bool), what, fix)
