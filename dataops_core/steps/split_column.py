"""Split a column."""

from __future__ import annotations

from typing import Annotated, Literal

import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.steps._features import need_free, put_after
from dataops_core.steps.step import Columns, Label, step


@step(
    "Split a column",
    group="Columns",
    says="Split {column} at {separator} into {into}",
    also="separate, divide, delimiter, text to columns",
)
def split_column(
    df: pd.DataFrame,
    column: Annotated[str, Columns("text"), Label("Column", "The column of text to split")],
    into: Annotated[list[str], Label("New columns", "Their names, from left to right; the last one gets the rest")],
    separator: Annotated[str, Label("At", "The text between the parts; it is left out")] = ",",
    side: Annotated[
        Literal["left", "right"], Label("Count from", "right: the last column gets one part, the first one the rest")
    ] = "left",
    original: Annotated[Literal["drop", "keep"], Label("The column itself", "Whether it stays")] = "drop",
) -> pd.DataFrame:
    """Split text at a separator into several columns; spaces around the parts are removed.

    A cell with fewer parts than columns leaves the last ones missing; one with more keeps the rest in the last column,
    or in the first one if it is counted from the right.

    >>> split_column(pd.DataFrame({"name": ["Doe, Jane", "Li"]}), "name", ["last", "first"]).to_dict("list")
    {'last': ['Doe', 'Li'], 'first': ['Jane', None]}
    """
    if len(into) < 2 or not separator:
        what = "Nothing to split at is given." if not separator else "Splitting needs two new columns at least."
        raise SettingError(what, "split_column", "Give a separator and the names of two or more new columns.")
    rest = df.drop(columns=column) if original == "drop" else df
    need_free(rest, into, "split_column")
    pieces: list[list[str | None]] = []
    for cell in df[column]:
        if not isinstance(cell, str):
            pieces.append([None] * len(into))
            continue
        parts = cell.split(separator, len(into) - 1) if side == "left" else cell.rsplit(separator, len(into) - 1)
        found: list[str | None] = [part.strip() or None for part in parts]
        empty: list[str | None] = [None] * (len(into) - len(found))
        pieces.append(found + empty)
    made = {name: pd.Series([row[at] for row in pieces], index=df.index, dtype=object) for at, name in enumerate(into)}
    return put_after(df, column, made, original == "keep")


@split_column.adds
def split_names(into: list[str], **_settings: object) -> list[str]:
    """The columns that it makes."""
    return list(into)
