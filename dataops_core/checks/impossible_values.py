"""Impossible values."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.missing_codes import codes_for_missing
from dataops_core.checks.missing_tokens import CODES
from dataops_core.checks.ranges import may_be_refunds, span_of
from dataops_core.checks.signs import wrong_signs
from dataops_core.checks.table_view import Context
from dataops_core.checks.wording import cell
from dataops_core.steps.mark_missing import mark_missing
from dataops_core.table import shown
from dataops_core.wording import counted

OTHER = 0.25  # of the cells outside the range are no slips,
FEW = 2  # unless these are few
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
def impossible_values(column: ColumnView, context: Context) -> Iterator[Hit]:
    """Values that cannot be, by the column's name or its other values: an age of 240, a latitude of 412, a negative
    price, a few negative counts.

    They are slips or codes. One of them can move an average more than a hundred true values.
    """
    low, high = span_of(column.words) or (-math.inf, math.inf)
    if column.facts.get("min") is None:
        return
    inside = column.facts["min"] >= low and column.facts["max"] <= high
    below, above = (np.zeros(column.rows, dtype=bool),) * 2 if inside else (column.numbers < low, column.numbers > high)
    outside = below | above
    bad = np.unique(column.numbers[outside])
    coded = len(bad) and set(bad.tolist()) <= set(CODES) and outside.sum() > len(bad)  # said as disguised missing
    if outside.sum() > max(OTHER * column.present, FEW) or coded:  # the first: the name means another thing
        below, above = (np.zeros(column.rows, dtype=bool),) * 2
    elif outside.any():
        codes = _codes_beside_slips(column, outside)
        below, above = below & ~codes, above & ~codes
    negative = wrong_signs(column)
    # a sign too much is another cause than a number too great
    for side in [below, above] if negative.any() and (negative == below).all() else [below | above]:
        if side.any():
            yield _outside(column, side, low, high)
    if negative.any() and not below.any():
        yield _negative(column, negative)


def _outside(column: ColumnView, mask: np.ndarray, low: float, high: float) -> Hit:
    bad = np.unique(column.numbers[mask])
    reach = f"outside {low:g} to {high:g}" if math.isfinite(high) else f"below {low:g}"
    told, named = _named(bad)
    message = f"{counted(mask.sum(), 'cell lies', 'cells lie')} {reach}: {named}."
    if low == 0 and bad.max() < 0 and may_be_refunds(column.words):
        return Hit(mask, f"{message} They may be refunds or corrections.", severity="warning")
    return Hit(mask, message, {"columns": [column.name], "tokens": told} if len(told) <= 50 else None)


def _negative(column: ColumnView, mask: np.ndarray) -> Hit:
    """What is said of a few negative numbers where no other number is: only the source knows whether the sign is all
    that is wrong.
    """
    _, named = _named(np.unique(column.numbers[mask]))
    message = f"{counted(mask.sum(), 'cell is', 'cells are')} negative, and no other is: {named}."
    if may_be_refunds(column.words):
        return Hit(mask, f"{message} They may be refunds or corrections.", severity="note")
    return Hit(mask, message, severity="warning")


def _named(bad: np.ndarray) -> tuple[list[str], str]:
    """Some of the values as texts, and the first of them as named in a message."""
    told = [str(text) for text in shown(pd.Series(bad[:51], dtype="float64"))]
    return told, ", ".join(cell(each, quotes=False) for each in told[:6])


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
