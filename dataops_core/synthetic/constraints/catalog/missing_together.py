"""Together: some columns are missing in the same rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dataops_core.synthetic.constraints.constraint import Constraint


@dataclass(frozen=True)
class MissingTogether(Constraint):
    """All columns hold something in a row, or none of them."""

    type = "together"
    least = 2
    drawable = False

    def words(self) -> str:
        """As a sentence."""
        names = ", ".join(f'"{name}"' for name in self.columns)
        return f"{names} are missing together"

    def asked_of(self, frame: pd.DataFrame) -> np.ndarray:
        """All rows."""
        return np.ones(len(frame), dtype=bool)

    def satisfied(self, frame: pd.DataFrame) -> np.ndarray:
        """Whether each row (rows,) satisfies it."""
        gaps = frame[list(self.columns)].isna().to_numpy()
        return np.asarray(gaps.all(axis=1) | ~gaps.any(axis=1))


def find_missing_together(frame: pd.DataFrame) -> list[MissingTogether]:
    """Columns with the same gaps."""
    groups: dict[bytes, list[str]] = {}
    for name in frame.columns:
        gaps = frame[name].isna().to_numpy()
        if 0 < gaps.sum() < len(frame):
            groups.setdefault(np.packbits(gaps).tobytes(), []).append(str(name))
    return [MissingTogether(tuple(names)) for names in groups.values() if len(names) > 1]
