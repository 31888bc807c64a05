"""Frequency encoding."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import Skip
from dataops_core.steps._cells import cell_texts
from dataops_core.steps._counted import text_counts
from dataops_core.steps._features import decimals
from dataops_core.steps.step import Columns, Label, step


@step(
    "Frequency encode",
    group="Features",
    says="Encoded {columns} by how often each value occurs ({unit})",
    also="count encoding, categories",
)
def encode_frequency(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns("text", "boolean", "number"), Label("Columns", "Columns of categories")],
    unit: Annotated[
        Literal["share", "count"], Label("As", "share: of the known training cells; count: how many of them")
    ] = "share",
    learned: dict[str, Any] | None = None,
) -> pd.DataFrame:
    """Replace each category by how often it occurs in the training rows; a value that they do not have by 0.

    One number for each column however many values it has. Values that occur equally often become equal. A missing cell
    stays missing.

    >>> encode_frequency(pd.DataFrame({"town": ["a", "a", "b", None]}), columns=["town"], unit="count")["town"].tolist()
    [2.0, 2.0, 1.0, nan]
    """
    if learned is None:
        learned = learn_frequencies(df, columns)
    out = df.copy(deep=False)
    for name in columns:
        if name not in learned:
            continue
        counts = dict(learned[name])
        total = float(sum(counts.values())) if unit == "share" else 1.0
        found = [np.nan if text is None else counts.get(text, 0) / total for text in cell_texts(df[name], time=True)]
        out[name] = decimals(np.array(found, dtype="float64"), df[name])
    return out


@encode_frequency.learn
def learn_frequencies(
    df: pd.DataFrame, columns: list[str], times: np.ndarray | None = None, **_settings: object
) -> dict[str, Any]:
    """How often each value occurs: {"town": [["a", 2], ["b", 1]]}."""
    learned = {}
    for name in columns:
        counts = text_counts(df[name], times)
        if counts:
            learned[name] = [[value, count] for value, count in sorted(counts.items())]
    if columns and not learned:
        raise Skip("The columns hold no value at all, so there is nothing to encode.")
    return learned
