"""Fill from the row before or after."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, Skip
from dataops_core.steps._cells import cell_texts
from dataops_core.steps._mixed import DAY_US, is_number, numbers, put
from dataops_core.steps._pieces import EqualRows
from dataops_core.steps.step import Columns, Label, Span, step
from dataops_core.table.kinds import type_of


@step(
    "Fill from the row before or after",
    group="Missing values",
    reach="table",
    says=(
        "Filled missing values in {columns} {how}[, in the order of {order}][, within {by}][, {limit} in a row at most]"
    ),
    also="forward fill, interpolate, previous value",
)
def fill_along(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns(), Label("Columns", "Columns whose missing cells shall be filled")],
    how: Annotated[
        Literal["forward", "backward", "interpolate"],
        Label(
            "How", "forward: the last known value; backward: the next one; interpolate: on a straight line between both"
        ),
    ] = "forward",
    order: Annotated[
        str | None,
        Columns("number", "datetime"),
        Label("In the order of", "The time, or another number; none chosen: the order of the rows"),
    ] = None,
    by: Annotated[
        list[str],
        Columns(),
        Label(
            "Within", "The person, machine or shop whose rows belong together; nothing is carried from one to another"
        ),
    ] = [],  # noqa: B006
    limit: Annotated[
        int | None,
        Span(1, 1_000_000),
        Label("At most in a row", "So many missing cells after each other; longer gaps are filled so far; none: all"),
    ] = None,
    split: str | None = None,
) -> pd.DataFrame:
    """Fill missing cells from the rows before or after them, in the order of time and within one person, machine or
    shop.

    forward repeats the last known value (last observation carried forward), backward the next one, interpolate draws a
    straight line between the known neighbours, by time where an order is given. **backward and interpolate look into
    the future**: do not use them where a model must predict with what was known then. What has no known neighbour on
    the needed side stays missing: the first cells (forward), the last ones (backward), both (interpolate). Rows without
    time or whose entity is missing are left alone. Rows stay where they are. Where an earlier step split the rows,
    nothing is carried from a part to another: test rows would tell training rows what they hold. Carrying the last
    value forward is right for what changes in steps (a price, a status), and wrong for what drifts (National Research
    Council, The Prevention and Treatment of Missing Data in Clinical Trials, 2010).

    >>> df = pd.DataFrame({"day": [1, 3, 2], "t": [10.0, 14.0, None]})
    >>> fill_along(df, columns=["t"], how="interpolate", order="day")["t"].tolist()
    [10.0, 14.0, 12.0]
    >>> fill_along(df, columns=["t"], order="day")["t"].tolist()
    [10.0, 14.0, 10.0]
    """
    at = np.arange(len(df), dtype="float64") if order is None else numbers(df[order])
    if how == "interpolate":
        wrong = [name for name in columns if not is_number(df[name])]
        if wrong:
            raise SettingError(
                f'Column "{wrong[0]}" holds no numbers or dates, between which a line could be drawn.',
                "fill_along",
                "Choose forward or backward.",
            )
    if order is not None and np.isnan(at).all():
        raise Skip(f'The column "{order}" holds nothing to order the rows by.')
    out = df.copy(deep=False)
    within = [*by, *([split] if split is not None and split in df.columns else [])]
    keys = (
        list(zip(*(cell_texts(df[name], time=True) for name in within), strict=True)) if within else [("",)] * len(df)
    )
    runs: dict[tuple[str | None, ...], list[int]] = {}
    for place in np.argsort(at, kind="stable").tolist():
        if None not in keys[place] and not np.isnan(at[place]):
            runs.setdefault(keys[place], []).append(place)
    for name in columns:
        if df[name].isna().any():
            out[name] = along(df[name], [np.array(run) for run in runs.values()], at, how, limit)
    return out


def along(column: pd.Series, runs: list[np.ndarray], at: np.ndarray, how: str, limit: int | None) -> pd.Series:
    """A column filled along runs of row places."""
    gone = column.isna().to_numpy(dtype=bool)
    before, after = np.full(len(column), -1), np.full(len(column), -1)
    for run in runs:
        count = np.arange(len(run))
        known = ~gone[run]
        last = np.maximum.accumulate(np.where(known, count, -1))
        following = np.minimum.accumulate(np.where(known, count, len(run))[::-1])[::-1]
        away = following - count if how == "backward" else count - last
        fits = ~known & (away <= (limit or len(run)))
        has_before, has_after = fits & (last >= 0), fits & (following < len(run))
        before[run[has_before]] = run[last[has_before]]
        after[run[has_after]] = run[following[has_after]]
    if how == "interpolate":
        return _between(column, (before >= 0) & (after >= 0), before, after, at)
    source = before if how == "forward" else after
    rows = source >= 0
    values = column.to_numpy(dtype="datetime64[us]") if type_of(column) == "datetime" else column
    cells = (
        [values[place] for place in source[rows]]
        if type_of(column) == "datetime"
        else column.iloc[source[rows]].tolist()
    )
    return put(column, rows, cells)


def _between(column: pd.Series, rows: np.ndarray, before: np.ndarray, after: np.ndarray, at: np.ndarray) -> pd.Series:
    """A column with its gaps on the straight lines between known cells; whole numbers and dates are rounded."""
    storage = type_of(column)
    exact = column.to_numpy(dtype="datetime64[us]").astype("int64") if storage == "datetime" else None
    rows = rows & np.isfinite(numbers(column)[before]) & np.isfinite(numbers(column)[after])
    left, right, here = before[rows], after[rows], np.flatnonzero(rows)
    width = at[right] / 2 - at[left] / 2
    part = np.where(width > 0, (at[here] / 2 - at[left] / 2) / np.where(width > 0, width, 1.0), 0.5)
    cells: list[object] = []
    for low, high, share in zip(left.tolist(), right.tolist(), part.tolist(), strict=True):
        first, last = (
            (int(exact[low]), int(exact[high])) if exact is not None else (column.iloc[low], column.iloc[high])
        )
        if storage == "decimal":
            value = first * (1 - share) + last * share
            cells.append(min(max(value, min(first, last)), max(first, last)))
        else:
            value = int(first) + round((int(last) - int(first)) * share)
            unit = DAY_US if storage == "datetime" and not (first % DAY_US or last % DAY_US) else 1
            value = min(max(round(value / unit) * unit if unit > 1 else value, min(first, last)), max(first, last))
            cells.append(np.datetime64(int(value), "us") if storage == "datetime" else int(value))
    return put(column, rows, cells)


@fill_along.piecewise
def pieces_of_fill(by: list[str], how: str, order: str | None, **_settings: object) -> EqualRows | None:
    """Nothing is carried from one group to another; a line between rows needs their places in the whole table."""
    return EqualRows(tuple(by)) if by and (order is not None or how != "interpolate") else None
