"""Aggregates of the numbers of a group."""

from __future__ import annotations

from typing import Any

import numpy as np

AGGREGATES: dict[str, Any] = {
    "mean": np.mean,
    "median": np.median,
    "sum": np.sum,
    "minimum": np.min,
    "maximum": np.max,
}


def aggregate(cells: np.ndarray, measure: str) -> float | None:
    """One aggregate of some numbers; None where there are none, or it is beyond all numbers."""
    known = cells[~np.isnan(cells)]
    if not len(known):
        return None
    with np.errstate(all="ignore"):
        if measure == "standard_deviation":
            value = float(known.std(ddof=1)) if len(known) > 1 else np.nan
        else:
            value = float(AGGREGATES[measure](known))
    return value if np.isfinite(value) else None
