"""Normal scores: amounts of whatever shape as if they were normal, so that a Gaussian copula keeps the shape of each
column.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

KNOTS = 101
SHARE = 20  # rows between two knots, at least


class Scores:
    """Quantiles of each amount at even steps: enough to draw its shape, and no value of the rarest
    twentieth by itself.
    """

    def __init__(self, frame: pd.DataFrame, names: Sequence[str]) -> None:
        size = int(np.clip(len(frame) // SHARE, 5, KNOTS))
        self.knots: dict[str, np.ndarray] = {}
        self.grids: dict[str, np.ndarray] = {}  # the places, from 0 to 1, of the knots
        for name in names:
            self.grids[name], self.knots[name] = _knots(frame[name].to_numpy(dtype="float64"), np.linspace(0, 1, size))

    def forth(self, frame: pd.DataFrame, generator: np.random.Generator) -> pd.DataFrame:
        """Amounts as scores; a value that many rows share is spread over its part of the scale, by lot."""
        from scipy.stats import norm

        out = frame.copy()
        for name, knots in self.knots.items():
            cells = np.clip(frame[name].to_numpy(dtype="float64"), knots[0], knots[-1])
            low, high = (_place(cells, knots, self.grids[name], side) for side in ("left", "right"))
            out[name] = norm.ppf(np.clip(low + (high - low) * generator.random(len(cells)), 1e-4, 1 - 1e-4))
        return out

    def back(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Scores as amounts."""
        from scipy.stats import norm

        return frame.assign(
            **{
                name: np.interp(norm.cdf(frame[name].to_numpy(dtype="float64")), self.grids[name], knots)
                for name, knots in self.knots.items()
            }
        )


def _knots(cells: np.ndarray, even: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places and quantiles at even steps; what lies at the very ends (clipping puts many cells there) has its own share
    of the places.

    >>> _knots(np.array([1.0, 1.0, 2.0, 3.0, 3.0]), np.linspace(0, 1, 3))
    (array([0. , 0.4, 0.5, 0.6, 1. ]), array([1., 1., 2., 3., 3.]))
    """
    low, high = float(np.mean(cells == cells.min())), 1.0 - float(np.mean(cells == cells.max()))
    if high <= 0.0:
        return np.array([0.0, 1.0]), np.array([cells.min(), cells.max()])
    inner = even[(even > low) & (even < high)]
    ends = np.array([cells.min()] * 2), np.array([cells.max()] * 2)
    return np.concatenate([[0.0, low], inner, [high, 1.0]]), np.concatenate(
        [ends[0], np.quantile(cells, inner), ends[1]]
    )


def _place(cells: np.ndarray, knots: np.ndarray, grid: np.ndarray, side: str) -> np.ndarray:
    """Where each cell lies among the knots, 0 to 1: the first or the last place that holds it."""
    if side == "left":
        at = np.searchsorted(knots, cells, "left")
        below, above = np.maximum(at - 1, 0), np.minimum(at, len(knots) - 1)
    else:
        at = np.searchsorted(knots, cells, "right")
        below, above = np.maximum(at - 1, 0), np.minimum(at, len(knots) - 1)
    width = knots[above] - knots[below]
    part = np.where(
        width > 0, (cells - knots[below]) / np.where(width > 0, width, 1.0), 0.0 if side == "right" else 1.0
    )
    exact = cells == knots[above] if side == "left" else cells == knots[below]
    return np.where(
        exact,
        grid[above] if side == "left" else grid[below],
        grid[below] + np.clip(part, 0, 1) * (grid[above] - grid[below]),
    )
