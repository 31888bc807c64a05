"""Dates kept as text."""

from __future__ import annotations

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.date_forms import forms
from dataops_core.checks.table_view import Context
from dataops_core.checks.wording import counted
from dataops_core.steps.parse_dates import parse_dates


@check("Dates kept as text", group="Dates", types=["text"], fix=parse_dates)
def dates_as_text(column: ColumnView, context: Context) -> Hit | None:
    """Dates that are stored as text.

    Text cannot be sorted by time or subtracted, and 03/04 is two different days in two countries.
    """
    mask = column.holding(forms(column))
    return Hit(
        mask, f"{counted(mask.sum(), 'cell is a date', 'cells are dates')} written as text.", {"columns": [column.name]}
    )
