"""Sort rows."""

from __future__ import annotations

from typing import Annotated, Literal

import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.steps._pieces import Order
from dataops_core.steps.step import Columns, Label, step


@step(
    "Sort rows",
    group="Rows",
    reach="table",
    sorts_rows=True,
    says="Sorted rows by {columns}, {direction} first",
    also="order, ascending, descending",
)
def sort_rows(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns(), Label("By", "The first column decides, the next among equal ones")],
    direction: Annotated[
        Literal["smallest", "largest"], Label("First", "Of text: A or Z; of dates: the earliest or the latest")
    ] = "smallest",
) -> pd.DataFrame:
    """Put the rows in the order of some columns; equal rows keep theirs, and missing cells come last.

    Text is compared letter by letter, capitals before small letters. A sorted table is easier to read; to see it sorted
    only, sort the grid instead: that changes nothing.

    >>> sort_rows(pd.DataFrame({"age": [30, None, 20]}), columns=["age"])["age"].tolist()
    [20.0, 30.0, nan]
    """
    if not columns:
        raise SettingError("No column is chosen.", "sort_rows", "Choose the column to sort by.")
    plain = df.rename_axis(index=None)  # a column may be called as the row numbers are
    ordered = plain.sort_values(columns, ascending=direction == "smallest", kind="stable", na_position="last")
    ordered.index.name = df.index.name
    return ordered


@sort_rows.piecewise
def pieces_of_order(columns: list[str], direction: str, **_settings: object) -> Order:
    """The rows only change places."""
    return Order(tuple(columns), direction == "largest")
