"""Numbers kept as text."""

from __future__ import annotations

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.number_forms import forms
from dataops_core.checks.table_view import Context
from dataops_core.checks.wording import counted
from dataops_core.steps.parse_numbers import parse_numbers


@check("Numbers kept as text", group="Numbers", types=["text"], fix=parse_numbers)
def numbers_as_text(column: ColumnView, context: Context) -> Hit | None:
    """Money, percentages or measures that are stored as text.

    Text cannot be summed, averaged or compared: "9" comes after "10".
    """
    found = forms(column)
    numbers = [text for text, form in found.items() if form is not None]
    mask = column.holding(numbers)
    if mask.sum() < 0.8 * column.present:
        return None
    return Hit(
        mask,
        f"{counted(mask.sum(), 'cell is a number', 'cells are numbers')} written as text.",
        {"columns": [column.name]},
    )
