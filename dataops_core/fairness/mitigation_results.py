"""What comparing ways to act on bias found: each way, what it changes against doing nothing, for whom, how surely."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dataops_core.record import Record, absent, spread
from dataops_core.steps.step import StepJson

Interval = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Method(Record):
    """A way to act on bias."""

    title: str
    where: Literal["nowhere", "data", "model", "decisions"]  # it acts
    changes: str  # what it does
    needs: str  # what has to be known of people, and when
    at_prediction: bool  # the group has to be known when a decision is made


@dataclass(frozen=True, kw_only=True)
class Corrected(Record):
    """A p-value by Holm, across groups, measures and ways; null where there is none."""

    p_holm: float | None


@dataclass(frozen=True, kw_only=True)
class Change(Record):
    """A change against doing nothing, among the same people."""

    value: float | None
    ci: Interval | None  # 95 % interval (paired bootstrap)
    p: float | None  # how often chance alone changes as much
    clear: bool  # more than chance, and large enough to matter
    between: tuple[str, str] | None = absent()  # the two groups whose gap it is
    corrected: Corrected | None = spread(None)


@dataclass(frozen=True, kw_only=True)
class RateChange(Record):
    """A rate of a group, and how it changed."""

    value: float | None
    of: int  # rows that it is counted of
    thin: bool  # few rows to count
    change: Change


@dataclass(frozen=True, kw_only=True)
class GroupOutcome(Record):
    """What a way does to a group."""

    n: int  # rows
    thin: bool
    rates: dict[str, RateChange] = spread()  # selection_rate, tpr, fpr, accuracy


@dataclass(frozen=True, kw_only=True)
class Moved(Record):
    """A group with clearly fewer or more good decisions, or right ones."""

    group: str
    measure: str
    change: Change = spread()


@dataclass(frozen=True, kw_only=True)
class Comparison(Record):
    """The decisions of a way against those of doing nothing, about the same rows."""

    accuracy: float
    balanced_accuracy: float
    difference: dict[str, Change]  # of accuracies and gaps, from doing nothing
    intervals: dict[str, Interval | None]  # 95 % (bootstrap) of accuracies and gaps
    selection_gap: float | None  # the largest less the smallest rate over groups that are large enough
    tpr_gap: float | None
    fpr_gap: float | None
    odds_gap: float | None  # the larger of the last two
    groups: dict[str, GroupOutcome]
    pays: list[Moved]
    gains: list[Moved]
    levels_down: bool  # the gap shrinks only because the better-off lose

    def gap(self, constraint: str) -> float | None:
        """The gap that a constraint closes."""
        return self.selection_gap if constraint == "demographic_parity" else self.odds_gap


@dataclass(frozen=True, kw_only=True)
class Mitigation(Record):
    """A way to act on bias, and what it did."""

    judged: Comparison = spread()
    method: Method = spread()
    seconds: float
    step: StepJson | None  # the recipe step that does it, where there is one
    undominated: bool  # no other way is both more accurate and closer to no gap, clearly so in one of them
    learned_from: int  # rows


@dataclass(frozen=True, kw_only=True)
class Counted(Record):
    """Which rows were used."""

    learned_from: int
    judged: int
    of: int


@dataclass(frozen=True, kw_only=True)
class Mitigations(Record):
    """Ways to act on bias, compared on the same rows that none learned from."""

    target: str
    favorable: str
    sensitive: list[str]
    ranges: dict[str, list[str]]  # what the ranges of amounts are called, by column
    constraint: str  # what ways aim at
    model: str  # linear or trees
    rows: Counted
    judged: str  # which rows were
    features: list[str]
    left_out_features: dict[str, str]  # columns that no model can use, with the reason
    methods: dict[str, Mitigation]
    failed: dict[str, str]  # ways that could not be done, with the reason
    undominated: list[str]
    thin: int  # fewer rows than this are few
    seed: int
    versions: dict[str, str]

    @property
    def gap_name(self) -> str:
        """What the gap that the constraint closes is called in JSON."""
        return "selection_gap" if self.constraint == "demographic_parity" else "odds_gap"
