"""Intervals of cross-validated scores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def interval(values: Sequence[float], folds: int, among: int = 1, test_share: float | None = None) -> dict[str, float]:
    """Mean and 95 % interval of fold results, by the corrected resampled t-test (Nadeau and Bengio, Inference for the
    Generalization Error, 2003): the variance counts 1/J + test/train, for the J training sets overlap. With
    `among` intervals that are looked at together, all of them hold in 95 of 100 cases (Bonferroni). `test_share` is the
    number of judged rows over that of learned rows; without it, that of so many equal folds.

    >>> told = interval([0.1, 0.2, 0.3, 0.2, 0.2], folds=5)
    >>> round(told["mean"], 3), round(told["low"], 3), round(told["high"], 3)  # 2.776 * sqrt(0.005 * (1/5 + 1/4))
    (0.2, 0.068, 0.332)
    """
    from scipy.stats import t

    numbers = np.asarray(values, dtype=float)
    mean = float(numbers.mean())
    if len(numbers) < 2:
        return {"mean": mean, "low": mean, "high": mean}
    share = 1 / (folds - 1) if test_share is None else test_share
    width = float(
        t.ppf(1 - 0.025 / among, len(numbers) - 1) * np.sqrt(numbers.var(ddof=1) * (1 / len(numbers) + share))
    )
    return {"mean": mean, "low": mean - width, "high": mean + width}
