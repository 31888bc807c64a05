"""Codes read as numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dataops_core.checks.check import Hit, check
from dataops_core.checks.code_values import code_slips
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.table_view import Context
from dataops_core.checks.wording import cell
from dataops_core.steps.merge_values import merge_values
from dataops_core.wording import counted

LISTED = 1000


@check(
    "Codes read as numbers",
    group="Text",
    types=["text"],
    fix=merge_values,
    no_fix="There are too many to list in one step; fill the codes up with zeros at the source.",
)
def codes_as_numbers(column: ColumnView, context: Context) -> Iterator[Hit]:
    """Codes that a spreadsheet or a program took for numbers: "1067" for the postal code "01067", "450008.0" for
    "450008".

    They match neither their own code in other rows nor that of another table.
    """
    found = code_slips(column)
    for mapping, what in ((found.short, "lost leading zeros"), (found.decimal, "became a decimal number")):
        if mapping:
            yield _hit(column, mapping, what)


def _hit(column: ColumnView, mapping: Mapping[str, str], what: str) -> Hit:
    mask = column.holding(mapping)
    old, new = next(iter(mapping.items()))
    return Hit(
        mask,
        f"{counted(mask.sum(), 'code')} {what}: {cell(old)} for {cell(new)}.",
        {"column": column.name, "mapping": dict(mapping)} if len(mapping) <= LISTED else None,
    )
