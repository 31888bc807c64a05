"""The two baseline models: a linear one and gradient-boosted trees, for classes and for numbers."""

from __future__ import annotations

import functools
from typing import Any, Literal

import numpy as np

from dataops_core.models.features import Features, encoder

TREES = 100


def estimator(
    chosen: Features,
    task: Literal["classes", "number"] = "classes",
    kind: Literal["linear", "trees"] = "linear",
    seed: int = 0,
) -> Any:
    """An unfitted scikit-learn pipeline over `plain` features; step "model" takes `sample_weight`.

    linear: logistic regression (L2, C = 1) or ridge regression; trees: histogram gradient boosting, 100 small trees.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.pipeline import Pipeline

    model: Any
    if kind == "trees":
        boosted = HistGradientBoostingClassifier if task == "classes" else HistGradientBoostingRegressor
        model = boosted(random_state=seed, max_iter=TREES, early_stopping=False, max_leaf_nodes=15)
    else:
        model = LogisticRegression(max_iter=1000) if task == "classes" else Ridge()
    return Pipeline([("encoder", encoder(chosen)), ("model", model)])


def probabilities(fitted: Any, frame: Any, label: Any) -> np.ndarray:
    """The probability that a fitted classifier gives to one class, a row each."""
    place = list(fitted.classes_).index(label)
    return np.asarray(fitted.predict_proba(frame)[:, place], dtype="float64")


def one_thread() -> Any:
    """A context in which models are fitted on one thread: threads that wait for each other cost a small table most of
    the time.
    """
    return _pools().limit(limits=1)


@functools.cache  # looking for the pools takes longer than many a fit
def _pools() -> Any:
    import sklearn.ensemble  # noqa: F401  so that its threads are known to the next line
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
