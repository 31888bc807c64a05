"""Set single cells."""

from __future__ import annotations

from typing import Annotated

import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.steps.step import Columns, Label, step
from dataops_core.table.kinds import as_text, type_of


@step("Set single cells", group="Text", says="Set single cells of {column}")
def set_cells(
    df: pd.DataFrame,
    column: Annotated[str, Columns("text", "number"), Label("Column", "The column whose cells are set")],
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
    text = type_of(df[column]) == "text"
    gone = df[column].isna()
    values = pd.Series([None if no else cell for cell, no in zip(df[column], gone, strict=True)], df.index, object)
    place = {int(row): at for at, row in enumerate(df.index)}
    for row, new in cells.items():
        at = place.get(int(row) - 1)
        if at is None:
            continue
        held = values.iloc[at]
        if was is not None and row in was and ("" if held is None else as_text(held)) != was[row]:
            continue
        values.iloc[at] = None if new == "" else new if text else plain_number(new)
    out = df.copy(deep=False)
    out[column] = values.astype(df[column].dtype) if not text else values
    return out


def plain_number(text: str) -> float | int:
    """A text as a number."""
    try:
        return int(text) if text.lstrip("+-").isdecimal() else float(text)
    except ValueError:
        raise SettingError(f'"{text}" is not a number.', "set_cells", "The column holds numbers.") from None
