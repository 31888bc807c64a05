"""The classes that a measure is about: of two the rare one, of more all of them."""

from __future__ import annotations

import numpy as np


def asked(chances: np.ndarray, truth: np.ndarray, rare: int) -> list[int]:
    """The codes of these classes."""
    return [rare] if chances.shape[1] == 2 else [int(code) for code in np.unique(truth)]


def told_apart(chances: np.ndarray, truth: np.ndarray, rare: int) -> list[int]:
    """Those of them that some rows have, and others not."""
    return [code for code in asked(chances, truth, rare) if 0 < (truth == code).sum() < len(truth)]
