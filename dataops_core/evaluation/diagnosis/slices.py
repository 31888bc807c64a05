"""Row slices that gain and lose: where a recipe helps, and where it harms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dataops_core.evaluation.problem import Problem
from dataops_core.models import features
from dataops_core.record import Record
from dataops_core.stats.proportions import holm
from dataops_core.steps._classes import group_keys, group_name
from dataops_core.steps._mixed import numbers
from dataops_core.table import Column

LEAST = 30  # rows of a slice
BANDS = 4  # of a column of numbers
MOST = 12  # values of a category
SHOWN = 10


@dataclass(frozen=True)
class Slice(Record):
    """Rows with one value, or in one range, of a column; `change` is the mean gain (in the share of right decisions, or
    in error), `p` is corrected for all slices that were looked at (Holm).
    """

    column: str
    value: str
    rows: int
    before: float
    after: float
    change: float
    p: float


def slices(
    problem: Problem, columns: Sequence[Column], places: np.ndarray, own: np.ndarray, before: np.ndarray
) -> list[Slice]:
    """The slices in which the predictions of a recipe (rows,) are clearly better or worse than those of doing nothing,
    the greatest change first; `places` are the judged rows.

    Gains are shares of right decisions, or for numbers the fall of the absolute error. A paired test for each slice,
    corrected for all of them.
    """
    truth, frame = problem.truth[places], problem.frame.iloc[places]
    gain = (
        (own == truth).astype(float) - (before == truth)
        if problem.task == "classes"
        else np.abs(before - truth) - np.abs(own - truth)
    )
    classes = problem.task == "classes"
    told = [each == truth if classes else np.abs(each - truth) for each in (own, before)]
    chosen = features(columns, frame, [problem.target])
    found: list[Slice] = []
    for name in dict.fromkeys([*problem.groups, *chosen.names]):
        for value, here in _parts(frame, name, name in chosen.numbers):
            if here.sum() < LEAST or here.all():
                continue
            found.append(
                Slice(
                    name,
                    value,
                    int(here.sum()),
                    float(told[1][here].mean()),
                    float(told[0][here].mean()),
                    float(gain[here].mean()),
                    _p(gain[here]),
                )
            )
    adjusted = holm([each.p for each in found])
    clear = [
        Slice(each.column, each.value, each.rows, each.before, each.after, each.change, float(p))
        for each, p in zip(found, adjusted, strict=True)
        if p is not None and p <= 0.05
    ]
    return sorted(clear, key=lambda each: -abs(each.change))[:SHOWN]


def _parts(frame: Any, name: str, number: bool) -> list[tuple[str, np.ndarray]]:
    if number and frame[name].nunique() > MOST:
        values = numbers(frame[name])
        ends = np.unique(np.nanquantile(values, np.linspace(0, 1, BANDS + 1)[1:-1]))
        place = np.searchsorted(ends, values, side="right")
        texts = [f"{end:.4g}" for end in ends]
        labels = [f"under {texts[0]}", *map("{} to {}".format, texts, texts[1:]), f"from {texts[-1]}"]
        return [(label, (place == at) & ~np.isnan(values)) for at, label in enumerate(labels)]
    keys = np.array([group_name(key) for key in group_keys(frame, [name])], dtype=object)
    values, counts = np.unique(keys, return_counts=True)
    most = values[np.argsort(-counts, kind="stable")[:MOST]]
    return [(str(value), keys == value) for value in most]


def _p(gain: np.ndarray) -> float:
    """The p-value of no change: the sign test on rows that changed where these are few, else a paired t-test."""
    from scipy.stats import binomtest, ttest_1samp

    moved = gain[gain != 0]
    if not len(moved):
        return 1.0
    if len(moved) < 20:
        return float(binomtest(int((moved > 0).sum()), len(moved)).pvalue)
    return float(ttest_1samp(gain, 0.0).pvalue)
