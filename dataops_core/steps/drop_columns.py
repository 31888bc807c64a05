"""Drop columns."""

from __future__ import annotations

from typing import Annotated

import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.steps.step import Columns, Label, step


@step("Drop columns", group="Columns", says="Dropped {columns}", also="delete, remove, hide fields")
def drop_columns(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns(), Label("Columns", "Columns that the result shall not have")],
) -> pd.DataFrame:
    """Leave columns out of the table.

    Use it for columns that say nothing (one value only), that say what another column says, or that nobody may see.
    Do not use it only because cells are missing: fill them first and compare. At least one column must stay.

    >>> drop_columns(pd.DataFrame({"a": [1], "b": [2]}), columns=["b"]).columns.tolist()
    ['a']
    """
    gone = set(columns)
    kept = [name not in gone for name in df.columns]
    if not any(kept):
        raise SettingError("No column would be left.", "drop_columns", "Keep at least one column.")
    return df.loc[:, kept].copy(deep=False)
