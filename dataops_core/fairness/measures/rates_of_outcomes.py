"""How large groups are, and how often each has the good outcome."""

from __future__ import annotations

import numpy as np

from dataops_core.fairness.measures.measure import CLARIFY, DataMeasure, Interval, Outcomes, offer
from dataops_core.stats.proportions import newcombe


def _difference(found: Outcomes, one: int, other: int) -> Interval:
    hits, of = found.right.sum(axis=-1), found.n
    low, high = newcombe(hits[one], of[one], hits[other], of[other])
    return float(low), float(high)


def _katz(found: Outcomes) -> Interval | None:
    """The interval of a ratio of two rates by its logarithm (Katz et al. 1978); none where a rate is 0."""
    (other_hits, hits), (other_of, of) = found.right.sum(axis=-1), found.n
    if not hits or not other_hits:
        return None
    ratio = (hits / of) / (other_hits / other_of)
    width = 1.959964 * np.sqrt(max(0.0, 1 / hits - 1 / of + 1 / other_hits - 1 / other_of))
    return float(ratio * np.exp(-width)), float(ratio * np.exp(width))


offer(
    DataMeasure(
        key="class_imbalance",
        title="Group imbalance",
        formula="(n_a - n_d) / (n_a + n_d)",
        range="-1 to 1",
        direction="0: both groups as large; above 0: the group is smaller than the reference",
        source=CLARIFY,
        of=lambda o: np.where(o.both, (o.n[..., 0] - o.n[..., 1]) / o.n.sum(axis=-1), np.nan),
        order=1,
    ),
    DataMeasure(
        key="difference_in_proportions",
        title="Difference in proportions of labels",
        formula="q_a - q_d",
        range="-1 to 1",
        direction="0: the good outcome as often; above 0: less often in the group than in the reference",
        source=CLARIFY,
        of=lambda o: o.q[0] - o.q[1],
        interval=lambda o: _difference(o, 0, 1),
        order=2,
    ),
    DataMeasure(
        key="statistical_parity_difference",
        title="Statistical parity difference (mean difference)",
        formula="q_d - q_a",
        range="-1 to 1",
        direction="0: the good outcome as often; below 0: less often in the group than in the reference",
        source="AI Fairness 360 (Bellamy et al. 2018)",
        of=lambda o: o.q[1] - o.q[0],
        interval=lambda o: _difference(o, 1, 0),
        order=3,
    ),
    DataMeasure(
        key="disparate_impact",
        title="Disparate impact (ratio of rates)",
        formula="q_d / q_a",
        range="0 to infinity",
        direction="1: the good outcome as often; below 1: less often in the group than in the reference",
        source="AI Fairness 360 (Bellamy et al. 2018)",
        of=lambda o: np.where(o.q[0] > 0, o.q[1] / o.q[0], np.nan),
        interval=_katz,
        why="nobody in the reference group has the good outcome, so nothing can be divided by its rate",
        order=4,
    ),
)
