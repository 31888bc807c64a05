"""Mixed date formats."""

from __future__ import annotations

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.date_forms import date_orders
from dataops_core.checks.table_view import Context
from dataops_core.steps.parse_dates import parse_dates


@check("Mixed date formats", group="Dates", types=["text"], fix=parse_dates)
def mixed_date_formats(column: ColumnView, context: Context) -> Hit | None:
    """Dates written in more than one way within one column.

    Programs read one way and drop, or misread, the others: 03/04 becomes March or April.
    """
    found, counts = date_orders(column)
    if len(counts) < 2:
        return None
    usual = counts.most_common(1)[0][0]
    rare = [
        text
        for text, form in found.items()
        if form != usual and not (form.endswith("?") and form.rstrip("?") == usual.rstrip("<>"))
    ]
    mask = column.holding(rare)
    named = ", ".join(_shown(form) for form, _ in counts.most_common()[1:4])
    return Hit(
        mask, f"Most dates are written like {_shown(usual)}, {mask.sum():,} like {named}.", {"columns": [column.name]}
    )


def _shown(form: str) -> str:
    return "12/31/2020"[:2] + form[2] + "31" + form[5:].rstrip("<") if form.endswith("<") else form.rstrip(">?")
