"""What a comparison measures, for classes and for numbers, and when a difference is more than chance."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dataops_core.errors import SettingError, nearest
from dataops_core.evaluation.measures import CLASSES, NUMBERS, Measure, Task, Verdict

DEFAULT: dict[Task, str] = {"classes": "roc_auc", "number": "r2"}
# those that do not mislead where a class is rare
MEASURES = {key: measure for key, measure in CLASSES.items() if measure.question}


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
    return measured(chances, chances.argmax(axis=1), truth, rare, CLASSES)


def number_scores(predicted: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """All measures of one fold from predictions and true values (rows,)."""
    return {key: measure.of(predicted, truth) for key, measure in NUMBERS.items()}


def measured(
    chances: np.ndarray,
    decided: np.ndarray,
    truth: np.ndarray,
    rare: int,
    measures: Mapping[str, Measure] = MEASURES,
) -> dict[str, float]:
    """Measures of one fold; chances (rows, classes), decided and truth (rows,) as codes of classes."""
    return {key: measure.of(chances, decided, truth, rare) for key, measure in measures.items()}


def looks(measure: str, methods: int) -> int:
    """How many comparisons with doing nothing answer the same question: so many methods, by each of its measures."""
    return max(1, methods) * sum(each.question == MEASURES[measure].question for each in MEASURES.values())


def verdict(told: Mapping[str, float], measure: str) -> Verdict:
    """Whether an interval of a difference is better, worse, or not clear by one of these measures."""
    return MEASURES[measure].verdict(told["mean"], told["low"], told["high"])
