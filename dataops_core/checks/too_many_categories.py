"""Too many categories."""

from __future__ import annotations

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.table_view import Context


@check(
    "Too many categories",
    group="Categories",
    types=["text"],
    words=True,
    severity="note",
    no_fix=(
        "Which values belong together is a matter of meaning: merge them by a mapping, or keep the column out of"
        " groupings."
    ),
)
def too_many_categories(column: ColumnView, context: Context) -> Hit | None:
    """A column of short texts that come again, but with more than a hundred values.

    Grouped or encoded by it, a table falls into tiny pieces.
    """
    facts = column.facts
    if (
        column.kind == "id"
        or column.distinct <= 100
        or column.distinct > 0.5 * column.present
        or facts["mean_length"] > 40
    ):
        return None
    return Hit(
        ~column.missing,
        f"{column.distinct:,} different values, {column.present / column.distinct:,.0f} rows each on average.",
    )
