"""Drop duplicate rows."""

from __future__ import annotations

from typing import Annotated, Literal

import pandas as pd

from dataops_core.steps._pieces import EqualRows
from dataops_core.steps.step import Columns, Label, step


@step(
    "Drop duplicate rows",
    group="Rows",
    reach="table",
    drops_rows=True,
    says="Dropped rows that are equal in {columns} (kept: {keep})",
    also="remove doubles, repeated, unique",
)
def drop_duplicate_rows(
    df: pd.DataFrame,
    columns: Annotated[
        list[str],
        Columns(),
        Label("Columns", "Rows that are equal in these are duplicates; none chosen: in all columns"),
    ] = [],  # noqa: B006
    keep: Annotated[
        Literal["first", "last", "none"], Label("Keep", "Which one of the equal rows stays; none: all of them go")
    ] = "first",
) -> pd.DataFrame:
    """Drop rows that say the same as another row.

    Two missing cells count as equal. Text must be equal letter by letter: trim spaces and change case first. Use it on
    all columns for rows that were delivered twice, on an id for "one row per customer". Do not use it on tables in
    which equal rows are separate events, such as two coffees in one minute.

    >>> drop_duplicate_rows(pd.DataFrame({"a": [1, 1, 2], "b": [None, None, "x"]})).index.tolist()
    [0, 2]
    >>> drop_duplicate_rows(pd.DataFrame({"a": [1, 1, 2]}), keep="none")["a"].tolist()
    [2]
    """
    if not len(df.columns):
        return df.copy(deep=False)
    again = df.duplicated(subset=columns or None, keep=False if keep == "none" else keep)
    return df.loc[~again.to_numpy(dtype=bool)]


@drop_duplicate_rows.piecewise
def pieces_of_duplicates(columns: list[str], **_settings: object) -> EqualRows:
    """Equal rows lie together."""
    return EqualRows(tuple(columns), only_drops=True)
