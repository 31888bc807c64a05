"""Drop columns with many missing values."""

from __future__ import annotations

from typing import Annotated, Any

import pandas as pd

from dataops_core.errors import Skip
from dataops_core.steps.step import Columns, Label, Span, step


@step(
    "Drop columns with many missing values",
    group="Missing values",
    says="Dropped columns with more than {share} % missing, among {columns}",
    also="delete empty, blank columns",
)
def drop_columns_with_missing(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns(), Label("Columns", "Columns that may go; none chosen: all")] = [],  # noqa: B006
    share: Annotated[
        float, Span(0, 100), Label("More than (percent)", "A column goes when a greater share of its cells is missing")
    ] = 50.0,
    learned: dict[str, Any] | None = None,
) -> pd.DataFrame:
    """Drop columns in which more than a given share of the cells is missing.

    Which columns go is decided once, on the training rows, and holds for new rows whatever is missing there. A column
    that is mostly empty can still tell much: that it is empty may itself be a sign (flag_missing), and no share is
    right for all tables. Do not drop a column only because it cannot be filled well.

    >>> holes = pd.DataFrame({"a": [1.0, None, None], "b": [1.0, 2.0, None]})
    >>> list(drop_columns_with_missing(holes).columns)
    ['b']
    """
    if learned is None:
        learned = learn_columns(df, columns, share)
    return df.drop(columns=[name for name in learned["dropped"] if name in df.columns])


@drop_columns_with_missing.learn
def learn_columns(df: pd.DataFrame, columns: list[str] | None = None, share: float = 50.0) -> dict[str, Any]:
    """The columns that go, and the share of missing cells (percent) that they had: {"dropped": {"a": 66.7}}."""
    if not len(df):
        raise Skip("There are no rows to count missing values in.")
    gone = {name: 100.0 * float(df[name].isna().mean()) for name in columns or df.columns}
    dropped = {name: part for name, part in gone.items() if part > share}
    if not dropped:
        raise Skip(f"No column has more than {share:g} % of its cells missing.")
    if len(dropped) == len(df.columns):
        raise Skip(f"Every column has more than {share:g} % of its cells missing; nothing would be left.")
    return {"dropped": dropped}
