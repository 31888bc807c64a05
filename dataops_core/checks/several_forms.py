"""Codes in several forms."""

from __future__ import annotations

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.shapes import any_code, in_forms, minority_forms, shape
from dataops_core.checks.table_view import Context
from dataops_core.checks.wording import cell
from dataops_core.wording import counted

LEAST = 20  # different values


@check(
    "Codes in several forms",
    group="Text",
    types=["text"],
    no_fix="Show two or three results, and the repair by example writes the others in the same way.",
)
def several_forms(column: ColumnView, context: Context) -> Hit | None:
    """Codes, telephone numbers or page numbers that some rows write with other signs around the same number of digits:
    "(205) 353-2859" among "205-353-2859", or "9612351" among "IMO 9612351".

    One and the same code is two values then: it neither joins nor counts as one.
    """
    found = minority_forms(column) if column.distinct >= LEAST else None
    if found is None or (column.parsed is not None and not any_code(column)):
        return None
    usual, others = found
    mask = in_forms(column, others)
    if not mask.any():
        return None
    example = str(column.at(mask.nonzero()[0][:1])[0].as_py())
    usual_one = next((text for text in column.sample(2000) if shape(text, loose=True) == usual), "")
    return Hit(
        mask,
        f"{counted(mask.sum(), 'cell is', 'cells are')} written in another form, such as {cell(example)}; most are"
        f" written like {cell(usual_one)}.",
    )
