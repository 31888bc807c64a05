"""Future dates."""

from __future__ import annotations

import numpy as np

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.meant_type import ParsedView, no_days
from dataops_core.checks.table_view import Context
from dataops_core.checks.wording import cell
from dataops_core.wording import counted

# what is called so may lie ahead
_AHEAD = {
    "due",
    "expiry",
    "expires",
    "expiration",
    "expire",
    "valid",
    "until",
    "planned",
    "plan",
    "next",
    "deadline",
    "scheduled",
    "forecast",
    "maturity",
    "renewal",
    "target",
    "expected",
    "estimated",
    "best",
    "promised",
    "appointment",
    "retirement",
    "available",
    "fällig",
    "gültig",
    "geplant",
    "ablauf",
    "termin",
}


@check(
    "Future dates",
    group="Dates",
    types=["datetime"],
    no_fix="What the date should be, only the source knows; filter the rows, or set the cells to missing.",
)
def future_dates(column: ColumnView, context: Context) -> Hit | None:
    """Dates after today, in a column that records what has happened, and beside them those that no calendar has.

    Mostly slips in the year; they make "the latest" and every duration wrong.
    """
    if (
        context.today is None
        or column.words & _AHEAD
        or not column.distinct
        or column.facts["max"][:10] <= context.today
    ):
        return None
    mask = column.moments.astype("datetime64[D]") > np.datetime64(context.today)
    mask &= ~np.isin(
        column.moments.astype("datetime64[D]"), np.array(["9999-12-31", "2099-12-31"], dtype="datetime64[D]")
    )
    beyond = column.moments >= np.datetime64("2101-01-01")
    if beyond.sum() <= 0.05 * column.present:  # said as absurd dates
        mask &= ~beyond
    if mask.sum() > 0.2 * column.present:  # then the column is about the future
        return None
    if not mask.any():
        return None
    latest = cell(str(column.moments[mask].max())[:10], quotes=False)
    told = f"{counted(mask.sum(), 'date lies', 'dates lie')} after {context.today}, the latest on {latest}"
    wrong = np.zeros_like(mask)
    if isinstance(column, ParsedView):
        wrong = no_days(column.raw, column)
    if isinstance(column, ParsedView) and wrong.any():
        example = cell(str(column.raw.at(np.flatnonzero(wrong)[:1])[0].as_py()).strip())
        told += f", and {counted(wrong.sum(), 'is', 'are')} in no calendar, such as {example}"
    return Hit(mask | wrong, f"{told}.")
