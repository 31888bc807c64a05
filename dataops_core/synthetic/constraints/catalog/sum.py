"""Sum: some columns make another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.synthetic.constraints.constraint import Constraint, SdvCall, lacks
from dataops_core.values.numbers import in_days

LEAST = 30  # rows in which all parts and the total are there
HOLDS = 0.99


@dataclass(frozen=True)
class Sum(Constraint):
    """columns[0] + columns[1] + … = total"""

    total: str

    type = "sum"
    least = 2
    of_amounts = True
    priority = 0

    @classmethod
    def read(cls, columns: tuple[str, ...], plain: Mapping[str, Any]) -> Sum:
        """From JSON: the columns, and what belongs to it beside them."""
        total = plain.get("total")
        if not total:
            raise lacks(cls.type, columns)
        if not isinstance(total, str):
            raise SettingError(
                f"The total of a constraint cannot be read: {str(total)[:40]}.", "constraint sum", "Name one column."
            )
        return cls(columns, total)

    @property
    def bound(self) -> tuple[str, ...]:
        """The parts and the total."""
        return (*self.columns, self.total)

    def words(self) -> str:
        """As a sentence."""
        names = " + ".join(f'"{name}"' for name in self.columns)
        return f'{names} make "{self.total}"'

    def satisfied(self, frame: pd.DataFrame) -> np.ndarray:
        """Whether each row (rows,) satisfies it."""
        return equal(np.sum([in_days(frame[name]) for name in self.columns], axis=0), in_days(frame[self.total]))

    def sdv(self) -> SdvCall:
        """As SDV takes it."""
        return SdvCall("Total", {"parts": list(self.columns), "total": self.total})


def equal(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Equal but for rounding: half a unit of the second decimal place, or nine digits."""
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(one - other) <= np.maximum(0.0051, 1e-9 * np.abs(other)))


def find_sums(numbers: Mapping[str, np.ndarray], names: Sequence[str]) -> list[Sum]:
    """Sums a + b = c, or with three parts, where each part counts in at least a twentieth of the rows; sign and order
    of the parts aside.
    """
    found: list[Sum] = []
    names = [name for name in names if len(np.unique(numbers[name][np.isfinite(numbers[name])])) > 4][:30]
    few = {name: numbers[name][:400] for name in names}
    for total in names:
        others = [name for name in names if name != total]
        for parts in [*combinations(others, 2), *(combinations(others, 3) if len(names) <= 12 else ())]:
            if any({total, *parts} >= set(each.bound) for each in found):
                continue
            if _adds_up([few[name] for name in parts], few[total]) and _adds_up(
                [numbers[name] for name in parts], numbers[total]
            ):
                found.append(Sum(parts, total))
    return found


def _adds_up(parts: list[np.ndarray], total: np.ndarray) -> bool:
    made = np.sum(parts, axis=0)
    there = np.isfinite(made) & np.isfinite(total)
    if there.sum() < LEAST or np.mean(equal(made, total)[there]) < HOLDS:
        return False
    told = there & np.all([np.abs(part) > 1e-12 for part in parts], axis=0)
    return bool(told.sum() >= max(20, 0.05 * there.sum()) and np.median(np.abs(total[told])) >= 0.1)
