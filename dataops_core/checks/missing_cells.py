"""Missing cells."""

from __future__ import annotations

from dataops_core.checks.cells import Cells
from dataops_core.checks.check import Hit, check
from dataops_core.checks.look import Context
from dataops_core.steps.fill_missing import fill_missing


@check("Missing cells", group="Missing values", severity="note", fix=fill_missing,
       no_fix="A text or an identifier cannot be guessed from the other rows.")
def missing_cells(column: Cells, context: Context) -> Hit | None:
    """Cells that hold nothing.

    Most methods drop or guess such rows. If people with a certain property are missing more often, results lean.
    """
    share = column.facts["missing"] / column.rows
    if not share or not column.distinct:
        return None
    how = "median" if column.kind == "number" else "most_frequent"
    fix = {"columns": [column.name], "how": how} if column.kind not in ("id", "text") else None
    return Hit(column.missing, f"{column.facts['missing']:,} of {column.rows:,} cells are missing.", fix, "warning" if share >= 0.05 else "note")
