"""The group table: how many, how many of them with the good outcome, what is missing of whom, and against the
population.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.fairness.group_definitions import THIN, Groups, Outcome, groups_of, named_ranges, outcome_of
from dataops_core.models import PARTS
from dataops_core.record import Record, absent
from dataops_core.stats.proportions import wilson
from dataops_core.table import Table

DRAWS = 10_000


@dataclass(frozen=True, kw_only=True)
class GroupCounts(Record):
    """How many people a group has, how many of them with the good outcome, and what is missing of them."""

    n: int  # rows
    share: float  # of all rows
    labelled: int | None  # rows whose outcome is known
    favorable: int | None  # of these, the rows with the good outcome
    rate: float | None  # favorable / labelled; null where nobody's outcome is known
    ci: tuple[float, float] | None  # the 95 % Wilson interval of the rate
    missing: float | None  # the share of empty cells in all other columns
    missing_by_column: dict[str, float | None]  # the same of each column that has empty cells
    thin: bool  # few rows to count: shown, and not judged
    unknown: bool  # a sensitive column is empty here


@dataclass(frozen=True, kw_only=True)
class PopulationShare(Record):
    """A group here and in the population."""

    n: int  # rows
    share: float | None  # of the rows whose group the population names
    ci: tuple[float, float] | None  # the 95 % Wilson interval of the share
    stated: float  # the share in the population
    ratio: float | None  # share / stated


@dataclass(frozen=True, kw_only=True)
class AgainstPopulation(Record):
    """How the shares of groups differ from those in a stated population."""

    rows: int  # whose group the population names
    not_stated: list[str]  # groups that the population does not name
    groups: dict[str, PopulationShare]
    test: str | None = None  # what it was tested by
    p: float | None = None  # how often chance alone makes the shares differ as much
    statistic: float | None = None
    why: str | None = absent()  # why there is no test


@dataclass(frozen=True, kw_only=True)
class GroupTable(Record):
    """The groups that sensitive columns make."""

    sensitive: list[str]  # the columns
    ranges: dict[str, list[str]]  # what the ranges of amounts are called, by column
    target: str | None
    favorable: str | None  # the good outcome
    reference: str  # the group that others are compared with
    thin: int  # fewer rows than this are few
    rows: int
    groups: dict[str, GroupCounts]
    population: AgainstPopulation | None = absent()
    by_part: dict[str, dict[str, GroupCounts]] | None = absent()  # the groups within each part of a split


def groups(
    table: Table,
    sensitive: Sequence[str],
    *,
    target: str | None = None,
    favorable: str | None = None,
    reference: str | None = None,
    population: Mapping[str, float] | None = None,
    split: str | None = None,
    cuts: Mapping[str, Sequence[float]] | None = None,
    thin: int = THIN,
    seed: int = 0,
) -> GroupTable:
    """Count the groups that sensitive columns make, alone or together (up to three), "unknown" among them.

    A rate of fewer than `thin` rows is shown, not to be relied on. An amount with more than 20 values, such as age, is
    put into four ranges of about equal size, or into those that `cuts` ends. `population` gives counts or shares by
    group, which the shares here are tested against. Raises SettingError for what does not fit.
    """
    frame = table.frame()
    found = groups_of(frame, [table.column(name).name for name in sensitive], cuts)
    outcome = outcome_of(frame, table.column(target).name, favorable) if target is not None else None
    parts = None if split is None else frame[table.column(split).name]
    return GroupTable(
        sensitive=list(found.columns),
        ranges=named_ranges(found, frame),
        target=target,
        favorable=favorable,
        reference=found.reference(reference),
        thin=thin,
        rows=len(frame),
        groups=counted(frame, found, outcome, target, thin),
        population=None if population is None else against_population(found, population, seed),
        by_part=None if parts is None else _by_part(parts, frame, found, outcome, target, thin),
    )


def _by_part(
    parts: pd.Series, frame: pd.DataFrame, found: Groups, outcome: Outcome | None, target: str | None, thin: int
) -> dict[str, dict[str, GroupCounts]]:
    return {
        part: counted(
            frame[here],
            Groups(found.columns, found.names, found.codes[here], found.cuts, found.unknown),
            _part(outcome, here),
            target,
            thin,
        )
        for part in PARTS
        if (here := (parts == part).to_numpy(dtype=bool, na_value=False)).any()
    }


def _part(outcome: Outcome | None, here: np.ndarray) -> Outcome | None:
    return (
        None
        if outcome is None
        else Outcome(outcome.good[here], outcome.known[here], outcome.codes[here], outcome.classes)
    )


def counted(
    frame: pd.DataFrame, found: Groups, outcome: Outcome | None, target: str | None, thin: int
) -> dict[str, GroupCounts]:
    """The counts of every group, by its name."""
    size, sizes = len(found.names), found.sizes
    others = [name for name in frame.columns if name not in (*found.columns, target)]
    gaps = {
        name: np.bincount(found.codes, weights=gone, minlength=size)
        for name in others
        if (gone := frame[name].isna().to_numpy()).any()
    }
    labelled = np.bincount(found.codes[outcome.known], minlength=size) if outcome else np.zeros(size, dtype="int64")
    good = np.bincount(found.codes[outcome.good], minlength=size) if outcome else labelled
    low, high = wilson(good, labelled)
    lost = sum(gaps.values(), np.zeros(size))
    told = {}
    for at, name in enumerate(found.names):
        n, of = int(sizes[at]), int(labelled[at])
        told[name] = GroupCounts(
            n=n,
            share=n / len(frame),
            labelled=of if outcome else None,
            favorable=int(good[at]) if outcome else None,
            rate=float(good[at] / of) if of else None,
            ci=(float(low[at]), float(high[at])) if of else None,
            missing=float(lost[at] / (n * len(others))) if n and others else None,
            missing_by_column={column: float(gone[at] / n) if n else None for column, gone in gaps.items()},
            thin=(of if outcome else n) < thin,
            unknown=name in found.unknown,
        )
    return told


def against_population(found: Groups, population: Mapping[str, float], seed: int = 0) -> AgainstPopulation:
    """How the groups' shares differ from a stated population's (counts or shares, scaled to their sum), with a test.

    Two groups: the exact binomial test; else Pearson's chi-square where every expected count reaches 5, else the same
    statistic against 10,000 tables drawn from the population. Groups of which the population says nothing are left out,
    and named.
    """
    from scipy.stats import binomtest, chi2

    stated = {str(name): float(value) for name, value in population.items()}
    total = sum(stated.values())
    if not stated or total <= 0 or not all(np.isfinite(value) and value >= 0 for value in stated.values()):
        raise SettingError(
            "The population has no people in it.", "population", "Give each group a count or a share, none below 0."
        )
    here = dict(zip(found.names, (int(size) for size in found.sizes), strict=True))
    observed = np.array([here.get(name, 0) for name in stated], dtype="float64")
    shares = np.array(list(stated.values())) / total
    rows = int(observed.sum())
    left_out = [name for name in found.names if name not in stated]
    low, high = wilson(observed, rows)
    here_and_there = {
        name: PopulationShare(
            n=int(observed[at]),
            share=float(observed[at] / rows) if rows else None,
            ci=(float(low[at]), float(high[at])) if rows else None,
            stated=float(shares[at]),
            ratio=float(observed[at] / rows / shares[at]) if rows and shares[at] else None,
        )
        for at, name in enumerate(stated)
    }
    told = AgainstPopulation(rows=rows, not_stated=left_out, groups=here_and_there)
    if not rows:
        return replace(told, why="No row belongs to a group that the population names.")
    if len(stated) < 2 or ((shares > 0).sum() == 1 and not (observed[shares == 0] > 0).any()):
        return replace(told, why="A population of one group says nothing of shares.")
    if (observed[shares == 0] > 0).any():
        why = "The population says that a group which is in the table does not exist."
        return replace(told, test="impossible", p=0.0, why=why)
    observed, shares = observed[shares > 0], shares[shares > 0]
    expected = rows * shares
    statistic = float(((observed - expected) ** 2 / expected).sum())
    if len(shares) == 2:
        p = float(binomtest(int(observed[0]), rows, float(shares[0])).pvalue)
        return replace(told, test="exact binomial test", p=p, statistic=statistic)
    if expected.min() >= 5:
        p = float(chi2.sf(statistic, len(shares) - 1))
        return replace(told, test="chi-square test", p=p, statistic=statistic)
    drawn = np.random.default_rng(seed).multinomial(rows, shares, size=DRAWS)
    as_far = int((((drawn - expected) ** 2 / expected).sum(axis=1) >= statistic - 1e-9).sum())
    test = f"chi-square statistic against {DRAWS:,} drawn tables"
    return replace(told, test=test, p=(1 + as_far) / (1 + DRAWS), statistic=statistic)
