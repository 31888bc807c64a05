"""Values of earlier rows."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.steps._classes import group_keys
from dataops_core.steps._features import decimals, need_free
from dataops_core.steps._mixed import numbers
from dataops_core.steps._pieces import EqualRows
from dataops_core.steps.step import Columns, Label, Span, step

How = Literal["value", "mean", "minimum", "maximum", "sum", "change"]


@step(
    "Lag values",
    group="Features",
    reach="table",
    says="Added the {how} of {columns} over the last {rows} rows by {order}[, within {by}]",
    also="previous, shift, rolling, moving average, window, time series",
)
def lag_values(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns("number"), Label("Columns", "Columns of numbers")],
    order: Annotated[str, Columns("datetime", "number"), Label("In the order of", "The column that says when")],
    how: Annotated[
        How,
        Label(
            "Take", "value: that of so many rows before; mean and others: over the rows before; change: now less then"
        ),
    ] = "value",
    rows: Annotated[int, Span(1, 1000), Label("Rows", "How many rows back, or how many rows before")] = 1,
    by: Annotated[list[str], Columns(), Label("Within", "Such as the customer: other rows do not count")] = [],  # noqa: B006
) -> pd.DataFrame:
    """Add what earlier rows say: last month's sales, the mean of the last seven days; never the row itself.

    Rows are taken in the order of a column, equal moments in the order of the table; a row without a moment takes no
    part. A window has as many rows as there are, missing cells left out. What lies in the future is never looked at,
    but a mean of earlier targets is only known in time if these are known then.

    >>> df = pd.DataFrame({"day": [2, 1, 3], "sold": [5.0, 4.0, 9.0]})
    >>> lag_values(df, columns=["sold"], order="day")["sold 1 rows before"].tolist()
    [4.0, nan, 5.0]
    """
    names = lag_names(columns, how=how, rows=rows)
    need_free(df, names, "lag_values")
    if order in columns:
        raise SettingError("The order cannot lag behind itself.", "lag_values", "Choose other columns.")
    when = numbers(df[order])
    keys = group_codes(df, by)
    placed = np.lexsort((np.arange(len(df)), when, keys))
    placed = placed[~np.isnan(when[placed])]
    groups = np.split(placed, np.flatnonzero(np.diff(keys[placed])) + 1)
    out = df.copy(deep=False)
    for name, new in zip(columns, names, strict=True):
        values, found = numbers(df[name]), np.full(len(df), np.nan)
        for places in groups:
            found[places] = lagged(values[places], how, rows)
        out[new] = decimals(found, df[name])
    return out


def group_codes(df: pd.DataFrame, by: list[str]) -> np.ndarray:
    """The group of each row as a number, in the order in which groups first come."""
    place: dict[tuple[str | None, ...], int] = {}
    return np.array([place.setdefault(key, len(place)) for key in group_keys(df, by)], dtype="int64")


def lagged(values: np.ndarray, how: str, rows: int) -> np.ndarray:
    """For each place what the values before it say; NaN where there are none."""
    if how in ("value", "change"):
        before = np.concatenate([np.full(min(rows, len(values)), np.nan), values[: max(0, len(values) - rows)]])
        with np.errstate(over="ignore"):
            return before if how == "value" else values - before
    earlier = pd.Series(values).shift(1).rolling(rows, min_periods=1)
    found = {"mean": earlier.mean, "minimum": earlier.min, "maximum": earlier.max, "sum": earlier.sum}[how]()
    return found.to_numpy(dtype="float64")


@lag_values.adds
def lag_names(columns: list[str], how: str = "value", rows: int = 1, **_settings: object) -> list[str]:
    """The columns that it makes."""
    end = {"value": f"{rows} rows before", "change": f"change over {rows} rows"}.get(
        how, f"{how} of {rows} rows before"
    )
    return [f"{name} {end}" for name in columns]


@lag_values.piecewise
def pieces_of_lag(by: list[str], **_settings: object) -> EqualRows | None:
    """Nothing is carried from one group to another; without groups, all rows are one."""
    return EqualRows(tuple(by)) if by else None
