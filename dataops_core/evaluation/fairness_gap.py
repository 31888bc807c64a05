"""How far apart groups of people are treated by the decisions of each candidate, with intervals that account for
chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from dataops_core.stats.proportions import cell_counts, percentiles, resampled_cells

THIN = 30  # rows; smaller groups are shown and take no part in a gap
REPLICATES = 500


@dataclass(frozen=True)
class GroupGap:
    """The gap of the share decided favorable between the groups of one column, with its 95 % interval, and by how much
    it differs from doing nothing (between the same two groups; paired bootstrap).
    """

    column: str
    gap: float
    low: float | None
    high: float | None
    difference: float
    difference_low: float | None
    difference_high: float | None
    between: tuple[str, str]
    groups: dict[str, dict[str, Any]]

    @property
    def verdict(self) -> str:
        """smaller, larger, or no clear difference."""
        if self.difference_low is None or self.difference_high is None:
            return "no clear difference"
        if self.difference_low <= 0 <= self.difference_high or abs(self.difference) < 0.005:
            return "no clear difference"
        return "smaller" if self.difference < 0 else "larger"

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "gap": self.gap,
            "ci": None if self.low is None else [self.low, self.high],
            "difference": {
                "mean": self.difference,
                "ci": None if self.difference_low is None else [self.difference_low, self.difference_high],
                "verdict": self.verdict,
            },
            "between": list(self.between),
            "groups": self.groups,
        }


def group_gap(
    column: str,
    names: np.ndarray,
    favored: np.ndarray,
    nothing: np.ndarray,
    truth: np.ndarray,
    seed: int = 0,
) -> GroupGap | None:
    """The gap between groups (rows,) of who is decided favorable (rows,), against the decisions of doing nothing; None
    where fewer than two groups have enough rows.
    """
    groups, codes = np.unique(names.astype(str), return_inverse=True)
    cells = cell_counts((len(groups), 2, 2, 2), codes, truth, nothing, favored)
    drawn = resampled_cells(cells, REPLICATES, seed)
    sizes = cells.sum(axis=(1, 2, 3))
    wide = np.flatnonzero(sizes >= THIN)
    if len(wide) < 2:
        return None

    def rates(of: np.ndarray, own: bool) -> np.ndarray:
        with np.errstate(divide="ignore", invalid="ignore"):
            favorable = of[..., 1].sum(axis=(-2, -1)) if own else of[..., 1, :].sum(axis=(-2, -1))
            return np.asarray(favorable / of.sum(axis=(-3, -2, -1)))

    now, then, drawn_now, drawn_then = rates(cells, True), rates(cells, False), rates(drawn, True), rates(drawn, False)
    low, high = int(wide[then[wide].argmin()]), int(wide[then[wide].argmax()])
    apart = [np.abs(each[..., high] - each[..., low]) for each in (now, then, drawn_now, drawn_then)]
    ends = percentiles(np.ptp(drawn_now[:, wide], axis=1))
    change = percentiles(apart[2] - apart[3])
    with np.errstate(divide="ignore", invalid="ignore"):
        recall = cells[:, 1, :, 1].sum(axis=1) / cells[:, 1].sum(axis=(1, 2))
    return GroupGap(
        column,
        float(np.ptp(now[wide])),
        ends and ends[0],
        ends and ends[1],
        float(apart[0] - apart[1]),
        change and change[0],
        change and change[1],
        (str(groups[high]), str(groups[low])),
        {
            str(name): {
                "rows": int(sizes[at]),
                "favorable": float(now[at]),
                "recall": float(recall[at]) if np.isfinite(recall[at]) else None,
                "thin": bool(sizes[at] < THIN),
            }
            for at, name in enumerate(groups)
        },
    )
