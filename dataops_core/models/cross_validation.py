"""Scores of the linear baseline model in repeated folds: what two versions of a table are compared by."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import numpy as np
import pandas as pd

from dataops_core.models.baseline import estimator, one_thread
from dataops_core.models.features import features, plain
from dataops_core.table import Table

FOLDS, REPEATS = 5, 4
FEW_CLASSES = 20
MOST_ROWS = 10_000
MEASURES = {"classes": "balanced_accuracy", "number": "r2"}


def task_of(labels: pd.Series) -> Literal["classes", "number"] | None:
    """Whether a target is one of classes or a number; None where no model can be judged on it."""
    counts = labels.dropna().value_counts()
    if len(counts) < 2:
        return None
    if len(counts) <= FEW_CLASSES and counts.min() >= FOLDS:
        return "classes"
    return "number" if pd.api.types.is_numeric_dtype(labels) and counts.sum() >= 4 * FOLDS else None


def some_rows(rows: np.ndarray, seed: int) -> np.ndarray:
    """The rows by which a model is judged: all, or so many drawn from them, in order."""
    if len(rows) <= MOST_ROWS:
        return rows
    return np.sort(np.random.default_rng(seed).choice(rows, MOST_ROWS, replace=False))


def fold_scores(
    table: Table,
    rows: Collection[int],
    answers: pd.Series,
    task: Literal["classes", "number"],
    seed: int,
    *,
    leave_out: Collection[str] = (),
    repeats: int = REPEATS,
) -> list[float]:
    """The score in each fold, of a model that learns from these rows of the table."""
    from sklearn.model_selection import RepeatedKFold, RepeatedStratifiedKFold, cross_val_score

    frame = table.frame().iloc[list(rows)]
    chosen = features(table.columns, frame, leave_out)
    if not chosen.names:
        return [0.0] * (FOLDS * repeats)
    kind = RepeatedStratifiedKFold if task == "classes" else RepeatedKFold
    folds = kind(n_splits=FOLDS, n_repeats=repeats, random_state=seed)
    label = answers.astype(str).to_numpy() if task == "classes" else answers.astype(float).to_numpy()
    with one_thread():
        return [
            float(score)
            for score in cross_val_score(
                estimator(chosen, task), plain(frame, chosen), label, cv=folds, scoring=MEASURES[task]
            )
        ]
