"""Words for yes and no."""

from __future__ import annotations

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.table_view import Context
from dataops_core.checks.variants import yes_no_merges
from dataops_core.checks.wording import cell
from dataops_core.steps.merge_values import merge_values
from dataops_core.wording import counted


@check("Words for yes and no", group="Categories", types=["text"], words=True, fix=merge_values, harmless=True)
def yes_no_variants(column: ColumnView, context: Context) -> Hit | None:
    """Several words for the same answer: "y", "yes" and "Yes".

    They are counted as different answers; every share computed from the column is then wrong.
    """
    mapping = yes_no_merges(column.tally)
    if not mapping:
        return None
    mask = column.holding(mapping)
    named = ", ".join(f"{cell(old)} for {cell(new)}" for old, new in list(mapping.items())[:4])
    message = f"{counted(mask.sum(), 'cell is', 'cells are')} another word for the same answer: {named}."
    return Hit(mask, message, {"column": column.name, "mapping": mapping})
