"""Whether a group has a larger part of the bad outcomes than of the good ones, overall and within strata."""

from __future__ import annotations

import numpy as np

from dataops_core.fairness.measures.measure import CLARIFY, DataMeasure, Outcomes, offer


def _share(counts: np.ndarray, empty: float = np.nan) -> np.ndarray:
    """The second group's part of counts (…, 2); a stratum without such an outcome counts 0, as Clarify has it."""
    total = counts.sum(axis=-1)
    return np.where(total > 0, counts[..., 1] / np.where(total > 0, total, 1), empty)


def _overall(found: Outcomes) -> np.ndarray:
    return np.where(found.both, _share(found.wrong.sum(axis=-1)) - _share(found.right.sum(axis=-1)), np.nan)


def _within(found: Outcomes) -> np.ndarray:
    right, wrong = found.right, found.wrong  # (…, 2, strata)
    within = _share(np.moveaxis(wrong, -1, 0), empty=0.0) - _share(np.moveaxis(right, -1, 0), empty=0.0)
    sizes = np.moveaxis(found.cells.sum(axis=(-3, -2)), -1, 0)
    told = found.both & (right.sum(axis=(-1, -2)) > 0) & (wrong.sum(axis=(-1, -2)) > 0)
    return np.where(told, (sizes * within).sum(axis=0) / sizes.sum(axis=0), np.nan)


offer(
    DataMeasure(
        key="demographic_disparity",
        title="Demographic disparity",
        formula="n_d(bad) / n(bad) - n_d(good) / n(good)",
        range="-1 to 1",
        direction="above 0: the group has a larger part of the bad outcomes than of the good ones",
        source=CLARIFY,
        of=_overall,
        order=10,
    ),
    DataMeasure(
        key="conditional_demographic_disparity",
        title="Conditional demographic disparity",
        formula="sum n_i DD_i / n over strata i",
        range="-1 to 1",
        direction="the same within strata; above 0: the group has a larger part of the bad outcomes",
        source=f"{CLARIFY}; Wachter, Mittelstadt & Russell 2021",
        of=_within,
        by_strata=True,
        order=11,
    ),
)
