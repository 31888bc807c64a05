"""R²."""

from __future__ import annotations

import numpy as np

from dataops_core.evaluation.measures.measure import Measure, offer


def r2(predicted: np.ndarray, truth: np.ndarray) -> float:
    """R² of predictions."""
    from sklearn.metrics import r2_score

    return float(r2_score(truth, predicted))


offer(
    Measure(
        "r2",
        "R²",
        "number",
        True,
        0.005,
        "the share of the target's variance that the model explains; 0: as good as the mean",
        r2,
        order=1,
    )
)
