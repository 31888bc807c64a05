"""Mean absolute error."""

from __future__ import annotations

import numpy as np

from dataops_core.evaluation.measures.measure import Measure, offer


def mae(predicted: np.ndarray, truth: np.ndarray) -> float:
    """Mean absolute error of predictions."""
    from sklearn.metrics import mean_absolute_error

    return float(mean_absolute_error(truth, predicted))


offer(
    Measure(
        "mae",
        "Mean absolute error",
        "number",
        False,
        0.005,
        "the mean error, in the unit of the target",
        mae,
        order=3,
    )
)
