"""Fill missing values with what other columns give."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.steps.step import Columns, Label, step
from dataops_core.table.kinds import type_of


@step(
    "Fill by calculation",
    group="Missing values",
    says="Filled missing values in {column} with the {how} of {of}",
    also="formula, total, sum, product",
)
def fill_computed(
    df: pd.DataFrame,
    column: Annotated[str, Columns("number"), Label("Column", "The column whose missing cells are computed")],
    of: Annotated[list[str], Columns("number"), Label("From", "The columns that give it, such as quantity and price")],
    how: Annotated[
        Literal["sum", "product"], Label("By", "sum: the columns added up; product: the columns multiplied")
    ] = "sum",
) -> pd.DataFrame:
    """Fill missing numbers with the sum or the product of other columns in the same row.

    Nothing is guessed: where one of the other cells is missing too, the cell stays missing. In a column of whole
    numbers, a result that is not a whole number stays missing as well.

    >>> df = pd.DataFrame({"quantity": [2.0, 3.0, None], "price": [1.5, 2.0, 4.0], "total": [3.0, None, None]})
    >>> fill_computed(df, column="total", of=["quantity", "price"], how="product")["total"].tolist()
    [3.0, 6.0, nan]
    """
    if len(of) < 2 or column in of:
        raise SettingError(
            "A calculation needs two other columns at least.", "fill_computed", "Choose the columns that give it."
        )
    parts = [pd.to_numeric(df[name], errors="coerce").to_numpy(dtype="float64", na_value=np.nan) for name in of]
    with np.errstate(over="ignore", invalid="ignore"):
        made = np.sum(parts, axis=0) if how == "sum" else np.prod(parts, axis=0)
    whole = type_of(df[column]) == "integer"
    usable = np.isfinite(made)
    if whole:
        usable &= (made == np.round(made)) & (np.abs(made) < 2**53)
    gaps = df[column].isna().to_numpy(dtype=bool) & usable
    out = df.copy(deep=False)
    if gaps.any():
        filled = df[column].copy()
        filled[gaps] = made[gaps].astype("int64") if whole else made[gaps]
        out[column] = filled
    return out
