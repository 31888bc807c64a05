"""Unique: a column is different in every row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dataops_core.synthetic.constraints.constraint import Constraint


@dataclass(frozen=True)
class Unique(Constraint):
    """No value of columns[0] comes twice."""

    type = "unique"
    of_rows = False
    drawable = False

    def words(self) -> str:
        """As a sentence."""
        return f'"{self.columns[0]}" is different in every row'

    def satisfied(self, frame: pd.DataFrame) -> np.ndarray:
        """Whether each row (rows,) satisfies it."""
        return np.asarray(~frame[self.columns[0]].duplicated(keep="first"))
