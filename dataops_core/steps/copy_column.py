"""Copy a column."""

from __future__ import annotations

from typing import Annotated

import pandas as pd

from dataops_core.steps._features import need_free, put_after
from dataops_core.steps.step import Columns, Label, NewColumn, step


@step("Copy a column", group="Columns", says="Copied {column} as {into}", also="duplicate, clone")
def copy_column(
    df: pd.DataFrame,
    column: Annotated[str, Columns(), Label("Column", "The column to copy")],
    into: Annotated[str, NewColumn(), Label("Into column", "The name of the copy")],
) -> pd.DataFrame:
    """Put a copy of a column behind it, under a name of its own: to change one and keep the other.

    >>> list(copy_column(pd.DataFrame({"a": [1], "b": [2]}), column="a", into="a before"))
    ['a', 'a before', 'b']
    """
    need_free(df, [into], "copy_column")
    return put_after(df, column, {into: df[column].copy()}, True)
