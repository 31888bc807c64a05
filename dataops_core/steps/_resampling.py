"""Which rows imbalanced-learn keeps, repeats and makes: the samplers on points, each told in one shape."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from dataops_core.errors import DataOpsError, SettingError, Skip
from dataops_core.steps._distances import one_hot, without_gaps

MAKING = ("smote", "borderline_smote", "adasyn", "smote_tomek", "smote_enn")  # make rows between rows
REPEATING = ("over_random",)
CLEANING = ("tomek", "enn")  # take away what the neighbours speak against, and know of no counts
# kept places, repeated places, points made, their classes
Sampled = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def smote_for(numbers: int, categories: int) -> str:
    """Which SMOTE fits: for numbers alone, for numbers and categories, for categories alone.

    >>> smote_for(3, 0), smote_for(3, 2), smote_for(0, 2)
    ('SMOTE', 'SMOTENC', 'SMOTEN')
    """
    return "SMOTE" if not categories else "SMOTENC" if numbers else "SMOTEN"


def wanted_counts(counts: Mapping[int, int], method: str, balance: float) -> dict[int, int]:
    """How many rows each class shall have.

    >>> wanted_counts({0: 100, 1: 900}, "smote", 1.0), wanted_counts({0: 100, 1: 900}, "under_random", 0.5)
    ({0: 900, 1: 900}, {0: 100, 1: 200})
    """
    if method in (*MAKING, *REPEATING):
        floor = round(max(counts.values()) * balance)
        return {code: max(count, floor) for code, count in counts.items()}
    ceiling = max(1, round(min(counts.values()) / balance))
    return {code: min(count, ceiling) for code, count in counts.items()}


def sampled(
    matrix: np.ndarray,
    numbers: int,
    codes: np.ndarray,
    classes: list[str],
    method: str,
    balance: float,
    neighbours: int,
    seed: int,
) -> Sampled:
    """Run one method on points (rows, columns; the first `numbers` columns are numbers, the others codes).

    Raises SettingError where a class has too few rows for it, in words.
    """
    counts = {int(code): int(count) for code, count in zip(*np.unique(codes, return_counts=True), strict=True)}
    goal = wanted_counts(counts, method, balance)
    everything = np.arange(len(codes))
    nothing = (np.zeros(0, dtype="int64"), np.zeros((0, matrix.shape[1])), np.zeros(0, dtype="int64"))
    if len(counts) < 2 or (method not in CLEANING and goal == counts and method not in ("smote_tomek", "smote_enn")):
        return everything, *nothing
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # imbalanced-learn's advice on its own settings
        if method == "over_random":
            from imblearn.over_sampling import RandomOverSampler

            places = _chosen(RandomOverSampler(sampling_strategy=goal, random_state=seed), everything[:, None], codes)
            return everything, places[len(codes) :], *nothing[1:]
        if method == "under_random":
            from imblearn.under_sampling import RandomUnderSampler

            return (
                np.sort(
                    _chosen(RandomUnderSampler(sampling_strategy=goal, random_state=seed), everything[:, None], codes)
                ),
                *nothing,
            )
        if method in ("tomek", "enn", "near_miss"):
            return (
                np.sort(_chosen(_cleaner(method, goal, counts), one_hot(without_gaps(matrix), numbers), codes)),
                *nothing,
            )
        made, labels = _between(matrix, numbers, codes, classes, method, goal, neighbours, seed)
        if method not in ("smote_tomek", "smote_enn"):
            return everything, nothing[0], made, labels
        both, all_codes = np.vstack([matrix, made]), np.concatenate([codes, labels])
        kept = np.sort(_chosen(_cleaner(method, "all", counts), one_hot(both, numbers), all_codes))
        late = kept[kept >= len(codes)] - len(codes)
        return kept[kept < len(codes)], nothing[0], made[late], labels[late]


def _chosen(sampler: Any, matrix: np.ndarray, codes: np.ndarray) -> np.ndarray:
    _said(lambda: sampler.fit_resample(matrix, codes))
    return np.asarray(sampler.sample_indices_)


def _cleaner(method: str, goal: Any, counts: Mapping[int, int]) -> Any:
    from imblearn.under_sampling import EditedNearestNeighbours, NearMiss, TomekLinks

    strategy = goal if goal == "all" else "auto"
    if method in ("tomek", "smote_tomek"):
        return TomekLinks(sampling_strategy=strategy)
    if method in ("enn", "smote_enn"):
        return EditedNearestNeighbours(sampling_strategy=strategy, n_neighbors=min(3, sum(counts.values()) - 1))
    return NearMiss(sampling_strategy=goal, n_neighbors=min(3, *counts.values()))


def _between(
    matrix: np.ndarray,
    numbers: int,
    codes: np.ndarray,
    classes: list[str],
    method: str,
    goal: dict[int, int],
    neighbours: int,
    seed: int,
) -> tuple[np.ndarray, np.ndarray]:
    from imblearn.over_sampling import ADASYN, SMOTE, SMOTEN, SMOTENC, BorderlineSMOTE

    grown = {code: count for code, count in goal.items() if count > (codes == code).sum()}
    if not grown:
        return matrix[:0], codes[:0]
    least = min(grown, key=lambda code: int((codes == code).sum()))
    rows = int((codes == least).sum())
    if rows < 2:
        raise SettingError(
            f'Class "{classes[least]}" has one row, and a new row lies between two.',
            "resample_rows",
            'Choose "over_random", collect more rows, or join the class with another one.',
        )
    near = min(neighbours, rows - 1)
    given: dict[str, Any] = {"sampling_strategy": goal, "random_state": seed}
    which = smote_for(numbers, matrix.shape[1] - numbers)
    if method == "adasyn":
        sampler: Any = ADASYN(n_neighbors=near, **given)
    elif method == "borderline_smote":
        sampler = BorderlineSMOTE(k_neighbors=near, m_neighbors=min(10, len(codes) - 1), **given)
    elif which == "SMOTENC":
        sampler = SMOTENC(list(range(numbers, matrix.shape[1])), k_neighbors=near, **given)
    else:
        sampler = (SMOTE if which == "SMOTE" else SMOTEN)(k_neighbors=near, **given)
    whole, labels = _said(lambda: sampler.fit_resample(matrix if which != "SMOTEN" else matrix.astype("int64"), codes))
    return np.asarray(whole[len(codes) :], dtype="float64"), np.asarray(labels[len(codes) :], dtype="int64")


def _said(run: Callable[[], Any]) -> Any:
    """What a sampler answers; where it gives up, that is said as a problem of the method with this table."""
    try:
        return run()
    except (DataOpsError, Skip, MemoryError):
        raise
    except Exception as error:
        raise SettingError(
            f"This method finds no way to resample these rows: {error}",
            "resample_rows",
            'Choose "over_random" or "smote": they need no rows at the border between the classes.',
        ) from error
