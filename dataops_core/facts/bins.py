"""Bins of whole numbers: each holds equally many, or some would stand out from their neighbors for holding more."""

from __future__ import annotations

import math
from collections.abc import Sequence


def whole_edges(low: int, high: int, most: int) -> list[float]:
    """The edges of up to `most` bins that hold equally many whole numbers each, halfway between these.

    >>> whole_edges(3, 6, 50), whole_edges(0, 9, 5)
    ([2.5, 3.5, 4.5, 5.5, 6.5], [-0.5, 1.5, 3.5, 5.5, 7.5, 9.5])
    """
    width = (high - low) // most + 1
    return [low - 0.5 + width * at for at in range(-(-(high - low + 1) // width) + 1)]


def whole_labels(edges: Sequence[float]) -> list[str]:
    """What such bins are called: by the numbers that they hold.

    >>> whole_labels([2.5, 3.5, 4.5]), whole_labels([2.5, 5.5, 8.5])
    (['3', '4'], ['3 to 5', '6 to 8'])
    """
    ends = [(math.ceil(a), math.floor(b)) for a, b in zip(edges[:-1], edges[1:], strict=True)]
    return [f"{a:,}" if a == b else f"{a:,} to {b:,}" for a, b in ends]
