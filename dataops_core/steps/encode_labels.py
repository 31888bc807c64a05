"""Cells that hold several labels become yes-or-no columns."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any, Literal

import pandas as pd

from dataops_core.errors import SettingError, Skip
from dataops_core.steps._features import need_free, put_after
from dataops_core.steps.step import Columns, Label, Span, step


@step(
    "Encode several labels",
    group="Features",
    says="Made a column for each label in {column}, split at {separator}",
    also="multi-label, binarize, tags, dummy",
    open_columns=True,
)
def encode_labels(
    df: pd.DataFrame,
    column: Annotated[str, Columns("text"), Label("Column", "The column whose cells hold several labels")],
    separator: Annotated[str, Label("At", "The text between the labels")] = ",",
    levels: Annotated[int, Span(1, 200), Label("Labels at most", "The most frequent ones get a column")] = 50,
    original: Annotated[Literal["drop", "keep"], Label("The column itself", "Whether it stays")] = "drop",
    learned: dict[str, Any] | None = None,
) -> pd.DataFrame:
    """Turn cells such as "red, blue" into one yes-or-no column for each label.

    The labels are those of the training rows; others, and those beyond the most frequent, are passed over. A missing
    cell says no to all.

    >>> encode_labels(pd.DataFrame({"color": ["red, blue", "red"]}), column="color").to_dict("list")
    {'color has blue': [True, False], 'color has red': [True, True]}
    """
    if learned is None:
        learned = learn_labels(df, column, separator, levels)
    cells = [labels_of(cell, separator) for cell in df[column]]
    made = {
        f"{column} has {label}": pd.Series(pd.array([label in cell for cell in cells], dtype="boolean"), index=df.index)
        for label in learned["labels"]
    }
    need_free(df, made, "encode_labels")
    return put_after(df, column, made, original == "keep")


def labels_of(cell: Any, separator: str) -> set[str]:
    """The labels of a cell."""
    parts = cell.split(separator) if isinstance(cell, str) else []
    return {part.strip() for part in parts} - {""}


@encode_labels.learn
def learn_labels(
    df: pd.DataFrame, column: str, separator: str = ",", levels: int = 50, **_settings: object
) -> dict[str, Any]:
    """The labels that get a column, in order: {"labels": ["blue", "red"]}."""
    if not separator:
        raise SettingError("Nothing to split at is given.", "encode_labels", "Give the text between the labels.")
    counts = Counter(label for cell in df[column] for label in labels_of(cell, separator))
    if not counts:
        raise Skip("The column holds no label at all.")
    most = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:levels]
    return {"labels": sorted(label for label, _ in most)}
