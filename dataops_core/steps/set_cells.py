"""Set single cells."""

from __future__ import annotations

from typing import Annotated, Any

import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.steps.step import Columns, Label, step
from dataops_core.table.kinds import as_text, type_of


@step("Set single cells", group="Text", says="Set single cells of {column}")
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
            values[at] = None if new == "" else typed(new, kind)
    out = df.copy(deep=False)
    out[column] = pd.Series(values, df.index, object if kind == "text" else df[column].dtype)
    return out


def written(value: Any) -> str:
    """A cell as it is written in the settings: a day without a time of day, a number as short as it can be.

    >>> written(pd.Timestamp("2024-02-29")), written(3.0), written(True), written(None)
    ('2024-02-29', '3', 'True', '')
    """
    if value is None:
        return ""
    if isinstance(value, pd.Timestamp):
        return value.isoformat().removesuffix("T00:00:00")
    return as_text(value).removesuffix(".0") if isinstance(value, float) else as_text(value)


def typed(text: str, kind: str) -> Any:
    """A text as a value of the column's type."""
    try:
        if kind == "text":
            return text
        if kind == "datetime":
            return pd.Timestamp(text).tz_localize(None)
        if kind == "boolean":
            return {"true": True, "false": False}[text.casefold()]
        return int(text) if kind == "integer" else float(text)
    except (ValueError, KeyError, OverflowError, TypeError):
        raise SettingError(f'"{text}" does not fit column type {kind}.', "set_cells", "Give another value.") from None
