"""Target encoding."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, Skip
from dataops_core.models.features import TRAIN
from dataops_core.steps._cells import cell_texts
from dataops_core.steps._features import decimals
from dataops_core.steps.step import Columns, Label, Span, step
from dataops_core.table.kinds import type_of

PARTS = 5


@step(
    "Target encode",
    group="Features",
    says="Encoded {columns} by the mean of {target}[ (share of {favorable})], cross-fitted",
    also="mean encoding, impact encoding, categories",
)
def encode_target(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns("text", "boolean", "number"), Label("Columns", "Columns of categories")],
    target: Annotated[str, Columns(), Label("Target", "The column that a model is to predict")],
    favorable: Annotated[str | None, Label("Value", "For a target of classes: the value whose share is taken")] = None,
    smoothing: Annotated[
        float, Span(0, 1_000_000), Label("Smoothing", "A value with so many rows counts half, the overall mean half")
    ] = 10.0,
    learned: dict[str, Any] | None = None,
    split: str | None = None,
) -> pd.DataFrame:
    """Replace each category by the mean of the target among rows with that category, smoothed towards the overall mean.

    Cross-fitted: rows are dealt into five parts by their number, and each row gets the mean of the other four parts, so
    that no row is told its own outcome (Micci-Barreca 2001 for the encoding; without cross-fitting it leaks). Rows
    that do not train, where a split says so, get the mean of all training rows. Values that were never seen get the
    overall mean; missing cells count as a category.

    >>> df = pd.DataFrame({"town": ["a", "b"] * 20, "pay": [1.0, 3.0] * 20})
    >>> encode_target(df, columns=["town"], target="pay", smoothing=0)["town"].head(2).tolist()
    [1.0, 3.0]
    """
    if learned is None:
        learned = learn_means(df, columns, target, favorable, smoothing)
    parts = part_of(df.index)
    if split is not None and split in df.columns:
        parts = np.where((df[split] == TRAIN).to_numpy(dtype=bool, na_value=False), parts, PARTS)
    out = df.copy(deep=False)
    for name in columns:
        if name not in learned:
            continue
        known, overall = dict(learned[name]["means"]), learned[name]["overall"]
        table = np.array([known.get(text, overall) for text in cell_texts(df[name], time=True)], dtype="float64")
        table = table.reshape(len(df), len(overall))
        out[name] = decimals(table[np.arange(len(df)), parts], df[name])
    return out


def part_of(rows: pd.Index) -> np.ndarray:
    """The part (0 to 4) of each row, from its number alone (splitmix64, Steele et al. 2014)."""
    marks = (rows.to_numpy(dtype="int64").astype("uint64") + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    marks = (marks ^ (marks >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    marks = (marks ^ (marks >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((marks ^ (marks >> np.uint64(31))) % np.uint64(PARTS)).astype("int64")


def outcomes(column: pd.Series, favorable: str | None) -> np.ndarray:
    """The target as numbers (rows,), NaN where it is missing; raises SettingError where it has no mean."""
    texts = cell_texts(column, time=True)
    if favorable is not None:
        if favorable not in texts:
            raise SettingError(
                f'"{column.name}" has no value "{favorable}".', "encode_target", "Choose one of its values."
            )
        return np.array([np.nan if text is None else float(text == favorable) for text in texts])
    if type_of(column) in ("integer", "decimal", "boolean"):
        values = column.to_numpy(dtype="float64", na_value=np.nan)
        return np.where(np.isfinite(values) & (np.abs(values) < 1e100), values, np.nan)
    classes = sorted({text for text in texts if text is not None})
    if len(classes) != 2:
        raise SettingError(
            f'"{column.name}" is not a number and has {len(classes):,} values.',
            "encode_target",
            "Say which value's share is taken, or choose a target with two values or with numbers.",
        )
    return np.array([np.nan if text is None else float(text == classes[1]) for text in texts])


@encode_target.learn
def learn_means(
    df: pd.DataFrame, columns: list[str], target: str, favorable: str | None = None, smoothing: float = 10.0
) -> dict[str, Any]:
    """The smoothed means without each of the five parts, and of all rows: {"town": {"overall": [six numbers],
    "means": [["a", [six numbers]], …]}}.
    """
    if target in columns:
        raise SettingError("The target cannot be encoded by itself.", "encode_target", "Leave it out of the columns.")
    values = outcomes(df[target], favorable)
    use = ~np.isnan(values)
    if not use.any():
        raise Skip("The target is missing in all rows.")
    parts = part_of(df.index)
    masks = [use & (parts != part) for part in range(PARTS)] + [use]
    masks = [mask if mask.any() else use for mask in masks]
    overall = [float(values[mask].mean()) for mask in masks]
    learned: dict[str, Any] = {}
    for name in columns:
        texts = cell_texts(df[name], time=True)
        place = {text: at for at, text in enumerate(dict.fromkeys(texts))}
        codes, keys = np.array([place[text] for text in texts], dtype="int64"), list(place)
        found = np.zeros((len(keys), len(masks)))
        for at, mask in enumerate(masks):
            count = np.bincount(codes[mask], minlength=len(keys)).astype(float)
            total = np.bincount(codes[mask], weights=values[mask], minlength=len(keys))
            weight = count + smoothing
            found[:, at] = np.where(
                weight > 0, (total + smoothing * overall[at]) / np.where(weight > 0, weight, 1.0), overall[at]
            )
        order = sorted(range(len(keys)), key=lambda at: (keys[at] is None, keys[at] or ""))
        learned[name] = {"overall": overall, "means": [[keys[at], found[at].tolist()] for at in order]}
    return learned
