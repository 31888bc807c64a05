"""Header rows among the data."""

from __future__ import annotations

import numpy as np

from dataops_core.checks.check import Hit, check
from dataops_core.checks.table_view import TableView
from dataops_core.steps.filter_rows import filter_rows
from dataops_core.wording import counted

MOST = 0.02  # of the rows


@check("Header rows among the data", group="Rows", scope="table", severity="error", fix=filter_rows)
def repeated_headers(look: TableView) -> Hit | None:
    """Rows that hold the names of the columns, as files that were put one after the other have.

    They count as records, and turn every column of numbers or dates into one of text.
    """
    names = look.table.names
    if len(names) < 2 or any(column.type != "text" for column in look.table.columns):
        return None  # a header would have made it text
    first = min(names, key=look.distinct)
    mask = look.cells(first).holding([first])
    if not mask.any() or mask.mean() > MOST:
        return None
    same = np.zeros(look.rows, dtype=int)
    for name in names:
        same += look.cells(name).holding([name])
    mask &= same == len(names)
    fix = {"column": first, "keep_if": "is none of", "values": [first], "missing": "keep"}
    return Hit(mask, f"{counted(mask.sum(), 'row repeats', 'rows repeat')} the header.", fix, columns=(first,))
