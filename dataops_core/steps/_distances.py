"""Rows as points: columns as numbers on one scale and categories as codes, and the way back for rows that are made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.steps._cells import cell_texts
from dataops_core.table.kinds import guess_kind, type_of

DAY_LONG = 86_400_000_000  # microseconds


def point_columns(frame: pd.DataFrame, without: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
    """Which columns are numbers (dates too), which are categories (yes and no too), and which are neither: ids, free
    text, empty.
    """
    numbers: list[str] = []
    categories: list[str] = []
    neither: list[str] = []
    for name in frame.columns:
        if name in without:
            continue
        storage, known = type_of(frame[name]), frame[name].dropna()
        length = float(known.astype(str).str.len().mean()) if storage == "text" and len(known) else 0.0
        kind = guess_kind(str(name), storage, len(frame), known.nunique(), length)
        if known.empty or kind in ("id", "text"):
            neither.append(str(name))
        else:
            (categories if kind in ("category", "boolean") else numbers).append(str(name))
    return numbers, categories, neither


def as_numbers(column: pd.Series) -> np.ndarray:
    """A column of numbers or dates as float64; dates in days since 1970; missing and infinite as NaN."""
    if type_of(column) == "datetime":
        gone = column.isna().to_numpy(dtype=bool)
        return np.where(gone, np.nan, column.to_numpy(dtype="datetime64[us]").astype("int64") / DAY_LONG)
    values = column.to_numpy(dtype="float64", na_value=np.nan)
    return np.where(np.isfinite(values), values, np.nan)


def scale_of(numbers: np.ndarray) -> tuple[float, float]:
    """Mean and standard deviation (n) of the known numbers; (0, 1) where there is none, and 1 where they do
    not differ.
    """
    known = numbers[~np.isnan(numbers)]
    greatest = float(np.abs(known).max()) if len(known) else 0.0
    if not greatest:
        return 0.0, 1.0
    small = known / greatest  # the squares of great numbers are beyond what can be held
    mean, spread = float(small.mean()) * greatest, float(small.std()) * greatest
    return mean, spread if spread > 0 and np.isfinite(1 / spread) else 1.0


def points(
    frame: pd.DataFrame, numbers: Sequence[str], categories: Sequence[str]
) -> tuple[np.ndarray, list[tuple[float, float]], list[list[str | None]]]:
    """A matrix (rows, columns) of standardised numbers and then codes of categories; the scales; the values of each
    category.

    Missing numbers stay NaN; a missing category is a value of its own, the last one.
    """
    scales, levels, made = [], [], []
    for name in numbers:
        values = as_numbers(frame[name])
        mean, spread = scale_of(values)
        scales.append((mean, spread))
        made.append(values / spread - mean / spread)
    for name in categories:
        texts = cell_texts(frame[name])
        values_here: list[str | None] = [
            *sorted({text for text in texts if text is not None}),
            *([None] if None in texts else []),
        ]
        place = {text: number for number, text in enumerate(values_here)}
        levels.append(values_here)
        made.append(np.array([place[text] for text in texts], dtype="float64"))
    return np.column_stack(made) if made else np.zeros((len(frame), 0)), scales, levels


def without_gaps(matrix: np.ndarray) -> np.ndarray:
    """The same points with the median in place of what is missing: for distances only."""
    out = matrix.copy()
    for at in range(out.shape[1]):
        gone = np.isnan(out[:, at])
        if gone.any():
            out[gone, at] = np.median(out[~gone, at]) if not gone.all() else 0.0
    return out


def one_hot(matrix: np.ndarray, numbers: int) -> np.ndarray:
    """Points in which each category has a column per value; two different values lie 1 apart."""
    parts = [matrix[:, :numbers]]
    for at in range(numbers, matrix.shape[1]):
        codes = matrix[:, at].astype("int64")
        parts.append(np.eye(int(codes.max()) + 1 if len(codes) else 0)[codes] / np.sqrt(2))
    return np.hstack(parts)


def number_cells(made: np.ndarray, scale: tuple[float, float], column: pd.Series) -> list[Any]:
    """Standardised numbers as cells of a column, within the range of what it holds; whole numbers and whole days stay
    whole.
    """
    mean, spread = scale
    values, storage = made * spread + mean, type_of(column)
    known = column[~np.isnan(as_numbers(column))]
    if storage == "datetime":
        stamps = known.to_numpy(dtype="datetime64[us]").astype("int64")
        unit = DAY_LONG if (stamps % DAY_LONG == 0).all() else 1
        whole = [round(value * DAY_LONG / unit) * unit for value in values.tolist()]
        return [np.datetime64(min(max(cell, int(stamps.min())), int(stamps.max())), "us") for cell in whole]
    if storage == "integer":
        low, high = int(known.min()), int(known.max())
        return [min(max(round(value), low), high) for value in values.tolist()]
    return np.clip(values, float(known.min()), float(known.max())).tolist()
