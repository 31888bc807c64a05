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
    step = _step(whole)
    mask = np.isfinite(values) & (values != 0) & (np.abs(np.rint(np.nan_to_num(values) / unit)) % step == 0)
    if step > 5:
        on_step = mask.sum() / max(1, np.isfinite(values).sum())
        said = f"{on_step:.0%} of the values are multiples of {step * unit:g}; by chance it would be {1 / step:.1%}."
        return Hit(mask, said)
    return Hit(mask, f"{share:.0%} of the values end in 0 or 5; by chance it would be 20%.")


def _step(whole: np.ndarray) -> int:
    """The coarsest step to which values were rounded: nearly all that 5 has beyond chance lie on it as well.

    >>> _step(np.array([*range(1, 101), *[50, 100, 150, 200] * 25]))
    50
    """

    def beyond(step: int) -> float:
        return float(np.sum(whole % step == 0) - len(whole) / step)

    return next((step for step in (1000, 500, 250, 100, 50, 25, 20, 10) if beyond(step) >= 0.9 * beyond(5)), 5)


def _unit(some: np.ndarray) -> float | None:
    """The finest decimal place in which the values are given; None where they have more than four."""
    for places in range(5):
        unit = 10.0**-places
        if np.allclose(np.rint(some / unit) * unit, some, rtol=1e-12, atol=unit * 1e-6):
            return unit
    return None
