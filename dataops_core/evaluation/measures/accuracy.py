"""Accuracy."""

from __future__ import annotations

import numpy as np

from dataops_core.evaluation.measures.measure import Measure, offer


def accuracy(chances: np.ndarray, decided: np.ndarray, truth: np.ndarray, rare: int) -> float:
    """The share of right decisions."""
    return float((decided == truth).mean())


offer(
    Measure(
        "accuracy",
        "Accuracy",
        "classes",
        True,
        0.005,
        "the share of rows that the model decides rightly",
        accuracy,
        order=6,
    )
)
