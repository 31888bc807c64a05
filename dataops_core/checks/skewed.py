"""Skewed column."""

from __future__ import annotations

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.table_view import Context


@check(
    "Skewed column",
    group="Numbers",
    types=["integer", "decimal"],
    severity="note",
    no_fix=(
        "Nothing is wrong with it. For models that like even spreads, take the logarithm; for a typical value, the"
        " median."
    ),
)
def skewed(column: ColumnView, context: Context) -> Hit | None:
    """A column with a long tail on one side (skewness beyond 2).

    Its mean is pulled towards the tail and is no typical value.
    """
    skewness = column.facts.get("skewness")
    if column.kind == "id" or column.distinct < 10 or skewness is None or abs(skewness) <= 2 or column.present < 50:
        return None
    edge = column.facts["quantiles"]["0.99" if skewness > 0 else "0.01"]
    if edge is None:
        return None
    mask = column.numbers > edge if skewness > 0 else column.numbers < edge
    return Hit(mask, f"Skewness {skewness:.1f}: a long tail {'above' if skewness > 0 else 'below'} {edge:,.6g}.")
