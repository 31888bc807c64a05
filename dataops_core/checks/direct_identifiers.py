"""Direct identifiers."""

from __future__ import annotations

from collections.abc import Iterator

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.personal import personal_cells
from dataops_core.checks.table_view import Context
from dataops_core.steps.drop_columns import drop_columns
from dataops_core.wording import counted


@check(
    "Direct identifiers",
    group="Privacy",
    types=["text", "integer"],
    fix=drop_columns,
    no_fix="Only some cells hold them: clean these cells, and keep the rest of the column.",
)
def direct_identifiers(column: ColumnView, context: Context) -> Iterator[Hit]:
    """E-mail addresses, phone, card, account or social security numbers, network addresses, names of persons.

    Keep it only where it is needed. Whoever gets this dataset gets these people too.
    """
    for what, mask in personal_cells(column):
        if mask.any():
            yield Hit(
                mask,
                f"{counted(mask.sum(), 'cell holds', 'cells hold')} {what}.",
                {"columns": [column.name]} if mask.sum() > 0.5 * column.present else None,
            )
            return
