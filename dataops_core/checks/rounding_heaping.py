"""Rounded values."""

from __future__ import annotations

import numpy as np

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.table_view import Context


@check(
    "Rounded values",
    group="Numbers",
    types=["integer", "decimal"],
    severity="note",
    no_fix="What was rounded cannot be made exact again; say so where the column is used.",
)
def rounding_heaping(column: ColumnView, context: Context) -> Hit | None:
    """Values that end in 0 or 5 far more often than chance allows ("heaping", digit preference).

    They were guessed or rounded by those who entered them. Fine differences in such a column mean little.
    """
    facts = column.facts
    if (
        column.kind == "id"
        or column.distinct < 30
        or column.present < 200
        or facts.get("quantiles") is None
        or not facts.get("quantiles", {}).get("0.75")
    ):
        return None
    values = column.numbers
    some = values[np.isfinite(values)][:20_000]
    unit = _unit(some)
    if unit is None or (np.quantile(np.abs(some), 0.75) - np.quantile(np.abs(some), 0.25)) < 15 * unit:
        return None
    whole = np.abs(np.rint(some / unit))
    whole = whole[whole > 0]
    digit = np.bincount((whole % 10).astype(np.int64), minlength=10) / max(1, len(whole))
    share = digit[0] + digit[5]
    others = np.delete(digit, [0, 5])
    if not (0.35 < share < 0.97 and others.min() > 0 and others.max() < 4 * max(others.min(), 1e-9)):
        return None
    mask = np.isfinite(values) & (values != 0) & (np.abs(np.rint(np.nan_to_num(values) / unit)) % 5 == 0)
    return Hit(mask, f"{share:.0%} of the values end in 0 or 5; by chance it would be 20%.")


def _unit(some: np.ndarray) -> float | None:
    """The finest decimal place in which the values are given; None where they have more than four."""
    for places in range(5):
        unit = 10.0**-places
        if np.allclose(np.rint(some / unit) * unit, some, rtol=1e-12, atol=unit * 1e-6):
            return unit
    return None
