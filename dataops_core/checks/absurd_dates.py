"""Absurd dates."""

from __future__ import annotations

import numpy as np

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.missing_tokens import DATES
from dataops_core.checks.table_view import Context
from dataops_core.checks.wording import cell
from dataops_core.wording import counted

MANY = 10  # different dates
GAP = 2  # years


@check(
    "Absurd dates",
    group="Dates",
    types=["datetime"],
    severity="error",
    no_fix="What the date should be, only the source knows; filter the rows, or set the cells to missing.",
)
def absurd_dates(column: ColumnView, context: Context) -> Hit | None:
    """Dates before 1900 or after 2100 among dates of our time.

    The year was mistyped, or a program counted from the wrong day. Ages and durations computed from them are nonsense.
    """
    if not column.distinct or (column.facts["min"] >= "1900" and column.facts["max"] < "2101"):
        return None
    days = column.moments.astype("datetime64[D]")
    mask = (days < np.datetime64("1900-01-01")) | (days >= np.datetime64("2101-01-01"))
    mask &= ~np.isin(days, np.array(DATES, dtype="datetime64[D]"))
    mask &= ~_of_long_ago(days, mask)
    if mask.sum() > 0.05 * column.present:  # a history of art, or of stars
        return None
    return Hit(
        mask,
        f"{counted(mask.sum(), 'date lies', 'dates lie')} before 1900 or after 2100, such as"
        f" {cell(_first(days[mask]), quotes=False)}.",
    )


def _of_long_ago(days: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Dates before 1900 that lead up to the others without a gap: acquisitions since 1890, births of ancestors."""
    early = mask & (days < np.datetime64("1900-01-01"))
    years = np.unique(days[~np.isnat(days) & ~(mask & ~early)].astype("datetime64[Y]").astype(int))
    held = years[: np.searchsorted(years, -70, "right") + 1]  # from the first to the first after 1899
    joined = len(np.unique(days[early])) >= MANY and len(held) > 1 and np.diff(held).max() <= GAP
    return early if joined else np.zeros_like(mask)


def _first(days: np.ndarray) -> str:
    return str(days[0]) if len(days) else ""
