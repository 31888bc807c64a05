"""ROC-AUC: two classes, of the rare one; more, the mean over the classes, each against the rest."""

from __future__ import annotations

import numpy as np

from dataops_core.evaluation.measures._classes import told_apart
from dataops_core.evaluation.measures.measure import Measure, offer


def roc_auc(chances: np.ndarray, decided: np.ndarray, truth: np.ndarray, rare: int) -> float:
    """The area below the ROC curve."""
    from sklearn.metrics import roc_auc_score

    codes = told_apart(chances, truth, rare)
    return float(np.mean([roc_auc_score(truth == code, chances[:, code]) for code in codes]))


offer(
    Measure(
        "roc_auc",
        "ROC-AUC",
        "classes",
        True,
        0.005,
        "how often a row of the class gets a higher probability than another row",
        roc_auc,
        question="ranks",
        order=3,
    )
)
