"""Set single cells."""

from __future__ import annotations

from typing import Annotated

import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.steps._cells import typed, written
from dataops_core.steps.step import Columns, Label, step
from dataops_core.table.kinds import type_of


@step("Set single cells", group="Text", says="Set single cells of {column}", also="edit, correct one cell", narrow=True)
def set_cells(
    df: pd.DataFrame,
    column: Annotated[str, Columns(), Label("Column", "The column whose cells are set")],
    cells: Annotated[
        dict[str, str],
        Label("Rows and new values", "The number of each row, counted from 1, and what its cell should hold"),
    ],
    was: Annotated[
        dict[str, str] | None,
        Label("Rows and old values", "What each cell held; a cell that holds something else by now stays as it is"),
    ] = None,
) -> pd.DataFrame:
    """Set the cells of some rows, one by one: corrections that somebody made or accepted.

    Rows are named by their number in the file, from 1. Where the old value is given, the cell is set only if it still
    holds that; so a correction never touches another row of next month's file. An empty value means a missing cell.

    >>> cities = pd.DataFrame({"city": ["Amsterdm", "Delft"]}, dtype=object)
    >>> set_cells(cities, column="city", cells={"1": "Amsterdam"}, was={"1": "Amsterdm"})["city"].tolist()
    ['Amsterdam', 'Delft']
    """
    wrong = [row for row in (*cells, *(was or {})) if not (row.isascii() and row.isdecimal() and int(row) > 0)]
    if wrong:
        raise SettingError(f'"{wrong[0]}" is not the number of a row.', "set_cells", "Count the rows from 1.")
    kind = type_of(df[column])
    gone = df[column].isna()
    values = [None if no else cell for cell, no in zip(df[column], gone, strict=True)]
    place = {int(row): at for at, row in enumerate(df.index)}
    for row, new in cells.items():
        at = place.get(int(row) - 1)
        if at is not None and (was is None or row not in was or written(values[at]) == was[row]):
            values[at] = None if new == "" else typed(new, kind, "set_cells")
    out = df.copy(deep=False)
    out[column] = pd.Series(values, df.index, object if kind == "text" else df[column].dtype)
    return out
