"""Personal data inside free text."""

from __future__ import annotations

from collections.abc import Iterator

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.personal import embedded_cells
from dataops_core.checks.table_view import Context
from dataops_core.wording import counted


@check(
    "Personal data inside text",
    group="Privacy",
    types=["text"],
    words=True,
    no_fix="The rest of the text may be needed: cut the personal data out of these cells, or drop the column.",
)
def identifiers_in_text(column: ColumnView, context: Context) -> Iterator[Hit]:
    """E-mail addresses, phone numbers, account or card numbers that stand inside remarks and other free text.

    Nobody expects them there, and they leave with every copy of the table.
    """
    for what, mask in embedded_cells(column):
        yield Hit(mask, f"{counted(mask.sum(), 'text contains', 'texts contain')} {what}.")
