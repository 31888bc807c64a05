"""What a comparison measures, for classes and for numbers, and when a difference is more than chance."""

from __future__ import annotations

from typing import Literal

import numpy as np

from dataops_core.errors import SettingError, nearest
from dataops_core.evaluation.class_measures import MEASURES, Measure, measured

Task = Literal["classes", "number"]

CLASSES = MEASURES | {
    "accuracy": Measure("accuracy", "Accuracy", True, 0.005, "the share of rows that the model decides rightly")
}
NUMBERS = {
    "r2": Measure(
        "r2", "R²", True, 0.005, "the share of the target's variance that the model explains; 0: as good as the mean"
    ),
    "rmse": Measure(
        "rmse", "RMSE", False, 0.005, "the typical error, large errors counting more, in the unit of the target"
    ),
    "mae": Measure("mae", "Mean absolute error", False, 0.005, "the mean error, in the unit of the target"),
}
DEFAULT: dict[Task, str] = {"classes": "roc_auc", "number": "r2"}


def measures_of(task: Task) -> dict[str, Measure]:
    """All measures of a task by key."""
    return CLASSES if task == "classes" else NUMBERS


def chosen_measure(task: Task, key: str | None) -> Measure:
    """The measure that decides; raises SettingError where the task has none of that name."""
    known = measures_of(task)
    if key is not None and key not in known:
        raise SettingError(f'There is no measure "{key}" here.', "measure", nearest(key, known))
    return known[key or DEFAULT[task]]


def class_scores(chances: np.ndarray, truth: np.ndarray, rare: int) -> dict[str, float]:
    """All measures of one fold from probabilities (rows, classes) and the true codes (rows,)."""
    decided = chances.argmax(axis=1)
    return measured(chances, decided, truth, rare) | {"accuracy": float((decided == truth).mean())}


def number_scores(predicted: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """All measures of one fold from predictions and true values (rows,)."""
    from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

    return {
        "r2": float(r2_score(truth, predicted)),
        "rmse": float(root_mean_squared_error(truth, predicted)),
        "mae": float(mean_absolute_error(truth, predicted)),
    }
