"""Rows into columns."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, Skip
from dataops_core.steps._aggregates import aggregate
from dataops_core.steps._cells import cell_texts
from dataops_core.steps._classes import group_keys
from dataops_core.steps._features import common_values, decimals
from dataops_core.steps._mixed import numbers
from dataops_core.steps._pieces import NewRows
from dataops_core.steps._tables import new_ids
from dataops_core.steps.step import Columns, Label, step

MOST = 200  # columns


@step(
    "Pivot rows",
    group="Rows",
    reach="table",
    drops_rows=True,
    adds_rows=True,
    says="Turned the values of {names} into columns with the {measure} of {values}, one row per {by}",
    also="long to wide, cross table, spread, crosstab",
    open_columns=True,
)
def pivot_rows(
    df: pd.DataFrame,
    by: Annotated[list[str], Columns(), Label("One row per", "Columns whose values make a row")],
    names: Annotated[str, Columns(), Label("Columns from", "The column whose values become columns, such as year")],
    values: Annotated[str, Columns("number"), Label("Cells from", "The column of numbers that fills them")],
    measure: Annotated[
        Literal["sum", "mean", "minimum", "maximum", "median"], Label("Several rows", "How they become one cell")
    ] = "sum",
    learned: dict[str, Any] | None = None,
) -> pd.DataFrame:
    """Turn the values of one column into columns of their own, filled with the numbers of another: one row per group.

    Which columns there are is learned, so that next month's table has the same ones; a value that is new is left out.
    Groups stand in the order in which they first come. The new rows have numbers of their own.

    >>> long = pd.DataFrame({"shop": ["a", "a"], "year": ["2023", "2024"], "sold": [1.0, 2.0]})
    >>> pivot_rows(long, by=["shop"], names="year", values="sold").to_dict("list")
    {'shop': ['a'], '2023': [1.0], '2024': [2.0]}
    """
    if not by or names in by or values in by or names == values:
        raise SettingError("Three different columns are needed.", "pivot_rows", "Choose other columns.")
    if learned is None:
        learned = learn_names(df, names)
    taken = sorted(set(learned["values"]) & set(by))
    if taken:
        raise SettingError(f'A column is called "{taken[0]}" already.', "pivot_rows", "Rename it first.")
    texts, cells = cell_texts(df[names], time=True), numbers(df[values])
    places: dict[tuple[str | None, ...], dict[str | None, list[int]]] = {}
    first: dict[tuple[str | None, ...], int] = {}
    for row, key in enumerate(group_keys(df, by)):
        first.setdefault(key, row)
        places.setdefault(key, {}).setdefault(texts[row], []).append(row)
    index = pd.Index(new_ids(df, len(places)), dtype="int64", name=df.index.name)
    made = {name: df[name].take(list(first.values())).set_axis(index) for name in by}
    empty = pd.Series(index=index, dtype="float64")
    for value in learned["values"]:
        found = [aggregate(cells[rows[value]], measure) if value in rows else None for rows in places.values()]
        made[value] = decimals(np.array([np.nan if each is None else each for each in found], dtype="float64"), empty)
    return pd.DataFrame(made, index=index, columns=list(made))


@pivot_rows.learn
def learn_names(df: pd.DataFrame, names: str, **_settings: object) -> dict[str, Any]:
    """The values that become columns, in order: {"values": ["2023", "2024"]}."""
    found = [value for value in common_values(df[names], MOST + 1) if value]
    if len(found) > MOST:
        raise SettingError(f'"{names}" has more than {MOST} values.', "pivot_rows", "Choose a column with fewer.")
    if not found:
        raise Skip("The column holds no value, so it makes no columns.")
    return {"values": sorted(found)}


@pivot_rows.piecewise
def pieces_of_pivot(by: list[str], **_settings: object) -> NewRows | None:
    """One row comes of each group; which columns there are is learned."""
    return NewRows(tuple(by)) if by else None
