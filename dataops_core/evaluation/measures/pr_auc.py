"""PR-AUC: two classes, of the rare one; more, the mean over the classes, each against the rest."""

from __future__ import annotations

import numpy as np

from dataops_core.evaluation.measures._classes import told_apart
from dataops_core.evaluation.measures.measure import Measure, offer


def pr_auc(chances: np.ndarray, decided: np.ndarray, truth: np.ndarray, rare: int) -> float:
    """Average precision."""
    from sklearn.metrics import average_precision_score

    codes = told_apart(chances, truth, rare)
    return float(np.mean([average_precision_score(truth == code, chances[:, code]) for code in codes]))


offer(
    Measure(
        "pr_auc",
        "PR-AUC",
        "classes",
        True,
        0.005,
        "how well the rare class is told from the rest (average precision)",
        pr_auc,
        question="ranks",
        order=2,
    )
)
