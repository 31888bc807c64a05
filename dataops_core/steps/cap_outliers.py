"""Cap outliers."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, Skip
from dataops_core.steps._cells import GREATEST_WHOLE, LEAST_WHOLE
from dataops_core.steps.step import Columns, Label, Span, When, step
from dataops_core.table.kinds import type_of


@step("Cap outliers", group="Numbers", says="Capped outliers in {columns} by {method} ({what})")
def cap_outliers(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns("number"), Label("Columns", "Number columns with values far from the others")],
    method: Annotated[
        Literal["iqr", "percentile", "zscore"],
        Label("Method", "iqr: far from the middle half; percentile: the outermost shares; zscore: far from the mean"),
    ] = "iqr",
    factor: Annotated[
        float, Span(0, 100), When("method", "iqr"), Label("Factor", "How many times the width of the middle half is far")
    ] = 1.5,
    low: Annotated[
        float, Span(0, 100), When("method", "percentile"), Label("Low percentile", "Values below this one are capped")
    ] = 1.0,
    high: Annotated[
        float, Span(0, 100), When("method", "percentile"), Label("High percentile", "Values above this one are capped")
    ] = 99.0,
    limit: Annotated[
        float, Span(0, 100), When("method", "zscore"), Label("Limit", "How many standard deviations from the mean is far")
    ] = 3.0,
    what: Annotated[
        Literal["clip", "set missing"], Label("What to do", "clip: move them to the bound; or take them out")
    ] = "clip",
    learned: dict[str, Any] | None = None,
) -> pd.DataFrame:
    """Move values that lie far from all others to a bound, or make them missing.

    iqr: below Q1 - 1.5 IQR or above Q3 + 1.5 IQR (Tukey, Exploratory Data Analysis, 1977), quartiles as numpy
    interpolates them. percentile: winsorising. zscore: mean plus or minus 3 standard deviations (n - 1); great outliers
    hide themselves in it, so prefer iqr. In whole-number columns the bounds are rounded inward. A column whose middle
    half is one value (iqr) or that is constant is left alone. First ask whether the values are wrong (an age of 199:
    use filter_rows or replace_values) or only rare (a rich person: keep them).

    >>> cap_outliers(pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0, 100.0]}), columns=["a"])["a"].tolist()
    [1.0, 2.0, 3.0, 4.0, 7.0]
    >>> cap_outliers(pd.DataFrame({"a": [1, 2, 3, 4, 100]}, dtype="Int64"), columns=["a"], what="set missing")["a"].tolist()
    [1, 2, 3, 4, <NA>]
    """
    if learned is None:
        learned = learn_bounds(df, columns, method, factor, low, high, limit, what)
    out = df.copy(deep=False)
    for name in columns:
        bounds = learned.get(name)
        if bounds is None:
            continue
        column = df[name]
        for bound, beyond in ((bounds["low"], column.lt), (bounds["high"], column.gt)):
            if bound is not None:
                far = beyond(bound).to_numpy(dtype=bool, na_value=False)
                out[name] = out[name].mask(far, bound) if what == "clip" else out[name].mask(far)
    return out


@cap_outliers.learn
def learn_bounds(
    df: pd.DataFrame, columns: list[str], method: str = "iqr", factor: float = 1.5, low: float = 1.0, high: float = 99.0,
    limit: float = 3.0, what: str = "clip",
) -> dict[str, Any]:
    """Per column the least and greatest value that is no outlier: {"pay": {"low": 900.0, "high": 7500.0}}."""
    if method == "percentile" and low >= high:
        raise SettingError(
            f"The low percentile ({low:g}) is not below the high one ({high:g}).", "cap_outliers",
            "Give the low percentile first, such as 1 and 99.",
        )
    learned: dict[str, Any] = {}
    for name in columns:
        numbers = df[name].dropna().to_numpy(dtype="float64")
        numbers = numbers[np.isfinite(numbers)]
        if not len(numbers) or numbers.min() == numbers.max():
            continue
        least, greatest = raw_bounds(numbers, method, factor, (low, high), limit)
        bounds = inward(least, greatest) if type_of(df[name]) == "integer" else (held(least), held(greatest))
        crossed = bounds[0] is not None and bounds[1] is not None and bounds[0] > bounds[1]
        if not crossed and bounds != (None, None):
            learned[name] = {"low": bounds[0], "high": bounds[1]}
    if columns and not learned:
        raise Skip("No column has values that differ enough to tell outliers from.")
    return learned


def raw_bounds(
    numbers: np.ndarray, method: str, factor: float, percentiles: tuple[float, float], limit: float
) -> tuple[float, float]:
    """The bounds as the method gives them; not a number or infinite where it gives none."""
    with np.errstate(over="ignore", invalid="ignore"):
        if method == "percentile":
            least, greatest = np.percentile(numbers, percentiles)
        elif method == "iqr":
            first, third = np.percentile(numbers, [25, 75])
            reach = factor * (third - first) if third > first else math.nan
            least, greatest = first - reach, third + reach
        else:
            mean, deviation = numbers.mean(), numbers.std(ddof=1)
            reach = limit * deviation if deviation > 0 else math.nan
            least, greatest = mean - reach, mean + reach
    return float(least), float(greatest)


def held(bound: float) -> float | None:
    """A bound, unless there is none."""
    return bound if math.isfinite(bound) else None


def inward(least: float, greatest: float) -> tuple[int | None, int | None]:
    """Bounds for whole numbers, rounded towards each other; those outside what can be stored are none."""
    low = math.ceil(least) if math.isfinite(least) else None
    high = math.floor(greatest) if math.isfinite(greatest) else None
    return (
        low if low is not None and low > LEAST_WHOLE else None, high if high is not None and high < GREATEST_WHOLE else None,
    )
