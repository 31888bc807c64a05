"""How well probabilities of classes are, fold by fold, and whether two methods differ by more than chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

BINS = 10
Verdict = Literal["better", "worse", "no clear difference"]


@dataclass(frozen=True)
class Measure:
    """A measure: its title, whether more is better, the least difference that matters, and what it says."""

    key: str
    title: str
    higher_is_better: bool
    least: float
    says: str

    def verdict(self, mean: float, low: float, high: float, unit: float = 1.0) -> Verdict:
        """Whether a difference is better, worse, or not clear: its interval leaves nought out, and it is large enough
        to matter. `unit` is what one stands for where the measure has the target's unit.
        """
        if low <= 0 <= high or abs(mean) < self.least * unit:
            return "no clear difference"
        return "better" if (mean > 0) == self.higher_is_better else "worse"

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, without the key."""
        return {name: value for name, value in asdict(self).items() if name != "key"}


PROBABILITIES = (
    Measure(
        "balanced_accuracy",
        "Balanced accuracy",
        True,
        0.005,
        "how many of each class are found, averaged over the classes, when the model must decide",
    ),
    Measure("pr_auc", "PR-AUC", True, 0.005, "how well the rare class is told from the rest (average precision)"),
    Measure(
        "roc_auc", "ROC-AUC", True, 0.005, "how often a row of the class gets a higher probability than another row"
    ),
    Measure("brier", "Brier score", False, 0.002, "the mean squared distance of the probabilities from what happened"),
    Measure(
        "calibration",
        "Calibration error",
        False,
        0.005,
        "how far the probabilities are from how often it happens (expected calibration error, 10 bins)",
    ),
)
MEASURES = {each.key: each for each in PROBABILITIES}


def measured(chances: np.ndarray, decided: np.ndarray, truth: np.ndarray, rare: int) -> dict[str, float]:
    """The measures of one fold; chances (rows, classes), decided and truth (rows,) as codes of classes.

    Two classes: PR-AUC, calibration of the rare one. More: the mean over the classes, each against the rest. The Brier
    score is half the sum over the classes (Brier 1950), so that for two classes it is that of one. Calibration error
    after Naeini, Cooper and Hauskrecht (2015), with equal widths.
    """
    from sklearn.metrics import average_precision_score, roc_auc_score

    there = np.unique(truth)
    asked = [rare] if chances.shape[1] == 2 else [int(code) for code in there]
    outcome = np.eye(chances.shape[1])[truth]
    some = [code for code in asked if 0 < (truth == code).sum() < len(truth)]
    return {
        "balanced_accuracy": float(np.mean([(decided[truth == code] == code).mean() for code in there])),
        "pr_auc": float(np.mean([average_precision_score(truth == code, chances[:, code]) for code in some])),
        "roc_auc": float(np.mean([roc_auc_score(truth == code, chances[:, code]) for code in some])),
        "brier": float(((chances - outcome) ** 2).sum(axis=1).mean() / 2),
        "calibration": float(np.mean([calibration_error(chances[:, code], truth == code) for code in asked])),
    }


def calibration_error(chances: np.ndarray, happened: np.ndarray) -> float:
    """The mean distance between probability and frequency in ten bins, weighed by their rows.

    >>> round(calibration_error(np.array([0.05, 0.05, 0.95, 0.95]), np.array([False, False, True, False])), 4)
    0.25
    """
    return sum(each["rows"] * abs(each["mean"] - each["observed"]) for each in curve(chances, happened)) / max(
        1, len(chances)
    )


def curve(chances: np.ndarray, happened: np.ndarray) -> list[dict[str, float]]:
    """Points of a calibration curve: in each of ten bins that holds rows, the mean probability and how often it
    happened.
    """
    place = np.minimum((chances * BINS).astype(int), BINS - 1)
    told = []
    for at in np.unique(place):
        here = place == at
        told.append(
            {"mean": float(chances[here].mean()), "observed": float(happened[here].mean()), "rows": int(here.sum())}
        )
    return told


# tells classes apart, decides, is calibrated
QUESTIONS = (
    ("pr_auc", "roc_auc"),
    ("balanced_accuracy",),
    ("brier", "calibration"),
)


def looks(measure: str, methods: int) -> int:
    """How many comparisons with doing nothing answer the same question: so many methods, by each of its measures."""
    return max(1, methods) * len(next(question for question in QUESTIONS if measure in question))


def verdict(told: Mapping[str, float], measure: str) -> Verdict:
    """Whether an interval of a difference is better, worse, or not clear by one of these measures."""
    return MEASURES[measure].verdict(told["mean"], told["low"], told["high"])
