"""Nearly constant column."""

from __future__ import annotations

import numpy as np

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.table_view import Context
from dataops_core.checks.wording import cell
from dataops_core.steps.drop_columns import drop_columns
from dataops_core.wording import counted


@check("Nearly constant column", group="Columns", severity="note", fix=drop_columns)
def near_constant(column: ColumnView, context: Context) -> Hit | None:
    """A column in which at least 99.5 % of the cells hold one and the same value.

    It tells next to nothing, and what deviates may be a slip, or the very cases that matter.
    """
    top = column.facts["top"]
    if (
        column.distinct < 2
        or column.present < 200
        or not top
        or top[0]["count"] < 0.995 * column.present
        or column.dictionary is None
    ):
        return None
    codes = column.dictionary[1]
    usual = int(np.argmax(column.counts))
    mask = (codes >= 0) & (codes != usual)
    return Hit(
        mask,
        f"All but {counted(mask.sum(), 'cell is', 'cells are')} {cell(top[0]['value'])}; these deviate.",
        {"columns": [column.name]},
    )
