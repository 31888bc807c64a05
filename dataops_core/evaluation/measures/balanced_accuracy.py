"""Balanced accuracy."""

from __future__ import annotations

import numpy as np

from dataops_core.evaluation.measures.measure import Measure, offer


def balanced_accuracy(chances: np.ndarray, decided: np.ndarray, truth: np.ndarray, rare: int) -> float:
    """The share of each class that is found, averaged over the classes."""
    return float(np.mean([(decided[truth == code] == code).mean() for code in np.unique(truth)]))


offer(
    Measure(
        "balanced_accuracy",
        "Balanced accuracy",
        "classes",
        True,
        0.005,
        "how many of each class are found, averaged over the classes, when the model must decide",
        balanced_accuracy,
        question="decides",
        order=1,
    )
)
