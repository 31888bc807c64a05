"""Principal components."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, Skip
from dataops_core.steps._features import decimals, need_free
from dataops_core.steps._mixed import center_and_scale, numbers, scaled
from dataops_core.steps.step import Columns, Label, Span, step


@step(
    "Reduce numbers",
    group="Features",
    says="Reduced {columns} to {dimensions} principal components",
    also="PCA, principal component analysis, dimensionality reduction",
)
def reduce_numbers(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns("number"), Label("Columns", "Two or more columns of numbers")],
    dimensions: Annotated[int, Span(1, 50), Label("Components", "How many columns they become")] = 2,
    original: Annotated[Literal["drop", "keep"], Label("The columns themselves", "Whether they stay")] = "drop",
    learned: dict[str, Any] | None = None,
) -> pd.DataFrame:
    """Replace many columns of numbers by the few directions in which rows differ most (Pearson 1901; Hotelling 1933).

    Columns are standardized first; missing cells count as the mean. Directions are learned from the training rows, with
    signs fixed so that the greatest weight is positive. Components are hard to explain to people: select columns where
    somebody has to understand the model.

    >>> df = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [2.0, 4.0, 6.0]})
    >>> reduce_numbers(df, columns=["a", "b"], dimensions=1)["component 1"].round(3).tolist()
    [-1.732, 0.0, 1.732]
    """
    if len(columns) < 2:
        raise SettingError("Components need two columns at least.", "reduce_numbers", "Choose another column.")
    if learned is None:
        learned = learn_directions(df, columns, dimensions)
    rest = df.drop(columns=columns) if original == "drop" else df
    names = direction_names(columns, dimensions)
    need_free(rest, names, "reduce_numbers")
    cells = standardized(df, columns, learned["scales"])
    weights = np.array(learned["directions"]).reshape(len(columns), -1)
    out = rest.copy(deep=False)
    for at, name in enumerate(names):
        with np.errstate(all="ignore"):
            found = (cells * weights[:, at]).sum(axis=1) if at < weights.shape[1] else np.zeros(len(df))
        out[name] = decimals(found, df[columns[0]])
    return out


def standardized(df: pd.DataFrame, columns: list[str], scales: list[list[float]]) -> np.ndarray:
    """The columns in standard deviations from their means (rows, columns), missing cells as 0."""
    with np.errstate(all="ignore"):
        cells = [scaled(numbers(df[name]), *scale) for name, scale in zip(columns, scales, strict=True)]
    return np.nan_to_num(np.column_stack(cells), nan=0.0, posinf=0.0, neginf=0.0)


@reduce_numbers.learn
def learn_directions(df: pd.DataFrame, columns: list[str], dimensions: int = 2, **_settings: object) -> dict[str, Any]:
    """Mean and standard deviation of each column, and the weights (columns, components)."""
    scales = [list(center_and_scale(numbers(df[name]))) for name in columns]
    if not len(df):
        raise Skip("There are no rows to learn from.")
    cells = np.clip(standardized(df, columns, scales), -1e100, 1e100)
    _, sizes, directions = np.linalg.svd(cells - cells.mean(axis=0), full_matrices=False)
    kept = directions[: min(dimensions, int((sizes > 1e-9).sum()))].T
    if not kept.size:
        raise Skip("The columns do not vary.")
    signs = np.sign(kept[np.abs(kept).argmax(axis=0), np.arange(kept.shape[1])])
    return {"scales": scales, "directions": (kept * signs).round(12).tolist()}


@reduce_numbers.adds
def direction_names(columns: list[str], dimensions: int = 2, **_settings: object) -> list[str]:
    """The columns that it makes."""
    return [f"component {at + 1}" for at in range(dimensions)]
