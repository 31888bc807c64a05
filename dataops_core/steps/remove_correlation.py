"""Remove correlation with groups."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, Skip
from dataops_core.steps._cells import cell_texts
from dataops_core.steps.step import Columns, Label, Span, step
from dataops_core.table.kinds import DTYPES, type_of

MOST_LEVELS = 100


@step(
    "Remove correlation with groups",
    group="Numbers",
    says="Removed the correlation of {columns} with {by} (strength {alpha})",
    also="fairness, proxy",
)
def remove_correlation(
    df: pd.DataFrame,
    columns: Annotated[
        list[str],
        Columns("number"),
        Label("Columns", "Columns of numbers that shall not go up and down with the groups"),
    ],
    by: Annotated[
        list[str],
        Columns(),
        Label("Sensitive columns", "The columns that say who a person is; numbers count as numbers"),
    ],
    alpha: Annotated[
        float,
        Span(0, 1),
        Label("Strength", "0: nothing changes; 1: no correlation is left; between: so much of the way"),
    ] = 1.0,
    learned: dict[str, Any] | None = None,
) -> pd.DataFrame:
    """Take out of numbers what can be told of them, along straight lines, by sensitive columns; the mean stays.

    The residual of a least-squares regression on the centred sensitive columns, categories by an indicator each, as
    Fairlearn's CorrelationRemover does it (fairlearn.preprocessing): alpha (x - (s - mean s) w) + (1 - alpha) x. For
    linear models; what is not correlated may still depend on the group in other ways, which trees find. It needs the
    sensitive columns at prediction time as well; they stay in the table and are not to be features. Columns become
    decimals. Missing numbers stay missing; a missing category is a category, a missing sensitive number counts as the
    mean, and so does a category that was never seen.

    >>> people = pd.DataFrame({"sex": ["f", "f", "m", "m"], "pay": [1.0, 3.0, 5.0, 7.0]})
    >>> remove_correlation(people, columns=["pay"], by=["sex"])["pay"].round(6).tolist()
    [3.0, 5.0, 3.0, 5.0]
    """
    if learned is None:
        learned = learn_lines(df, columns, by, alpha)
    centred = _centred(df, by, learned["levels"], learned["means"])
    out = df.copy(deep=False)
    for name, weights in zip(columns, learned["weights"], strict=True):
        before = df[name].to_numpy(dtype="float64", na_value=np.nan)
        told = np.zeros(len(df))
        for weight, sensitive in zip(weights, centred, strict=True):  # one by one: the same sums in every batch
            with np.errstate(over="ignore", invalid="ignore"):
                told = told + weight * sensitive
        with np.errstate(over="ignore", invalid="ignore"):
            after = alpha * (before - told) + (1 - alpha) * before
        values = np.where(np.isfinite(after) | ~np.isfinite(before), after, before)
        out[name] = pd.Series(np.where(np.isfinite(before), values, before), index=df.index, dtype=DTYPES["decimal"])
    return out


def _centred(
    df: pd.DataFrame, by: list[str], levels: list[list[str | None] | None], means: list[float]
) -> list[np.ndarray]:
    """The sensitive columns as numbers less their means, one array of rows each: a number as it is, a category by an
    indicator for each level but the first; 0 where nothing is known.
    """
    out: list[np.ndarray] = []
    for name, known in zip(by, levels, strict=True):
        if known is None:
            raw = df[name].to_numpy(dtype="float64", na_value=np.nan)
            with np.errstate(over="ignore", invalid="ignore"):
                centred = raw - means[len(out)]
            out.append(np.where(np.isfinite(centred), centred, 0.0))
            continue
        texts = cell_texts(df[name])
        seen = np.array([text in known for text in texts], dtype=bool)
        for level in known[1:]:
            out.append(
                np.where(seen, np.array([text == level for text in texts], dtype="float64") - means[len(out)], 0.0)
            )
    return out


@remove_correlation.learn
def learn_lines(df: pd.DataFrame, columns: list[str], by: list[str], alpha: float = 1.0) -> dict[str, Any]:
    """The levels, means and weights: {"levels": [["f", "m"]], "means": [0.5], "weights": [[4.0]]}, in the order of `by`
    (null: numbers) and of `columns`, for these may have other names where this is used.
    """
    if not len(df) or not columns:
        raise Skip("There is nothing to take out.")
    if not by or set(columns) & set(by):
        what = (
            f'"{min(set(columns) & set(by))}" cannot be sensitive and be freed of it.'
            if by
            else "No column says who a person is."
        )
        raise SettingError(what, "remove_correlation", "Choose other columns.")
    levels: list[list[str | None] | None] = []
    for name in by:
        known = (
            None
            if type_of(df[name]) in ("integer", "decimal")
            else sorted(set(cell_texts(df[name])), key=lambda text: (text is None, text or ""))
        )
        levels.append(known)
        if known is not None and len(known) > MOST_LEVELS:
            raise SettingError(
                f'Column "{name}" has {len(known):,} values, too many to be groups.',
                "remove_correlation",
                "Choose a column with fewer values.",
            )
    means = _means(df, by, levels)
    matrix = np.column_stack([np.empty((len(df), 0)), *_centred(df, by, levels, means)])
    weights = []
    for name in columns:
        values = df[name].to_numpy(dtype="float64", na_value=np.nan)
        there = np.isfinite(values)
        weights.append(_line(matrix[there], values[there], name))
    return {"levels": levels, "means": means, "weights": weights}


def _means(df: pd.DataFrame, by: list[str], levels: list[list[str | None] | None]) -> list[float]:
    """The means of the sensitive columns as numbers: of known numbers, and of the indicator of each level but the
    first.
    """
    out: list[float] = []
    for name, known in zip(by, levels, strict=True):
        if known is not None:
            texts = cell_texts(df[name])
            out += [texts.count(level) / len(texts) for level in known[1:]]
            continue
        raw = df[name].to_numpy(dtype="float64", na_value=np.nan)
        raw = raw[np.isfinite(raw)]
        out.append(float((raw / len(raw)).sum()) if len(raw) else 0.0)
    return out


def _line(matrix: np.ndarray, values: np.ndarray, name: str) -> list[float]:
    """Least squares of numbers on centred sensitive columns; on one scale, for the greatest numbers have no squares."""
    if not len(values) or not matrix.shape[1]:
        return [0.0] * matrix.shape[1]
    scales = np.maximum(np.abs(matrix).max(axis=0), 1e-300)
    scale = max(float(np.abs(values).max()), 1e-300)
    found, *_ = np.linalg.lstsq(matrix / scales, values / scale, rcond=None)
    with np.errstate(over="ignore"):
        weights = found * scale / scales
    if not np.isfinite(weights).all():
        raise SettingError(
            f'Numbers in "{name}" are too large to take anything out of them.',
            "remove_correlation",
            "Convert them to a greater unit first.",
        )
    return [float(weight) for weight in weights]


@remove_correlation.watch
def uncorrelated_before(
    df: pd.DataFrame, learned: dict[str, Any], columns: list[str], by: list[str], alpha: float = 1.0
) -> str:
    """Names the categories that were not there when the lines were learned."""
    new = Counter(
        f"{name} {'missing' if text is None else text}"
        for name, levels in zip(by, learned["levels"], strict=True)
        if levels is not None
        for text in cell_texts(df[name])
        if text not in levels
    )
    named = "; ".join(f"{text} ({n:,})" for text, n in sorted(new.items(), key=lambda pair: (-pair[1], pair[0]))[:10])
    return (
        f"Nothing is taken out for categories that were not seen before: {named}{'; …' if len(new) > 10 else ''}."
        if new
        else ""
    )
