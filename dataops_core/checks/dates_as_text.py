"""Dates kept as text."""

from __future__ import annotations

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.date_forms import date_orders
from dataops_core.checks.meant_type import ParsedView, is_plain
from dataops_core.checks.table_view import Context
from dataops_core.checks.wording import cell
from dataops_core.steps.parse_dates import parse_dates
from dataops_core.wording import counted


@check("Dates kept as text", group="Dates", types=["text"], severity="note", fix=parse_dates)
def dates_as_text(column: ColumnView, context: Context) -> Hit | None:
    """Dates that are stored as text.

    Text cannot be sorted by time or subtracted, and 03/04 is two different days in two countries.
    """
    meant = column.parsed
    if not isinstance(meant, ParsedView) or meant.type != "datetime":
        return None
    if len(date_orders(column)[1]) > 1:  # said as mixed formats
        return None
    dates = ~meant.missing
    written = dates & ~is_plain(column)
    mask = dates if not meant.meant.misfits and not written.any() else written
    if mask.sum() < 0.5 * dates.sum():
        return None
    example = str(column.at(mask.nonzero()[0][:1])[0].as_py()).strip()
    return Hit(
        mask,
        f"{mask.sum():,} of {counted(dates.sum(), 'date is', 'dates are')} written as text, such as {cell(example)}.",
        {"columns": [column.name]},
    )
