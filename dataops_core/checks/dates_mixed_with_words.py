"""Dates mixed with words."""

from __future__ import annotations

from dataops_core.checks.check import REGISTRY, Hit, check, hits
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.meant_type import ParsedView, misfit_cells, misfit_message
from dataops_core.checks.table_view import Context
from dataops_core.steps.parse_dates import parse_dates


@check("Dates mixed with words", group="Dates", types=["text"], fix=parse_dates)
def dates_mixed_with_words(column: ColumnView, context: Context) -> Hit | None:
    """A column of dates in which some cells hold something else, such as "soon", "2024" or 31/02/2024.

    They take part in no order and no duration. The step that reads the column as dates makes them missing: replace
    those that can be told first.
    """
    meant = column.parsed
    if not isinstance(meant, ParsedView) or meant.type != "datetime":
        return None
    mask = misfit_cells(column, meant)
    if mask.any():
        for hit in hits(REGISTRY["future_dates"], meant, context):  # says them, too
            mask &= ~hit.mask
    return Hit(mask, misfit_message(column, mask, "date"), {"columns": [column.name]}) if mask.any() else None
