"""Increment: a column comes in even steps."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.synthetic.constraints.constraint import Constraint, SdvCall, lacks
from dataops_core.values.numbers import in_days

LEAST = 30  # amounts that are there
HOLDS = 0.99
STEPS = (1000, 500, 250, 100, 50, 25, 20, 12, 10, 5)  # in which people count: other divisors are accidents or codes


@dataclass(frozen=True)
class Increment(Constraint):
    """columns[0] is a multiple of `by`."""

    by: float

    type = "increment"
    of_amounts = True
    priority = 4

    @classmethod
    def read(cls, columns: tuple[str, ...], plain: Mapping[str, Any]) -> Increment:
        """From JSON: the columns, and what belongs to it beside them."""
        by = plain.get("by")
        if by is None or by == 0:
            raise lacks(cls.type, columns)
        if not isinstance(by, (int, float)) or isinstance(by, bool) or not math.isfinite(by) or by < 0:
            raise SettingError(f'"{by}" is not a valid step.', "constraint increment", "Write a number above 0.")
        return cls(columns, by)

    def words(self) -> str:
        """As a sentence."""
        return f'"{self.columns[0]}" comes in steps of {self.by}'

    def satisfied(self, frame: pd.DataFrame) -> np.ndarray:
        """Whether each row (rows,) satisfies it."""
        cells = in_days(frame[self.columns[0]]) / self.by
        return np.asarray(np.abs(cells - np.round(cells)) <= 1e-6)

    def sdv(self) -> SdvCall | None:
        """SDV takes whole steps only."""
        if not float(self.by).is_integer():
            return None
        return SdvCall("FixedIncrements", {"column_name": self.columns[0], "increment_value": int(self.by)})


def find_step(cells: np.ndarray) -> int:
    """The greatest of STEPS of which nearly all cells (rows,) are multiples; 0 where none is, or few differ."""
    known = cells[np.isfinite(cells)]
    if len(known) < LEAST or np.abs(known).max() > 1e15 or len(np.unique(known)) < 5:
        return 0
    for by in STEPS:
        if np.mean(np.mod(known, by) == 0) >= HOLDS and np.mean(known == 0) < 0.9:
            return by
    return 0
