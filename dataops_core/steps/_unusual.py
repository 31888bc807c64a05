"""How unusual a row is as a whole: what is learned of the training rows, and the score of any row by it."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.models.serialization import dumps, loads
from dataops_core.steps._distances import as_numbers, scale_of

TREES, ROWS_A_TREE = 100, 256  # as published (Liu, Ting and Zhou 2008)
REMEMBERED = 1_000  # training rows that the local outlier factor keeps
NEAR = 20  # neighbours of the local outlier factor
JUDGED = 20_000  # training rows by whose scores the threshold is set
FARTHEST = 1e6  # standard deviations; what lies farther is as far


def learn_scores(df: pd.DataFrame, columns: list[str], method: str, share: float, seed: int) -> dict[str, Any] | None:
    """A model of the training rows and the score from which a row is unusual; None where no column differs.

    {"model": text, "used": [[place in columns, median, mean, standard deviation], …], "threshold": 0.61}
    """
    used = []
    for at, name in enumerate(columns):
        numbers = as_numbers(df[name])
        known = numbers[~np.isnan(numbers)]
        if len(known) and known.min() < known.max():
            used.append([at, float(np.median(known)), *scale_of(numbers)])
    if not used:
        return None
    rng = np.random.default_rng(seed)
    cells = standardised(df, columns, used)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # rows that are equal many times make distances of nought
        if method == "isolation_forest":
            from sklearn.ensemble import IsolationForest

            model: Any = IsolationForest(
                n_estimators=TREES, max_samples=min(ROWS_A_TREE, len(df)), random_state=seed
            ).fit(cells)
        else:
            from sklearn.neighbors import LocalOutlierFactor

            some = (
                cells if len(cells) <= REMEMBERED else cells[np.sort(rng.choice(len(cells), REMEMBERED, replace=False))]
            )
            model = LocalOutlierFactor(min(NEAR, len(some) - 1), algorithm="kd_tree", novelty=True).fit(some)
        judged = cells if len(cells) <= JUDGED else cells[np.sort(rng.choice(len(cells), JUDGED, replace=False))]
        threshold = float(np.quantile(-model.score_samples(judged), 1 - share / 100))
    return {"model": dumps(model), "used": used, "threshold": threshold}


def standardised(df: pd.DataFrame, columns: list[str], used: list[list[Any]]) -> np.ndarray:
    """Rows as points, shape (rows, used columns): on one scale, the median where a number is missing."""
    made = []
    for at, middle, mean, spread in used:
        numbers = as_numbers(df[columns[at]])
        made.append(np.clip(np.where(np.isnan(numbers), middle, numbers) / spread - mean / spread, -FARTHEST, FARTHEST))
    return np.column_stack(made)


def unusual_scores(df: pd.DataFrame, columns: list[str], learned: dict[str, Any]) -> np.ndarray:
    """The score of each row, higher where it is more unusual."""
    if not len(df):
        return np.zeros(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asarray(
            -loads(learned["model"]).score_samples(standardised(df, columns, learned["used"])), dtype="float64"
        )
