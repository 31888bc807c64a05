"""Constant column."""

from __future__ import annotations

import numpy as np

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.table_view import Context
from dataops_core.checks.wording import cell
from dataops_core.steps.drop_columns import drop_columns


@check("Constant column", group="Columns", severity="note", fix=drop_columns)
def constant_column(column: ColumnView, context: Context) -> Hit | None:
    """A column with the same value in every row, or with none at all.

    It tells nothing about any row; often an export setting or a join went wrong.
    """
    if column.rows < 2 or column.distinct > 1 or (column.distinct == 1 and column.facts["missing"]):
        return None
    what = f"Every cell is {cell(column.facts['top'][0]['value'])}." if column.distinct else "Every cell is missing."
    return Hit(
        np.ones(column.rows, dtype=bool), what, {"columns": [column.name]}, "note" if column.distinct else "warning"
    )
