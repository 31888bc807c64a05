"""What the bench of methods tells: how well each recovers hidden cells, and which one to take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dataops_core.record import Record, absent, hidden, spread
from dataops_core.steps.step import StepJson

Interval = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Recovered(Record):
    """What hiding and filling made of a column once; of numbers in standard deviations of the hidden truth."""

    cells: int
    still_missing: int
    distinct: int  # values that were filled in
    true_distinct: int
    nrmse: float | None = None
    mae: float | None = None
    accuracy: float | None = None  # of categories
    wasserstein: float | None = None
    crps: float | None = None
    coverage: float | None = None
    always: str = ""  # the first value that was filled in
    errors: np.ndarray | None = hidden(None)  # one for each hidden cell


@dataclass(frozen=True, kw_only=True)
class ColumnRecovery(Record):
    """How well a column is recovered, over all hidings."""

    cells: int
    still_missing: int
    nrmse: float | None = absent()  # of numbers and dates; 1 is guessing the mean
    mae: float | None = absent()  # in the column's unit; of dates days
    accuracy: float | None = absent()  # of categories
    wasserstein: float | None = absent()
    crps: float | None = absent()
    coverage: float | None = absent()


@dataclass(frozen=True, kw_only=True)
class GroupRecovery(Record):
    """How well the cells of a group are recovered: the mean over columns with at least ten hidden cells in it."""

    cells: int
    nrmse: float | None
    accuracy: float | None
    nrmse_interval: Interval | None
    accuracy_interval: Interval | None


@dataclass(frozen=True, kw_only=True)
class PatternRecovery(Record):
    """How well cells are recovered that were hidden in one way."""

    nrmse: float | None
    accuracy: float | None
    wasserstein: float | None


@dataclass(frozen=True, kw_only=True)
class MethodRecovery(Record):
    """How well a method recovers hidden cells; intervals are 95 %, over the hidings."""

    nrmse: float | None  # numbers and dates: root mean squared error / standard deviation of the hidden values
    nrmse_interval: Interval | None
    accuracy: float | None  # categories: share that is right
    accuracy_interval: Interval | None
    wasserstein: float | None  # distance of the distributions, in the same deviations
    wasserstein_interval: Interval | None
    crps: float | None  # numbers: continuous ranked probability score; of a single guess its absolute error
    crps_interval: Interval | None
    coverage: float | None  # how often the 95 % interval of several draws holds the hidden cell
    coverage_interval: Interval | None
    by_pattern: dict[str, PatternRecovery]
    by_column: dict[str, ColumnRecovery]
    by_group: dict[str, dict[str, GroupRecovery]]  # of each sensitive column
    correlations: float | None  # mean change
    score: float | None  # with a target: cross-validated ROC-AUC or R squared of a linear model
    score_interval: Interval | None
    seconds: float
    degenerate: bool  # it answers one value in a column
    degenerate_columns: dict[str, str]  # with that value
    warning: str

    def of(self, measure: str) -> float | None:
        """A measure by its name."""
        found: float | None = getattr(self, measure)
        return found

    def interval_of(self, measure: str) -> Interval | None:
        """The interval of a measure; None where it has none."""
        found: Interval | None = getattr(self, f"{measure}_interval", None)
        return found


@dataclass(frozen=True, kw_only=True)
class Recommendation(Record):
    """The method to take; numbers and categories may have one each, joined by " + "."""

    recommended: str
    reason: str
    step: StepJson  # the first of the steps
    steps: list[StepJson]


@dataclass(frozen=True, kw_only=True)
class BenchColumns(Record):
    """Which columns are filled, and from which."""

    numbers: list[str]
    categories: list[str]
    predict_from: list[str]
    left_out: dict[str, str]  # with the reason


@dataclass(frozen=True, kw_only=True)
class ImputationBench(Record):
    """The methods of filling missing cells, compared on a table."""

    rows: int
    of: int
    seed: int
    repeats: int
    hidden: dict[str, int]  # cells, by the way in which they were hidden
    patterns: dict[str, str]  # these ways in words
    columns: BenchColumns
    group: str | None  # the column whose groups have medians of their own
    time: str | None
    methods: dict[str, MethodRecovery]
    failed: dict[str, str]  # methods that could not be judged, with the reason
    notes: list[str]
    advice: Recommendation = spread()
