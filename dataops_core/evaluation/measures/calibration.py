"""Calibration error after Naeini, Cooper and Hauskrecht (2015), with bins of equal width."""

from __future__ import annotations

import numpy as np

from dataops_core.evaluation.measures._classes import asked
from dataops_core.evaluation.measures.measure import Measure, offer

BINS = 10


def calibration(chances: np.ndarray, decided: np.ndarray, truth: np.ndarray, rare: int) -> float:
    """The calibration error of the rare one of two classes, or the mean over the classes."""
    codes = asked(chances, truth, rare)
    return float(np.mean([calibration_error(chances[:, code], truth == code) for code in codes]))


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


offer(
    Measure(
        "calibration",
        "Calibration error",
        "classes",
        False,
        0.005,
        "how far the probabilities are from how often it happens (expected calibration error, 10 bins)",
        calibration,
        question="is calibrated",
        order=5,
    )
)
