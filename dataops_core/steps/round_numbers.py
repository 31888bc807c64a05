"""Round numbers."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import pandas as pd

from dataops_core.steps.step import Columns, Label, Span, step
from dataops_core.table.kinds import type_of


@step(
    "Round numbers",
    group="Numbers",
    says="Rounded {columns} to {digits} digits ({how})",
    also="round down, round up, floor, ceiling, decimals",
    narrow=True,
)
def round_numbers(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns("number"), Label("Columns", "Columns of numbers")],
    digits: Annotated[int, Span(-15, 15), Label("Digits", "Behind the decimal point; -2 rounds to hundreds")] = 0,
    how: Annotated[
        Literal["nearest", "down", "up"], Label("Direction", "nearest: a half goes to the even neighbor")
    ] = "nearest",
) -> pd.DataFrame:
    """Round numbers to so many digits, to the nearest one, down or up; whole numbers stay whole.

    Rounding loses what it takes away. Round for people who read, not before a model learns.

    >>> round_numbers(pd.DataFrame({"a": [2.5, -1.26]}), columns=["a"], digits=1, how="up")["a"].tolist()
    [2.5, -1.2]
    """
    out = df.copy(deep=False)
    for name in columns:
        whole = type_of(df[name]) == "integer"
        if whole and digits >= 0:
            continue
        values = df[name].to_numpy(dtype="float64", na_value=np.nan)
        unit = 10.0 ** abs(digits)
        with np.errstate(over="ignore", invalid="ignore"):
            moved = values / unit if digits < 0 else values * unit
            near = np.round(moved, 9)
            rounded = np.floor(near) if how == "down" else np.ceil(near) if how == "up" else np.round(near)
            made = rounded * unit if digits < 0 else rounded / unit
        made = np.where(np.isfinite(made), made, values)
        if not whole:
            out[name] = pd.Series(made, index=df.index)
            continue
        known = ~np.isnan(values) & (np.abs(made) < 2**53)
        cells = df[name].copy()
        cells[known] = made[known].astype("int64")
        out[name] = cells
    return out
