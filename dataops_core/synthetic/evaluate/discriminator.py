"""A model that tries to tell synthetic rows from real ones, and what gives them away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.models import one_thread
from dataops_core.record import Record
from dataops_core.synthetic.evaluate.align_columns import Aligned
from dataops_core.values.numbers import in_days

ROWS = 5_000  # of each side
FOLDS = 3
TREES = 60
LEAST = 30
LEVELS = 100  # values of one column that are told apart
CELLS = 3_000_000  # of the matrix that importances are looked for in


@dataclass(frozen=True, kw_only=True)
class GivenAway(Record):
    """How much a column gives synthetic rows away."""

    column: str
    importance: float  # what the AUC loses when the column is shuffled among the rows that judge


@dataclass(frozen=True)
class ToldApart:
    """How well a model tells real rows from others, and by which columns."""

    auc: float | None
    given_away: list[GivenAway]


def tell_apart(
    real: pd.DataFrame, other: pd.DataFrame, found: Aligned, seed: int, *, importances: bool = False
) -> ToldApart:
    """The cross-validated AUC of boosted trees on as many rows of each (Lopez-Paz and Oquab 2017, "Revisiting
    classifier two-sample tests"), never below one half but for chance; None where there are fewer than 30 rows a side.
    """
    size = min(len(real), len(other), ROWS)
    names = found.named("number", "date", "category")
    if size < LEAST or not names:
        return ToldApart(None, [])
    from sklearn.ensemble import HistGradientBoostingClassifier

    matrix = np.column_stack([_coded(real[name][:size], other[name][:size], found.treated[name]) for name in names])
    label = np.repeat([0, 1], size)
    rng = np.random.default_rng([seed % 2**32, 11])
    fold = np.concatenate([rng.permutation(size) % FOLDS, rng.permutation(size) % FOLDS])
    categories = [found.treated[name] == "category" for name in names]
    scored, lost = [], np.zeros(len(names))
    with one_thread():
        for number in range(FOLDS):
            judged = fold == number
            model = HistGradientBoostingClassifier(
                random_state=seed % 2**32,
                max_iter=TREES,
                max_leaf_nodes=15,
                early_stopping=False,
                categorical_features=categories,
            ).fit(matrix[~judged], label[~judged])
            part, truth = matrix[judged], label[judged]
            scored.append(auc(model.predict_proba(part)[:, 1], truth))
            if importances:
                some = np.sort(rng.permutation(len(part))[: max(200, min(1_000, CELLS // len(names) ** 2))])
                lost += _lost(model, part[some], truth[some], rng) / FOLDS
    given = [GivenAway(column=name, importance=float(value)) for name, value in zip(names, lost, strict=True)]
    given.sort(key=lambda each: (-each.importance, each.column))
    return ToldApart(float(np.mean(scored)), given if importances else [])


def _lost(model: Any, part: np.ndarray, truth: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What the AUC loses by each column that is shuffled."""
    whole, order, lost = (
        auc(model.predict_proba(part)[:, 1], truth),
        rng.permutation(len(part)),
        np.zeros(part.shape[1]),
    )
    for at in range(part.shape[1]):
        changed = part.copy()
        changed[:, at] = part[order, at]
        lost[at] = whole - auc(model.predict_proba(changed)[:, 1], truth)
    return lost


def _coded(real: pd.Series, other: pd.Series, treated: str) -> np.ndarray:
    """A column of both sides as numbers, the rarer values of a category together; NaN where missing."""
    if treated != "category":
        return np.concatenate([in_days(real), in_days(other)])
    both = pd.concat([real, other], ignore_index=True)
    place = pd.Index(
        both.value_counts().sort_index(kind="stable").sort_values(ascending=False, kind="stable").index[:LEVELS]
    ).get_indexer(both)
    return np.where(both.isna(), np.nan, np.where(place < 0, LEVELS, place))


def auc(score: np.ndarray, truth: np.ndarray) -> float:
    """The area under the ROC curve by ranks (Mann-Whitney), ties one half; 0.5 where there is one class only.

    >>> auc(np.array([0.1, 0.4, 0.4, 0.8]), np.array([0, 0, 1, 1]))
    0.875
    """
    good = truth.astype(bool)
    n, m = int(good.sum()), int((~good).sum())
    if not n or not m:
        return 0.5
    ranks = pd.Series(score).rank().to_numpy()
    return float((ranks[good].sum() - n * (n + 1) / 2) / (n * m))
