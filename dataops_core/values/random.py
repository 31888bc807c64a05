"""Marks of 64 bits that depend on every bit of what they are made of: randomness by row, the same on every machine.

Steps keep their own copy of it, as of all that is here: their source runs in exported scripts, with pandas and numpy
alone.
"""

from __future__ import annotations

import numpy as np

GOLDEN = 0x9E3779B97F4A7C15  # the step of SplitMix64 from one number of its sequence to the next


def mixed(marks: np.ndarray) -> np.ndarray:
    """Marks (uint64) whose bits all depend on each other: the finalizer of SplitMix64 (Steele, Lea and Flood 2014).

    >>> [int(mark) for mark in mixed(np.array([GOLDEN], dtype=np.uint64))]  # the first number with seed 0
    [16294208416658607535]
    """
    marks = (marks ^ (marks >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    marks = (marks ^ (marks >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return marks ^ (marks >> np.uint64(31))
