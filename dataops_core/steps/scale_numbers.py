"""Scale numbers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import Skip
from dataops_core.steps._features import decimals
from dataops_core.steps._mixed import center_and_scale, numbers, scaled
from dataops_core.steps.step import Columns, Label, step


@step(
    "Scale numbers",
    group="Features",
    says="Scaled {columns} ({method})",
    also="standardize, normalize, z-score, min-max",
    narrow=True,
)
def scale_numbers(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns("number"), Label("Columns", "Columns of numbers")],
    method: Annotated[
        Literal["standard", "min_max", "robust", "max_abs"],
        Label(
            "Method",
            "standard: mean 0, standard deviation 1; min-max: from 0 to 1; robust: median 0, middle half 1 wide;"
            " max-abs: divided by the greatest size",
        ),
    ] = "standard",
    learned: dict[str, Any] | None = None,
) -> pd.DataFrame:
    """Bring numbers to a common scale, so that none counts more because of its unit.

    Learned from the training rows (scikit-learn's StandardScaler, MinMaxScaler, RobustScaler, MaxAbsScaler). Linear
    models with a penalty, neighbors and neural networks need it; trees do not care. Values outside the training range
    lie outside 0 to 1. Infinite numbers become missing. A column that does not vary becomes 0.

    >>> scale_numbers(pd.DataFrame({"a": [1.0, 2.0, 3.0]}), columns=["a"], method="min_max")["a"].tolist()
    [0.0, 0.5, 1.0]
    """
    if learned is None:
        learned = learn_scale(df, columns, method)
    out = df.copy(deep=False)
    for name in columns:
        if name in learned:
            with np.errstate(over="ignore"):
                out[name] = decimals(scaled(numbers(df[name]), *learned[name]), df[name])
    return out


@scale_numbers.learn
def learn_scale(df: pd.DataFrame, columns: list[str], method: str = "standard") -> dict[str, Any]:
    """What is taken away and what is divided by: {"age": [38.5, 13.6]}."""
    learned = {}
    for name in columns:
        values = numbers(df[name])
        known = values[~np.isnan(values)]
        if not len(known):
            continue
        if method == "standard":
            center, width = center_and_scale(known)
        elif method == "max_abs":
            center, width = 0.0, float(np.abs(known).max())
        else:
            low, middle, high = np.quantile(known / 4, [0.25, 0.5, 0.75]) if method == "robust" else (0.0, 0.0, 0.0)
            center = float(middle) * 4 if method == "robust" else float(known.min())
            width = (float(high - low) if method == "robust" else float(known.max() / 4 - known.min() / 4)) * 4
        width = width if np.isfinite(width) and width > 1e-300 else 1.0
        learned[name] = [float(center), float(width)]
    if columns and not learned:
        raise Skip("The columns hold no number at all, so there is nothing to scale.")
    return learned
