"""One honest distance between rows of mixed columns, and the nearest rows by it.

Gower (1971, Biometrics 27): the mean over columns of |a - b| / range for numbers and dates (at most 1), and of 0 or 1
for categories; a missing cell is like a missing cell, and as unlike any other as can be. Ranges are robust (1 % to 99 %
of all real rows, the same for every comparison: ranges of each side's own make noise look near) and ties are ties.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dataops_core.values.numbers import in_days

GONE = np.float32(50.0)  # stands for a missing number: 1 apart from any other, 0 from itself
FAR = 20.0
BLOCK = 400_000  # pairs looked at at once: they stay in the processor's cache
TIE = 1e-6


@dataclass(frozen=True)
class Points:
    """Rows as points: scaled numbers (columns, rows) as float32 and codes of categories (columns, rows)."""

    numbers: np.ndarray
    codes: np.ndarray

    def __len__(self) -> int:
        return int(self.numbers.shape[1])

    @property
    def width(self) -> int:
        """How many columns count."""
        return len(self.numbers) + len(self.codes)

    def take(self, rows: np.ndarray) -> Points:
        """Some of the rows."""
        return Points(np.ascontiguousarray(self.numbers[:, rows]), np.ascontiguousarray(self.codes[:, rows]))


@dataclass(frozen=True)
class Nearest:
    """For each row of one side how far its nearest row of the other is, which that is, and how far the second nearest;
    and the other way round.
    """

    distance: np.ndarray
    place: np.ndarray
    second: np.ndarray
    back: np.ndarray
    back_place: np.ndarray


def robust_range(values: np.ndarray) -> tuple[float, float]:
    """Where numbers begin and how far they reach: from 1 % to 99 % of those known, or all where these are one; the
    reach is never 0.

    >>> robust_range(np.array([1.0, 1.0, 1.0, 5.0, np.nan]))
    (1.0, 3.88)
    """
    known = values[np.isfinite(values)]
    if not len(known):
        return 0.0, 1.0
    low, high = np.quantile(known, [0.01, 0.99])
    if high <= low:
        low, high = known.min(), known.max()
    return float(low), round(float(high - low), 12) or 1.0


def points(
    frames: Sequence[pd.DataFrame], numbers: Sequence[str], categories: Sequence[str], ranges_from: int
) -> list[Points]:
    """The rows of several frames as points; the first `ranges_from` frames say the ranges of numbers."""
    scaled: list[list[np.ndarray]] = [[] for _ in frames]
    for name in numbers:
        sides = [in_days(frame[name]) for frame in frames]
        low, reach = robust_range(np.concatenate(sides[:ranges_from]))
        for side, values in zip(scaled, sides, strict=True):
            unit = np.clip((values - low) / reach, -FAR, FAR)
            side.append(np.where(np.isnan(values), GONE, unit).astype("float32"))
    coded: list[list[np.ndarray]] = [[] for _ in frames]
    for name in categories:
        codes, found = pd.factorize(pd.concat([frame[name] for frame in frames], ignore_index=True))
        kind = "int8" if len(found) < 127 else "int32"
        parts = np.split(codes.astype(kind), np.cumsum([len(frame) for frame in frames])[:-1])
        for side, part in zip(coded, parts, strict=True):
            side.append(part)
    return [
        Points(_stacked(ones, len(frame), np.dtype("float32")), _stacked(others, len(frame), np.dtype("int8")))
        for ones, others, frame in zip(scaled, coded, frames, strict=True)
    ]


def _stacked(parts: list[np.ndarray], rows: int, kind: np.dtype) -> np.ndarray:
    return (
        np.stack([part.astype(np.result_type(*parts)) for part in parts]) if parts else np.zeros((0, rows), dtype=kind)
    )


def distances(one: Points, other: Points, rows: slice) -> np.ndarray:
    """The distances of some rows of one side to all of the other, (rows, others) as float32: sums over columns, not yet
    means.
    """
    total = np.zeros(
        (len(one.numbers[0, rows]) if len(one.numbers) else len(one.codes[0, rows]), len(other)), dtype="float32"
    )
    for a, b in zip(one.numbers, other.numbers, strict=True):
        apart = a[rows, None] - b[None, :]
        np.abs(apart, out=apart)
        np.minimum(apart, np.float32(1.0), out=apart)
        total += apart
    if len(one.codes):
        counted = np.zeros(total.shape, dtype="uint8" if len(one.codes) < 256 else "uint16")
        for a, b in zip(one.codes, other.codes, strict=True):
            counted += a[rows, None] != b[None, :]
        total += counted
    return total


def nearest(one: Points, other: Points, *, same: bool = False) -> Nearest:
    """The nearest rows of each side on the other (mean over columns); `same`: both are one table, and no row is its own
    neighbour.
    """
    n, m = len(one), len(other)
    found = Nearest(
        np.full(n, np.inf),
        np.zeros(n, dtype="int64"),
        np.full(n, np.inf),
        np.full(m, np.inf, dtype="float32"),
        np.zeros(m, dtype="int64"),
    )
    step = max(1, BLOCK // max(1, m))
    for start in range(0, n, step):
        rows = slice(start, min(n, start + step))
        block = distances(one, other, rows)
        if same:
            block[np.arange(rows.stop - start), np.arange(start, rows.stop)] = np.inf
        at = block.argmin(axis=1)
        found.place[rows], found.distance[rows] = at, block[np.arange(len(at)), at]
        up = block.argmin(axis=0)
        low = block[up, np.arange(m)]
        better = low < found.back
        found.back[better], found.back_place[better] = low[better], up[better] + start
        block[np.arange(len(at)), at] = np.inf
        found.second[rows] = block.min(axis=1)
    width = one.width
    return Nearest(
        found.distance / width,
        found.place,
        found.second / width,
        found.back.astype("float64") / width,
        found.back_place,
    )
