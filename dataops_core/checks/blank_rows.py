"""Blank rows."""

from __future__ import annotations

from dataops_core.checks.check import Hit, check
from dataops_core.checks.table_view import TableView
from dataops_core.steps.drop_rows_with_missing import drop_rows_with_missing
from dataops_core.wording import counted


@check("Blank rows", group="Rows", scope="table", fix=drop_rows_with_missing, harmless=True)
def blank_rows(look: TableView) -> Hit | None:
    """Rows in which every cell is missing.

    They are lines for the eye, or rows that a program left behind. They count as rows in every figure, and make each
    column look incomplete.
    """
    mask = look.blank_rows
    if not mask.any():
        return None
    message = f"{counted(mask.sum(), 'row holds', 'rows hold')} nothing at all."
    return Hit(mask, message, {"columns": [], "how": "all"}, columns=tuple(look.table.names[:1]))
