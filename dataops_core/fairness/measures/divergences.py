"""How far the outcomes of two groups are apart, whatever the good one is."""

from __future__ import annotations

import numpy as np

from dataops_core.fairness.measures.measure import CLARIFY, DataMeasure, Outcomes, offer


def _kl(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """KL divergence over the last axis; NaN where q has none of what p has."""
    part = np.where(p > 0, p * np.log(np.where(p > 0, p, 1) / np.where(q > 0, q, 1)), 0.0)
    return np.where(
        ((p > 0) & (q <= 0)).any(axis=-1) | ~np.isfinite(p).all(axis=-1) | ~np.isfinite(q).all(axis=-1),
        np.nan,
        part.sum(axis=-1),
    )


def _js(found: Outcomes) -> np.ndarray:
    one, other = found.p
    middle = (one + other) / 2
    return (_kl(one, middle) + _kl(other, middle)) / 2


def _gap(found: Outcomes) -> np.ndarray:
    return np.abs(found.p[0] - found.p[1])


_FURTHER = "0: the same outcomes in both groups; greater: further apart"
offer(
    DataMeasure(
        key="kl",
        title="Kullback-Leibler divergence",
        formula="sum P_a ln(P_a / P_d)",
        range="0 to infinity",
        direction=_FURTHER,
        source=CLARIFY,
        of=lambda o: _kl(*o.p),
        from_zero=True,
        why="an outcome of the reference group never occurs in the group, which makes the divergence infinite",
        order=5,
    ),
    DataMeasure(
        key="js",
        title="Jensen-Shannon divergence",
        formula="(KL(P_a, M) + KL(P_d, M)) / 2, M = (P_a + P_d) / 2",
        range="0 to ln 2 = 0.693",
        direction=_FURTHER,
        source=CLARIFY,
        of=_js,
        from_zero=True,
        order=6,
    ),
    DataMeasure(
        key="lp",
        title="Lp norm (p = 2)",
        formula="(sum (P_a - P_d)^2)^(1/2)",
        range="0 to 1.414",
        direction=_FURTHER,
        source=CLARIFY,
        of=lambda o: np.sqrt((_gap(o) ** 2).sum(axis=-1)),
        from_zero=True,
        order=7,
    ),
    DataMeasure(
        key="total_variation",
        title="Total variation distance",
        formula="sum |P_a - P_d| / 2",
        range="0 to 1",
        direction="0: the same outcomes in both groups; the share that would have to change",
        source=CLARIFY,
        of=lambda o: _gap(o).sum(axis=-1) / 2,
        from_zero=True,
        order=8,
    ),
    DataMeasure(
        key="ks",
        title="Kolmogorov-Smirnov",
        formula="max |P_a - P_d|",
        range="0 to 1",
        direction="0: the same outcomes in both groups; the outcome that differs most",
        source=CLARIFY,
        of=lambda o: _gap(o).max(axis=-1),
        from_zero=True,
        order=9,
    ),
)
