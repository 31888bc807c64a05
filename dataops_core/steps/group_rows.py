"""One row for each group."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.steps._aggregates import aggregate
from dataops_core.steps._classes import group_keys
from dataops_core.steps._features import decimals
from dataops_core.steps._mixed import numbers
from dataops_core.steps._pieces import NewRows
from dataops_core.steps._tables import new_ids
from dataops_core.steps.step import Columns, Label, step

How = Literal["mean", "median", "sum", "minimum", "maximum", "standard_deviation"]


@step(
    "Group rows",
    group="Rows",
    reach="table",
    drops_rows=True,
    adds_rows=True,
    says="Made one row for each group of {by}[, with the {measures} of {columns}]",
    also="group by, aggregate, summarize, total, sum, count",
)
def group_rows(
    df: pd.DataFrame,
    by: Annotated[list[str], Columns(), Label("Group by", "Columns whose values make the groups")],
    columns: Annotated[list[str], Columns("number"), Label("Columns", "Columns of numbers to sum up")] = [],  # noqa: B006
    measures: Annotated[list[How], Label("Measures", "What is computed of each column")] = ["sum"],  # noqa: B006
) -> pd.DataFrame:
    """Replace the rows by one row for each group: its values, how many rows it had, and sums or means of other columns.

    The groups stand in the order in which they first come; missing is a group of its own. All other columns go. The new
    rows have numbers of their own, for none of them is a row of the file.

    >>> sales = pd.DataFrame({"shop": ["a", "b", "a"], "sold": [1.0, 5.0, 2.0]})
    >>> group_rows(sales, by=["shop"], columns=["sold"]).to_dict("list")
    {'shop': ['a', 'b'], 'rows': [2, 1], 'sold sum': [3.0, 5.0]}
    """
    if not by or set(by) & set(columns):
        what = "No column to group by is chosen." if not by else "A column cannot make the groups and be summed up."
        raise SettingError(what, "group_rows", "Choose columns whose values make the groups, and other ones to sum up.")
    names = [
        "rows",
        *(f"{name} {measure.replace('_', ' ')}" for name in columns for measure in dict.fromkeys(measures)),
    ]
    taken = sorted(set(names) & set(by))
    if taken:
        raise SettingError(f'A column is called "{taken[0]}" already.', "group_rows", "Rename it first.")
    places: dict[tuple[str | None, ...], list[int]] = {}
    for row, key in enumerate(group_keys(df, by)):
        places.setdefault(key, []).append(row)
    index = pd.Index(new_ids(df, len(places)), dtype="int64", name=df.index.name)
    first = [rows[0] for rows in places.values()]
    made = {name: df[name].take(first).set_axis(index) for name in by}
    made["rows"] = pd.Series(pd.array([len(rows) for rows in places.values()], dtype="Int64"), index=index)
    for name in columns:
        cells = numbers(df[name])
        for measure in dict.fromkeys(measures):
            found = [aggregate(cells[rows], measure) for rows in places.values()]
            values = np.array([np.nan if value is None else value for value in found], dtype="float64")
            made[f"{name} {measure.replace('_', ' ')}"] = decimals(values, made["rows"])
    return pd.DataFrame(made, index=index, columns=list(made))


@group_rows.adds
def group_names(by: list[str], columns: list[str] | None = None, measures: list[str] | None = None) -> list[str]:
    """The columns that it makes."""
    asked = dict.fromkeys(measures if measures is not None else ["sum"])
    return ["rows", *(f"{name} {measure.replace('_', ' ')}" for name in columns or [] for measure in asked)]


@group_rows.piecewise
def pieces_of_groups(by: list[str], **_settings: object) -> NewRows | None:
    """One row comes of each group."""
    return NewRows(tuple(by)) if by else None
