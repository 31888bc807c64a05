"""Ambiguous dates."""

from __future__ import annotations

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.date_forms import forms, parts
from dataops_core.checks.table_view import Context
from dataops_core.steps.parse_dates import parse_dates
from dataops_core.wording import counted


@check("Ambiguous dates", group="Dates", types=["text"], fix=parse_dates)
def ambiguous_dates(column: ColumnView, context: Context) -> Hit | None:
    """Dates like 03/04/2021 in a column where no cell tells whether the day or the month comes first.

    Half of the world reads March, the other half April. Ask where the file comes from, and choose the order in the
    step.
    """
    both = {text: numbers for text in forms(column) if (numbers := parts(text)) is not None}
    if not both or any(max(numbers) > 12 for numbers in both.values()):
        return None
    mask = column.holding([text for text, (first, second) in both.items() if first != second])
    return Hit(
        mask,
        f"{counted(mask.sum(), 'date can', 'dates can')} be read with the day or with the month first.",
        {"columns": [column.name], "order": "day first"},
    )
