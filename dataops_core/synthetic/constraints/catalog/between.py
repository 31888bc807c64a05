"""Between: a column lies between two values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.synthetic.constraints.constraint import Constraint, lacks
from dataops_core.values.numbers import in_days

End = float | int | str


@dataclass(frozen=True)
class Between(Constraint):
    """min <= columns[0] <= max: numbers, or dates as 2024-12-31."""

    min: End
    max: End

    type = "between"
    of_amounts = True

    @classmethod
    def read(cls, columns: tuple[str, ...], plain: Mapping[str, Any]) -> Between:
        """From JSON: the columns, and what belongs to it beside them."""
        low, high = plain.get("min"), plain.get("max")
        if low is None or high is None:
            raise lacks(cls.type, columns)
        for name, end in (("min", low), ("max", high)):
            number = isinstance(end, (int, float)) and not isinstance(end, bool) and math.isfinite(end)
            if not number and not isinstance(end, str):
                raise _invalid(name, end)
        if isinstance(low, (int, float)) and isinstance(high, (int, float)) and low > high:
            raise SettingError(
                f"Nothing lies between {low} and {high}.", "constraint between", "Put the smaller number at min."
            )
        return cls(columns, low, high)

    def words(self) -> str:
        """As a sentence."""
        return f'"{self.columns[0]}" lies between {self.min} and {self.max}'

    def check(self, frame: pd.DataFrame) -> None:
        """Raises SettingError for ends that do not fit the column, too."""
        super().check(frame)
        dates = str(frame[self.columns[0]].dtype).startswith("datetime64")
        for name, end in (("min", self.min), ("max", self.max)):
            if isinstance(end, str) and not (dates and pd.notna(pd.to_datetime(end, errors="coerce"))):
                raise _invalid(name, end)

    def satisfied(self, frame: pd.DataFrame) -> np.ndarray:
        """Whether each row (rows,) satisfies it."""
        cells = in_days(frame[self.columns[0]])
        low, high = (
            in_days(pd.Series([pd.Timestamp(end)]).astype("datetime64[us]"))[0] if isinstance(end, str) else float(end)
            for end in (self.min, self.max)
        )
        return np.asarray((cells >= low) & (cells <= high))


def _invalid(name: str, end: object) -> SettingError:
    return SettingError(
        f'"{end}" is not a valid {name}.',
        "constraint between",
        "Write a number, or for a column of dates a date as 2024-12-31.",
    )
