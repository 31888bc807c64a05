"""Impossible values."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.missing_codes import codes_for_missing
from dataops_core.checks.missing_tokens import CODES
from dataops_core.checks.ranges import may_be_refunds, span_of
from dataops_core.checks.table_view import Context
from dataops_core.checks.wording import cell
from dataops_core.steps.mark_missing import mark_missing
from dataops_core.table import shown
from dataops_core.wording import counted

OFTEN = 4  # times as often as any slip comes up what stands for a missing value


@check(
    "Impossible values",
    group="Numbers",
    types=["integer", "decimal"],
    severity="error",
    fix=mark_missing,
    no_fix=(
        "Only the source knows what they mean, or there are too many different values to list: filter the rows by"
        " range."
    ),
)
def impossible_values(column: ColumnView, context: Context) -> Hit | None:
    """Values that cannot be, by the column's name: an age of 240, a latitude of 412, a negative price.

    They are slips or codes. One of them can move an average more than a hundred true values.
    """
    span = span_of(column.words)
    if (
        span is None
        or column.facts.get("min") is None
        or (column.facts["min"] >= span[0] and column.facts["max"] <= span[1])
    ):
        return None
    mask = (column.numbers < span[0]) | (column.numbers > span[1])
    if mask.sum() > 0.4 * column.present:  # then the name means something else
        return None
    bad = np.unique(column.numbers[mask])
    if len(bad) and set(bad.tolist()) <= set(CODES) and mask.sum() > len(bad):  # said as disguised missing values
        return None
    mask &= ~_codes_beside_slips(column, mask)
    if not mask.any():
        return None
    bad = np.unique(column.numbers[mask])
    told = [str(text) for text in shown(pd.Series(bad[:51], dtype="float64"))]
    reach = f"outside {span[0]:g} to {span[1]:g}" if math.isfinite(span[1]) else f"below {span[0]:g}"
    named = ", ".join(cell(each, quotes=False) for each in told[:6])
    message = f"{counted(mask.sum(), 'cell lies', 'cells lie')} {reach}: {named}."
    if span[0] == 0 and bad.max() < 0 and may_be_refunds(column.words):
        return Hit(mask, f"{message} They may be refunds or corrections.", severity="warning")
    return Hit(mask, message, {"columns": [column.name], "tokens": told} if len(told) <= 50 else None)


def _codes_beside_slips(column: ColumnView, mask: np.ndarray) -> np.ndarray:
    """Which of the cells hold a code for "we do not know", said as disguised missing values: it comes up much more
    often than any other of the values, as slips do not.
    """
    coded = mask & codes_for_missing(column)
    if not coded.any():
        return coded
    slips = np.unique(column.numbers[mask & ~coded], return_counts=True)[1]
    codes, counts = np.unique(column.numbers[coded], return_counts=True)
    return coded & np.isin(column.numbers, codes[counts >= OFTEN * slips.max(initial=1)])
