"""Brier score: half the sum over the classes (Brier 1950), so that for two classes it is that of one."""

from __future__ import annotations

import numpy as np

from dataops_core.evaluation.measures.measure import Measure, offer


def brier(chances: np.ndarray, decided: np.ndarray, truth: np.ndarray, rare: int) -> float:
    """The mean squared distance of the probabilities from what happened."""
    outcome = np.eye(chances.shape[1])[truth]
    return float(((chances - outcome) ** 2).sum(axis=1).mean() / 2)


offer(
    Measure(
        "brier",
        "Brier score",
        "classes",
        False,
        0.002,
        "the mean squared distance of the probabilities from what happened",
        brier,
        question="is calibrated",
        order=4,
    )
)
