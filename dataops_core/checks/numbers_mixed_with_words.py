"""Numbers mixed with words."""

from __future__ import annotations

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.meant_type import ParsedView, misfit_cells, misfit_message
from dataops_core.checks.missing_tokens import means_missing
from dataops_core.checks.number_forms import PLAIN, forms
from dataops_core.checks.other_units import in_other_unit
from dataops_core.checks.table_view import Context
from dataops_core.steps.parse_numbers import parse_numbers


@check(
    "Numbers mixed with words",
    group="Numbers",
    types=["text"],
    fix=parse_numbers,
)
def numbers_mixed_with_words(column: ColumnView, context: Context) -> Hit | None:
    """A column of numbers in which some cells hold words, such as "about 5" or "twelve".

    They take part in no sum and no average. The step that reads the column as numbers makes them missing: replace
    those that can be told first.
    """
    meant = column.parsed
    if isinstance(meant, ParsedView) and meant.type != "datetime":
        mask = misfit_cells(column, meant) & ~in_other_unit(column)  # these are said as mixed units
        return Hit(mask, misfit_message(column, mask, "number"), {"columns": [column.name]}) if mask.any() else None
    found = forms(column)
    words = [text for text, form in found.items() if form is None and not means_missing(text)]
    mask = column.holding(words)
    plain = sum(column.tally[text] for text in found if PLAIN.fullmatch(text.strip()))
    if not mask.any() or mask.sum() > 0.4 * column.present or plain < 0.5 * column.present:
        return None
    return Hit(mask, misfit_message(column, mask, "number"), {"columns": [column.name]})
