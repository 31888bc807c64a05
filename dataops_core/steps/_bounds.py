"""How far from the others is far: bounds of a column of numbers, by four methods."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from dataops_core.steps._cells import GREATEST_WHOLE, LEAST_WHOLE
from dataops_core.table.kinds import type_of

FEWEST = 8  # values that bounds can be told from, beside one that most rows hold
MAD_SHARE = 0.6745  # the 0.75 quantile of the normal distribution: the MAD of normal numbers, in standard deviations


def bounds_of(
    column: pd.Series, method: str, reach: float, percentiles: tuple[float, float]
) -> dict[str, float | int | None] | None:
    """The least and the greatest number that is not an outlier: {"low": 900.0, "high": 7500.0}; None where nothing
    can be told.

    `reach` is the factor (iqr), the cutoff (mad) or the limit (zscore); percentiles are given in percent.
    """
    numbers = column.dropna().to_numpy(dtype="float64")
    numbers = numbers[np.isfinite(numbers)]
    if not len(numbers) or numbers.min() == numbers.max():
        return None
    least, greatest = raw_bounds(numbers, method, reach, percentiles)
    low, high = inward(least, greatest) if type_of(column) == "integer" else (held(least), held(greatest))
    crossed = low is not None and high is not None and low > high
    return None if crossed or (low is None and high is None) else {"low": low, "high": high}


def raw_bounds(numbers: np.ndarray, method: str, reach: float, percentiles: tuple[float, float]) -> tuple[float, float]:
    """The bounds as the method gives them; not a number or infinite where it gives none."""
    with np.errstate(over="ignore", invalid="ignore"):
        if method == "percentile":
            least, greatest = np.percentile(numbers, percentiles)
            return float(least), float(greatest)
        if method == "iqr":
            low, high = np.percentile(numbers, [25, 75])
            width = high - low
        elif method == "mad":
            low = high = np.median(numbers)
            width = np.median(np.abs(numbers - low)) / MAD_SHARE
        else:
            low = high = numbers.mean()
            width = numbers.std(ddof=1)
        if not width > 0:
            return (
                _beside(numbers, low, method, reach)
                if method in ("iqr", "mad") and math.isfinite(low)
                else (math.nan, math.nan)
            )
        return float(low - reach * width), float(high + reach * width)


def _beside(numbers: np.ndarray, usual: float, method: str, reach: float) -> tuple[float, float]:
    """The bounds of the values beside the one that most rows hold (no gain, no children), which is itself
    within them.
    """
    others = numbers[numbers != usual]
    if len(others) < FEWEST or others.min() == others.max():
        return math.nan, math.nan
    least, greatest = raw_bounds(others, method, reach, (0.0, 100.0))
    return min(least, float(usual)), max(greatest, float(usual))


def held(bound: float) -> float | None:
    """A bound, unless there is none."""
    return bound if math.isfinite(bound) else None


def inward(least: float, greatest: float) -> tuple[int | None, int | None]:
    """Bounds for whole numbers, rounded towards each other; those outside what can be stored are none."""
    low = math.ceil(least) if math.isfinite(least) else None
    high = math.floor(greatest) if math.isfinite(greatest) else None
    return (
        low if low is not None and low > LEAST_WHOLE else None,
        high if high is not None and high < GREATEST_WHOLE else None,
    )
