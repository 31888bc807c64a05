"""Treat outliers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, Skip
from dataops_core.steps._bounds import bounds_of
from dataops_core.steps._classes import group_keys
from dataops_core.steps.step import Columns, Label, NewColumn, Span, When, step

FEWEST = 8  # known values that a group needs for bounds of its own


@step(
    "Treat outliers",
    group="Numbers",
    was=("cap_outliers",),
    drops_rows=True,
    says="Treated outliers in {columns} by {method} ({what})[, per group of {by}]",
    also="extreme, unusual values, cap, winsorize",
)
def treat_outliers(
    df: pd.DataFrame,
    columns: Annotated[
        list[str], Columns("number"), Label("Columns", "Number columns with values far from the others")
    ],
    method: Annotated[
        Literal["iqr", "mad", "percentile", "zscore"],
        Label(
            "Method",
            "iqr: far from the middle half; mad: far from the median; percentile: the outermost shares; zscore: far"
            " from the mean",
        ),
    ] = "iqr",
    factor: Annotated[
        float,
        Span(0, 100),
        When("method", "iqr"),
        Label("Factor", "How many times the width of the middle half is far"),
    ] = 1.5,
    cutoff: Annotated[
        float,
        Span(0, 100),
        When("method", "mad"),
        Label("Cutoff", "The modified z-score from which a value is far; 3.5 is usual"),
    ] = 3.5,
    low: Annotated[
        float, Span(0, 100), When("method", "percentile"), Label("Low percentile", "Values below this one are outliers")
    ] = 1.0,
    high: Annotated[
        float,
        Span(0, 100),
        When("method", "percentile"),
        Label("High percentile", "Values above this one are outliers"),
    ] = 99.0,
    limit: Annotated[
        float,
        Span(0, 100),
        When("method", "zscore"),
        Label("Limit", "How many standard deviations from the mean is far"),
    ] = 3.0,
    what: Annotated[
        Literal["clip", "set missing", "mark", "drop"],
        Label(
            "What to do",
            "clip: move them to the bound; set missing: take them out; mark: say it in a new column; drop: drop the"
            " rows",
        ),
    ] = "clip",
    by: Annotated[
        list[str],
        Columns(),
        Label("Per group of", "Judge each value among those of its own group, such as heights by sex"),
    ] = [],  # noqa: B006
    into: Annotated[
        str,
        NewColumn(),
        When("what", "mark"),
        Label("Mark in column", "A new column: yes where a value of the row is an outlier"),
    ] = "outlier",
    learned: dict[str, Any] | None = None,
) -> pd.DataFrame:
    """Cap values that lie far from all others, make them missing, mark their rows, or drop them.

    iqr: below Q1 - 1.5 IQR or above Q3 + 1.5 IQR (Tukey, Exploratory Data Analysis, 1977), quartiles as numpy
    interpolates them. mad: modified z-score 0.6745 (x - median) / MAD beyond 3.5 either way, MAD the median distance
    from the median (Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993); hardly moved by the outliers
    themselves. percentile: winsorising. zscore: mean plus or minus 3 standard deviations (n - 1); great outliers hide
    themselves in it. In whole-number columns the bounds are rounded inward. Where the middle half is one value (iqr),
    or half is (mad), such as a gain that most do not have, the bounds are those of the other values, if there are 8. A
    constant column is left alone. Groups with fewer than 8 values, and new ones, are judged by the bounds of all rows.
    First ask whether the values are wrong (an age of 199: use mark_missing or filter_rows) or only rare (a rich person:
    keep them).

    >>> treat_outliers(pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0, 100.0]}), columns=["a"])["a"].tolist()
    [1.0, 2.0, 3.0, 4.0, 7.0]
    >>> whole = pd.DataFrame({"a": [1, 2, 3, 4, 100]}, dtype="Int64")
    >>> treat_outliers(whole, columns=["a"], what="set missing")["a"].tolist()
    [1, 2, 3, 4, <NA>]
    >>> decimal = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0, 100.0]})
    >>> treat_outliers(decimal, columns=["a"], method="mad", what="drop")["a"].tolist()
    [1.0, 2.0, 3.0, 4.0]
    """
    if what == "mark" and (not into or into in df.columns):
        said = f'There is a column "{into}" already.' if into else "The new column has no name."
        raise SettingError(said, "treat_outliers", "Give the column for the marks a name of its own.")
    if learned is None:
        learned = learn_bounds(df, columns, method, factor, cutoff, low, high, limit, what, by, into)
    out, any_far = df.copy(deep=False), np.zeros(len(df), dtype=bool)
    keys = group_keys(df, by)
    for name in columns:
        if name not in learned:
            continue
        own = {tuple(key): bounds for key, bounds in learned[name].get("groups", [])}
        wanted = [own.get(key, learned[name]) for key in keys] if own else [learned[name]]
        for side in ("low", "high"):
            far = _beyond(df[name], [bounds[side] for bounds in wanted], side)
            any_far |= far
            if what == "clip" and far.any():
                held = np.flatnonzero(far)
                out[name] = out[name].copy()
                out.loc[far, name] = pd.Series(
                    [wanted[at if own else 0][side] for at in held], index=out.index[held], dtype=out[name].dtype
                )
            elif what == "set missing":
                out[name] = out[name].mask(far)
    if what == "mark":
        out[into] = pd.Series(any_far, index=df.index, dtype="boolean")
    return out.loc[~any_far] if what == "drop" else out


def _beyond(column: pd.Series, bounds: list[float | int | None], side: str) -> np.ndarray:
    """Which cells lie beyond the bound, given once or for each row; compared as the column's own numbers,
    so exactly.
    """
    beyond = column.lt if side == "low" else column.gt
    if len(bounds) == 1:
        return (
            np.zeros(len(column), dtype=bool)
            if bounds[0] is None
            else beyond(bounds[0]).to_numpy(dtype=bool, na_value=False)
        )
    given = pd.Series([None if bound is None else bound for bound in bounds], index=column.index, dtype=column.dtype)
    return beyond(given).to_numpy(dtype=bool, na_value=False)


@treat_outliers.learn
def learn_bounds(
    df: pd.DataFrame,
    columns: list[str],
    method: str = "iqr",
    factor: float = 1.5,
    cutoff: float = 3.5,
    low: float = 1.0,
    high: float = 99.0,
    limit: float = 3.0,
    what: str = "clip",
    by: list[str] | None = None,
    into: str = "outlier",
) -> dict[str, Any]:
    """Per column the least and greatest value that is not an outlier: {"pay": {"low": 900.0, "high": 7500.0}}.

    With groups, those with bounds of their own too: {…, "groups": [[["F"], {"low": 850.0, "high": 6000.0}], …]}.
    """
    if method == "percentile" and low >= high:
        raise SettingError(
            f"The low percentile ({low:g}) is not below the high one ({high:g}).",
            "treat_outliers",
            "Give the low percentile first, such as 1 and 99.",
        )
    reach = {"iqr": factor, "mad": cutoff, "zscore": limit}.get(method, 0.0)
    places: dict[tuple[str | None, ...], list[int]] = {}  # the rows of each group
    for at, key in enumerate(group_keys(df, by or [])):
        places.setdefault(key, []).append(at)
    learned: dict[str, Any] = {}
    for name in columns:
        whole = bounds_of(df[name], method, reach, (low, high))
        own = []
        for key in sorted((key for key in places if by and None not in key), key=str):
            part = df[name].iloc[np.array(places[key])]
            bounds = bounds_of(part, method, reach, (low, high)) if part.notna().sum() >= FEWEST else None
            own += [[list(key), bounds]] if bounds else []
        if whole or own:
            learned[name] = (whole or {"low": None, "high": None}) | ({"groups": own} if own else {})
    if columns and not learned:
        raise Skip("No column has values that differ enough to tell outliers from.")
    return learned
