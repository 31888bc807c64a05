"""Rows of totals among the data."""

from __future__ import annotations

import numpy as np

from dataops_core.checks.check import Hit, check
from dataops_core.checks.table_view import TableView
from dataops_core.checks.totals import labelled_totals
from dataops_core.checks.wording import cell
from dataops_core.steps.filter_rows import filter_rows
from dataops_core.wording import counted


@check("Rows of totals", group="Rows", scope="table", severity="error", fix=filter_rows)
def total_rows(look: TableView) -> Hit | None:
    """Rows that hold the total of the other rows, as sheets have at their end.

    Every sum over the column is then twice what it should be, and the averages are wrong.
    """
    found = labelled_totals(look)
    if found is None:
        return None
    name, mask = found
    labels = sorted({str(text) for text in look.cells(name).at(np.flatnonzero(mask)).to_pylist()})
    fix = {"column": name, "keep_if": "is none of", "values": labels, "missing": "keep"}
    message = f"{counted(mask.sum(), 'row holds', 'rows hold')} a total of other rows: {cell(labels[0].strip())}."
    return Hit(mask, message, fix, columns=(name,))
