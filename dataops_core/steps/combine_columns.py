"""Combine columns into one text."""

from __future__ import annotations

from typing import Annotated, Literal

import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.steps._cells import cell_texts
from dataops_core.steps._features import need_free
from dataops_core.steps.step import Columns, Label, NewColumn, step


@step(
    "Combine columns",
    group="Columns",
    says="Combined {columns} into {into}[, with {separator} between them]",
    also="concatenate, join texts, merge columns",
)
def combine_columns(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns(), Label("Columns", "Two or more, in the order of the result")],
    into: Annotated[str, NewColumn(), Label("Into column", "The name of the new column")],
    separator: Annotated[str, Label("Between them", "Such as a space or a comma")] = " ",
    original: Annotated[Literal["keep", "drop"], Label("The columns themselves", "Whether they stay")] = "keep",
) -> pd.DataFrame:
    """Put the cells of several columns into one text, with a separator between them; missing cells are left out.

    A row in which all of them are missing gets a missing cell.

    >>> streets = pd.DataFrame({"street": ["Main St", None], "number": [3, 4]})
    >>> combine_columns(streets, columns=["street", "number"], into="address")["address"].tolist()
    ['Main St 3', '4']
    """
    if len(columns) < 2:
        raise SettingError("Combining needs two columns at least.", "combine_columns", "Choose another column.")
    rest = df.drop(columns=columns) if original == "drop" else df
    need_free(rest, [into], "combine_columns")
    rows = zip(*(cell_texts(df[name], time=True) for name in columns), strict=True)
    known = [[part for part in row if part is not None] for row in rows]
    out = rest.copy(deep=False)
    out[into] = pd.Series([separator.join(parts) if parts else None for parts in known], index=df.index, dtype=object)
    return out
