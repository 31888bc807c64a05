"""Rows of totals among the data."""

from __future__ import annotations

import numpy as np

from dataops_core.checks.check import Hit, check
from dataops_core.checks.table_view import TableView
from dataops_core.checks.wording import counted
from dataops_core.read.totals import TOTAL
from dataops_core.steps.filter_rows import filter_rows

_MOST = 20


@check("Rows of totals", group="Rows", scope="table", severity="error", fix=filter_rows)
def total_rows(look: TableView) -> Hit | None:
    """Rows that hold the total of the other rows, as sheets have at their end.

    Every sum over the column is then twice what it should be, and the averages are wrong.
    """
    numbers = look.named(types=["integer", "decimal"], as_meant=True, least=2)
    for name in look.named(types=["text"], least=2) if numbers else ():
        cells = look.cells(name)
        mask = cells.matching(f"(?i)^(?:{TOTAL.pattern})$")
        if not mask.any() or mask.sum() > _MOST or mask.sum() > max(1, 0.1 * look.rows):
            continue
        if not any(_adds_up(look.meant(number).numbers, mask) for number in numbers if number != name):
            continue
        labels = sorted({str(text) for text in cells.at(np.flatnonzero(mask)).to_pylist()})
        fix = {"column": name, "keep_if": "is none of", "values": labels, "missing": "keep"}
        message = f'{counted(mask.sum(), "row holds", "rows hold")} a total of other rows: "{labels[0].strip()}".'
        return Hit(mask, message, fix, columns=(name,))
    return None


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
