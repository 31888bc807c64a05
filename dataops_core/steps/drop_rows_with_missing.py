"""Drop rows with missing values."""

from __future__ import annotations

from typing import Annotated, Literal

import pandas as pd

from dataops_core.steps.step import Columns, Label, step


@step(
    "Drop rows with missing values",
    group="Missing values",
    drops_rows=True,
    says="Dropped rows with {how} missing in {columns}",
    also="delete empty, blank rows",
)
def drop_rows_with_missing(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns(), Label("Columns", "Where to look; none chosen: in all columns")] = [],  # noqa: B006
    how: Annotated[
        Literal["any", "all"], Label("Drop a row if", "any of these cells is missing, or all of them are")
    ] = "any",
) -> pd.DataFrame:
    """Drop rows in which any, or all, of some cells are missing.

    Use it when few rows are concerned and nothing ties their being incomplete to what they say; otherwise the rows
    that stay are no fair picture of those that were there (see Little and Rubin, Statistical Analysis with Missing
    Data, 2019, chapter 3). The preview tells which groups lose most. The alternative is fill_missing.

    >>> holes = pd.DataFrame({"a": [1.0, None, None], "b": ["x", "y", None]})
    >>> drop_rows_with_missing(holes).index.tolist(), drop_rows_with_missing(holes, how="all").index.tolist()
    ([0], [0, 1])
    """
    if not len(df.columns):
        return df.copy(deep=False)
    gone = df[columns or list(df.columns)].isna()
    return df.loc[~(gone.any(axis=1) if how == "any" else gone.all(axis=1)).to_numpy(dtype=bool)]
