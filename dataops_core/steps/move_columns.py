"""Move columns."""

from __future__ import annotations

from typing import Annotated, Literal

import pandas as pd

from dataops_core.steps.step import Columns, Label, step


@step("Move columns", group="Columns", says="Moved {columns} to the {to}", also="reorder, order of columns, arrange")
def move_columns(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns(), Label("Columns", "In the order in which they shall stand")],
    to: Annotated[
        Literal["start", "end"], Label("To the", "Where they go; all other columns keep their order")
    ] = "start",
) -> pd.DataFrame:
    """Put columns first or last, in a given order; no cell changes.

    >>> list(move_columns(pd.DataFrame({"a": [1], "b": [2], "c": [3]}), columns=["c", "b"]))
    ['c', 'b', 'a']
    """
    rest = [name for name in df.columns if name not in columns]
    return df[[*columns, *rest] if to == "start" else [*rest, *columns]]
