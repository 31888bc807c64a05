"""A table as a model sees it: which columns can be features, and how they become numbers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.table import Column
from dataops_core.values.numbers import in_days

if TYPE_CHECKING:
    from sklearn.compose import ColumnTransformer

PARTS = ("train", "validation", "test")
TRAIN = PARTS[0]
LEVELS = 30  # categories of one column that get a feature of their own; the rarer ones share one
GREAT = 1e100  # greater numbers are cut short: a model squares and adds them


@dataclass(frozen=True)
class Features:
    """The columns that are features, as numbers and as categories, and those that are not, with the reason."""

    numbers: tuple[str, ...]
    categories: tuple[str, ...]
    left_out: dict[str, str]

    @property
    def names(self) -> list[str]:
        """All features, numbers first."""
        return [*self.numbers, *self.categories]


def features(columns: Sequence[Column], frame: pd.DataFrame, leave_out: Collection[str] = ()) -> Features:
    """Which columns of a tidy frame can be features: not the ones left out, identifiers, free text, nor constants."""
    numbers, categories, without = [], [], {}
    for column in columns:
        known = frame[column.name].dropna()
        if column.name in leave_out:
            without[column.name] = "it is left out on purpose"
        elif column.kind == "id":
            without[column.name] = "it identifies rows"
        elif known.empty:
            without[column.name] = "it holds nothing"
        elif len(known) == len(frame) and (known == known.iloc[0]).all():
            without[column.name] = "it holds one value only"
        elif column.type in ("integer", "decimal", "datetime") and column.kind != "category":
            numbers.append(column.name)
        elif column.kind == "text":
            without[column.name] = "it is free text"
        else:
            categories.append(column.name)
    return Features(tuple(numbers), tuple(categories), without)


def plain(frame: pd.DataFrame, chosen: Features) -> pd.DataFrame:
    """The features as scikit-learn takes them: numbers as float64 (dates in days since 1970, missing and infinite as
    NaN, those whose squares overflow cut short), categories as text with None where missing.
    """
    made = {}
    for name in chosen.numbers:
        values = in_days(frame[name])
        made[name] = np.clip(np.where(np.isfinite(values), values, np.nan), -GREAT, GREAT)
    for name in chosen.categories:
        column = frame[name]
        gone = column.isna().to_numpy()
        made[name] = np.array(
            [None if lost else str(cell) for cell, lost in zip(column, gone, strict=True)], dtype=object
        )
    return pd.DataFrame(made, index=frame.index, columns=chosen.names)


def encoder(chosen: Features) -> ColumnTransformer:
    """An unfitted transformer from `plain` to a dense matrix without gaps: numbers standardised, their gaps filled with
    the median and marked by an indicator; categories one-hot, missing as a category of its own, rare ones together.
    """
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True), StandardScaler()
    )
    categories = OneHotEncoder(
        handle_unknown="infrequent_if_exist",
        max_categories=LEVELS,
        min_frequency=2,
        sparse_output=False,
        dtype=np.float64,
    )
    return ColumnTransformer(
        [("numbers", numbers, list(chosen.numbers)), ("categories", categories, list(chosen.categories))],
        sparse_threshold=0.0,
    )


def training(frame: pd.DataFrame, split: str | None) -> pd.DataFrame:
    """The rows that may be learned from: the training rows, or all where there is no split.

    Raises SettingError where the column says of no row that it is for training.
    """
    if split is None:
        return frame
    rows = frame[(frame[split] == TRAIN).to_numpy(dtype=bool, na_value=False)]
    if rows.empty and len(frame):
        raise SettingError(
            f'No row of "{split}" says "{TRAIN}", so there is nothing to learn from.',
            split,
            "Split the rows (split_rows), or name the column that says it.",
        )
    return rows
