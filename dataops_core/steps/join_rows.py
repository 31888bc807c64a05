"""Rows that belong together become one, with all their values in one cell."""

from __future__ import annotations

from typing import Annotated, Literal

import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.steps._cells import cell_texts
from dataops_core.steps._classes import group_keys
from dataops_core.steps._pieces import EqualRows
from dataops_core.steps.step import Columns, Label, step


@step(
    "Join rows",
    group="Rows",
    reach="table",
    drops_rows=True,
    says="Made one row of all rows with the same {by}, with the values of {column} in one cell (repeats: {repeats})",
    also="join multi-valued cells, collapse, implode, concatenate rows, list in one cell",
)
def join_rows(
    df: pd.DataFrame,
    column: Annotated[str, Columns(), Label("Column", "The column whose values shall stand in one cell")],
    by: Annotated[
        list[str], Columns(), Label("Rows with the same", "Columns whose values say which rows belong together")
    ],
    separator: Annotated[str, Label("Between the values", "The text that is put between them")] = ", ",
    repeats: Annotated[
        Literal["keep", "once"], Label("Repeated values", "Whether a value stands as often as it comes, or once")
    ] = "keep",
) -> pd.DataFrame:
    """Put the values of all rows that belong together into one cell, such as "red, blue", and keep the first row.

    The opposite of splitting into rows. Values stand in the order of the rows, missing ones are left out; a group
    without any stays missing. What the first row says in the other columns is kept, the other rows go: look first
    whether they say something else. Missing is a group of its own.

    >>> df = pd.DataFrame({"id": [1, 2, 1], "color": ["red", "red", "blue"]})
    >>> join_rows(df, column="color", by=["id"]).to_dict("list")
    {'id': [1, 2], 'color': ['red, blue', 'red']}
    """
    if not by or column in by:
        what = "No column says which rows belong together." if not by else "A column cannot be joined by itself."
        raise SettingError(
            what, "join_rows", "Choose columns that say which rows belong together, and another to join."
        )
    places: dict[tuple[str | None, ...], list[int]] = {}
    for row, key in enumerate(group_keys(df, by)):
        places.setdefault(key, []).append(row)
    texts = cell_texts(df[column], time=True)
    cells: list[str | None] = []
    for rows in places.values():
        values = [text for row in rows if (text := texts[row]) is not None]
        values = list(dict.fromkeys(values)) if repeats == "once" else values
        cells.append(separator.join(values) if values else None)
    out = df.take([rows[0] for rows in places.values()])
    out[column] = pd.Series(cells, index=out.index, dtype=object)
    return out


@join_rows.piecewise
def pieces_of_joined(by: list[str], **_settings: object) -> EqualRows | None:
    """Rows that belong together lie together."""
    return EqualRows(tuple(by)) if by else None
