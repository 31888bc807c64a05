"""What is compared of a column: its numbers, or how many rows hold each value; from a table, a version or a group of
rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from dataops_core.table import Column, shown, type_of
from dataops_core.values.numbers import in_microseconds

Comparison = Literal["numbers", "dates", "categories", "lengths", "missing"]
NUMBERS = ("integer", "decimal")


@dataclass(frozen=True)
class Sample:
    """One column of some rows: how many rows, how many missing, and the numbers or the counts of the values that are
    there.
    """

    rows: int
    missing: int
    numbers: np.ndarray = field(default_factory=lambda: np.zeros(0))
    counts: pd.Series = field(default_factory=lambda: pd.Series(dtype="int64"))

    @property
    def present(self) -> int:
        """How many cells are compared."""
        return len(self.numbers) or int(self.counts.sum())


def comparison_of(column: Column, other: Column) -> Comparison:
    """What two columns are compared by; where they hold different things, only their missing cells are.

    Numbers and dates are compared as such, categories and booleans by value, free text and ids that are text by their
    lengths: their values are new in every file. Ids that are numbers grow, and say nothing by it. The kind is that of
    the first column.
    """
    if column.type != other.type and not (column.type in NUMBERS and other.type in NUMBERS):
        return "missing"
    if column.kind == "id":
        return "lengths" if column.type == "text" else "missing"
    if column.kind == "datetime":
        return "dates" if column.type == "datetime" else "missing"
    if column.kind == "number" and column.type in NUMBERS:
        return "numbers"
    return "lengths" if column.type == "text" and column.kind == "text" else "categories"


def sample_of(values: pd.Series, comparison: Comparison) -> Sample:
    """The sample that a tidy column makes; numbers that are not finite count as missing."""
    there = values.dropna()
    if comparison == "numbers":
        numbers = there.to_numpy(dtype="float64")
        numbers = numbers[np.isfinite(numbers)]
        return Sample(len(values), len(values) - len(numbers), numbers)
    gone = len(values) - len(there)
    if comparison == "dates":
        return Sample(len(values), gone, in_microseconds(there))
    if comparison == "lengths":
        return Sample(len(values), gone, np.fromiter(map(len, there), dtype="float64", count=len(there)))
    if comparison == "missing":
        return Sample(len(values), gone)
    counts = there.value_counts()
    # 1 and 1.0 are one value
    texts = shown(pd.Series(counts.index, dtype="float64" if type_of(there) in NUMBERS else there.dtype))
    return Sample(len(values), gone, counts=pd.Series(counts.to_numpy(dtype="int64"), index=texts.to_numpy()))
