"""Unusual patterns."""

from __future__ import annotations

from dataops_core.checks import date_forms
from dataops_core.checks.check import REGISTRY, Hit, check, hits
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.number_forms import forms
from dataops_core.checks.shapes import PLACES, deviating, of_another_custom
from dataops_core.checks.table_view import Context
from dataops_core.wording import counted


@check(
    "Unusual patterns",
    group="Text",
    types=["text"],
    words=True,
    no_fix="What the code should be, only the source knows; replace the cells, or set them to missing.",
)
def unusual_pattern(column: ColumnView, context: Context) -> Hit | None:
    """Codes that are not built like nearly all others in the column: "AB1234" among "AB-1234".

    They are typed wrongly, cut off, or of another system, and will match nothing.
    """
    if forms(column) or date_forms.forms(column):
        return None  # numbers and dates are no codes
    found = deviating(column)
    if found is None:
        return None
    mask = found[0] & ~of_another_custom(column, found[0]) if column.words & PLACES else found[0]
    if mask.any():  # what has a finding of its own
        for name in ("wrong_check_digits", "several_forms"):
            for hit in hits(REGISTRY[name], column, context):
                mask &= ~hit.mask
    return Hit(mask, f"{counted(mask.sum(), 'cell is', 'cells are')} not built like the others ({found[1]}).")
