"""Cells that hold several values become rows."""

from __future__ import annotations

from typing import Annotated

import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.steps._pieces import MoreRows
from dataops_core.steps._tables import new_ids
from dataops_core.steps.step import Columns, Label, step


@step(
    "Split into rows",
    group="Rows",
    reach="table",
    adds_rows=True,
    says="Split {column} at {separator}: one row for each value",
    also="multi-valued cells, explode, several values",
)
def split_into_rows(
    df: pd.DataFrame,
    column: Annotated[str, Columns("text"), Label("Column", "The column whose cells hold several values")],
    separator: Annotated[str, Label("At", "The text between the values")] = ",",
) -> pd.DataFrame:
    """Give each value of a cell such as "red, blue" a row of its own; all other cells are repeated.

    The row itself keeps the first value; rows for the others stand at the end of the table, with new row numbers, so
    that every row can still be traced to the file. Spaces around values go, empty values are left out.

    >>> split_into_rows(pd.DataFrame({"id": [1, 2], "color": ["red, blue", "red"]}), column="color").to_dict("list")
    {'id': [1, 2, 1], 'color': ['red', 'red', 'blue']}
    """
    if not separator:
        raise SettingError("Nothing to split at is given.", "split_into_rows", "Give the text between the values.")
    first: list[str | None] = []
    places: list[int] = []
    more: list[str] = []
    for place, cell in enumerate(df[column]):
        parts = [part.strip() for part in cell.split(separator)] if isinstance(cell, str) else []
        parts = [part for part in parts if part]
        first.append(parts[0] if parts else None)
        places += [place] * (len(parts) - 1)
        more += parts[1:]
    index = pd.Index([*df.index, *new_ids(df, len(more))], dtype="int64", name=df.index.name)
    out = df.take([*range(len(df)), *places]).set_axis(index)
    out[column] = pd.Series([*first, *more], index=index, dtype=object)
    return out


@split_into_rows.piecewise
def pieces_of_values(**_settings: object) -> MoreRows:
    """Each row gives its own rows."""
    return MoreRows()
