"""What a measure is: its formula, what it is called, how it reads, and who defined it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dataops_core.registry import LAST, insert

CLARIFY = "Amazon SageMaker Clarify, measures of pre-training bias (Das et al., Amazon SageMaker Clarify, 2021)"
CELLS = ("tn", "fp", "fn", "tp")


@dataclass(frozen=True)
class Outcomes:
    """How often each outcome occurs in the reference group (a) and in the group that is compared with it (d)."""

    cells: np.ndarray  # (…, 2 groups, classes, strata), the reference first
    good: int  # the class of the good outcome

    @cached_property
    def labels(self) -> np.ndarray:
        """Rows by group and class."""
        return self.cells.sum(axis=-1)

    @cached_property
    def n(self) -> np.ndarray:
        """Rows by group."""
        return self.labels.sum(axis=-1)

    @cached_property
    def both(self) -> np.ndarray:
        """Whether both groups have rows."""
        return np.asarray((self.n > 0).all(axis=-1))

    @cached_property
    def p(self) -> tuple[np.ndarray, np.ndarray]:
        """P_a and P_d: the shares of the outcomes."""
        shares = self.labels / self.n[..., None]
        return shares[..., 0, :], shares[..., 1, :]

    @cached_property
    def q(self) -> tuple[np.ndarray, np.ndarray]:
        """q_a and q_d: the share of the good outcome."""
        return self.p[0][..., self.good], self.p[1][..., self.good]

    @cached_property
    def right(self) -> np.ndarray:
        """Rows with the good outcome, by group and stratum."""
        return self.cells[..., self.good, :]

    @cached_property
    def wrong(self) -> np.ndarray:
        """Rows with a bad outcome, by group and stratum."""
        return self.cells.sum(axis=-2) - self.right


Interval = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class DataMeasure:
    """A measure of how the outcomes of a group differ from those of the reference group."""

    key: str
    title: str
    formula: str
    range: str
    direction: str
    source: str
    of: Callable[[Outcomes], np.ndarray] | None  # NaN where it is not defined; None: counted row by row, elsewhere
    interval: Callable[[Outcomes], Interval | None] | None = None  # 95 %; None: by bootstrap
    from_zero: bool = False  # it cannot fall below 0, so its interval begins there unless a test says otherwise
    by_strata: bool = False
    why: str = ""  # why it is not defined, where both groups have rows
    order: int = LAST

    @property
    def about(self) -> dict[str, str]:
        """What the results tell of it."""
        return {name: getattr(self, name) for name in ("title", "formula", "range", "direction", "source")}


@dataclass(frozen=True, kw_only=True)
class RateMeasure:
    """A rate of decisions: the cells of the confusion table that are counted, and those that they are counted of."""

    key: str
    title: str
    formula: str
    says: str
    hits: tuple[str, ...]
    of: tuple[str, ...]
    why: str  # why it is not defined where there is nobody to count
    order: int = LAST

    @property
    def about(self) -> dict[str, str]:
        """What the results tell of it."""
        return {name: getattr(self, name) for name in ("title", "formula", "says")}


@dataclass(frozen=True, kw_only=True)
class Notion:
    """What fairness may ask for: rates that are alike."""

    key: str
    title: str
    formula: str
    rates: tuple[str, ...]  # the larger difference of them counts, and the smaller ratio
    direction: str = "difference 0, ratio 1: alike"
    order: int = LAST

    @property
    def about(self) -> dict[str, str]:
        """What the results tell of it."""
        return {name: getattr(self, name) for name in ("title", "formula", "direction")}


DATA: dict[str, DataMeasure] = {}
RATES: dict[str, RateMeasure] = {}
NOTIONS: dict[str, Notion] = {}


def offer(*measures: DataMeasure | RateMeasure | Notion) -> None:
    """Make measures known."""
    for each in measures:
        if isinstance(each, DataMeasure):
            insert(DATA, each)
        elif isinstance(each, RateMeasure):
            insert(RATES, each)
        else:
            insert(NOTIONS, each)
