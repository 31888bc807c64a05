"""Mark where values were missing."""

from __future__ import annotations

from typing import Annotated

import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.steps.step import Columns, Label, step

ENDING = " is missing"


@step(
    "Flag missing values",
    group="Missing values",
    says="Marked where {columns} were missing, in columns of their own",
    also="indicator, empty, blank",
)
def flag_missing(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns(), Label("Columns", "Columns whose gaps shall be remembered")],
) -> pd.DataFrame:
    """Add a yes-or-no column per chosen column that says where its value is missing, such as "age is missing".

    Do it before filling: afterwards nobody can tell a found value from a real one, and that a value was missing may
    itself tell something (missing-indicator method: van Buuren, Flexible Imputation of Missing Data, 2018, section
    1.3.7). A model may use such columns; a comparison of groups should not, for they need not mean the same in each
    group.

    >>> flag_missing(pd.DataFrame({"age": [30.0, None]}), columns=["age"])["age is missing"].tolist()
    [False, True]
    """
    out = df.copy(deep=False)
    for name in columns:
        new = f"{name}{ENDING}"
        if new in out.columns:
            raise SettingError(
                f'There is a column "{new}" already.',
                "flag_missing",
                "Rename or drop it first (rename_columns, drop_columns).",
            )
        out[new] = df[name].isna().astype("boolean")
    return out


@flag_missing.adds
def flags(columns: list[str]) -> list[str]:
    """The columns that say where something was missing."""
    return [f"{name}{ENDING}" for name in columns]
