"""One-hot: exactly one of some columns is 1, the others are 0."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dataops_core.synthetic.constraints.constraint import Constraint, SdvCall
from dataops_core.table import Column
from dataops_core.values.numbers import in_days

HOLDS = 0.99


@dataclass(frozen=True)
class OneHot(Constraint):
    """Columns of 0 and 1 that answer one question."""

    type = "one_hot"
    least = 2
    of_amounts = True
    joint = True
    priority = 1

    def words(self) -> str:
        """As a sentence."""
        names = ", ".join(f'"{name}"' for name in self.columns)
        return f"exactly one of {names} is 1"

    def satisfied(self, frame: pd.DataFrame) -> np.ndarray:
        """Whether each row (rows,) satisfies it."""
        cells = np.array([in_days(frame[name]) for name in self.columns])
        return np.asarray((cells.sum(axis=0) == 1) & np.isin(cells, (0.0, 1.0)).all(axis=0))

    def sdv(self) -> SdvCall:
        """As SDV takes it."""
        return SdvCall("OneHotEncoding", {"column_names": list(self.columns), "learning_strategy": "categorical"})


def find_one_hots(frame: pd.DataFrame, columns: Sequence[Column]) -> list[OneHot]:
    """Columns of 0 and 1 of which exactly one is 1: all of them together, or those whose names begin alike."""
    flags = [
        c.name
        for c in columns
        if c.type in ("integer", "boolean", "decimal")
        and frame[c.name].notna().all()
        and set(in_days(frame[c.name])) == {0.0, 1.0}
    ]
    groups: dict[str, list[str]] = {"": flags}
    for name in flags:
        for sign in "_.- =":
            if sign in name:
                groups.setdefault(f"{sign}{name.rsplit(sign, 1)[0]}", []).append(name)
    found: list[OneHot] = []
    for names in sorted(groups.values(), key=len, reverse=True):
        taken = any(set(names) & set(each.columns) for each in found)
        if (
            len(names) >= 3
            and not taken
            and (np.sum([in_days(frame[name]) for name in names], axis=0) == 1).mean() >= HOLDS
        ):
            found.append(OneHot(tuple(names)))
    return found
