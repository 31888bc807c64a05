"""RMSE."""

from __future__ import annotations

import numpy as np

from dataops_core.evaluation.measures.measure import Measure, offer


def rmse(predicted: np.ndarray, truth: np.ndarray) -> float:
    """RMSE of predictions."""
    from sklearn.metrics import root_mean_squared_error

    return float(root_mean_squared_error(truth, predicted))


offer(
    Measure(
        "rmse",
        "RMSE",
        "number",
        False,
        0.005,
        "the typical error, large errors counting more, in the unit of the target",
        rmse,
        order=2,
    )
)
