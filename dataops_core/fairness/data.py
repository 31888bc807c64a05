"""Measures of bias in the data itself, before any model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.fairness.group_definitions import THIN, Groups, Outcome, groups_of, named_ranges, outcome_of
from dataops_core.fairness.measures import DATA
from dataops_core.fairness.measures.measure import DataMeasure, Outcomes
from dataops_core.models import encoder, features, plain
from dataops_core.record import Record, absent
from dataops_core.stats.proportions import REPLICATES, cell_counts, percentiles, resampled_cells
from dataops_core.table import Table

NEIGHBOURS = 5
LOOKED_AT = 4_000  # rows of which the nearest are looked up
MOST_GROUPS = 200  # told one by one
UNCLEAR = "the interval begins at 0, for a test of no difference between the outcomes is not clear"


@dataclass(frozen=True, kw_only=True)
class Measured(Record):
    """The value of a measure."""

    value: float | None  # null where it is not defined, never 0
    ci: tuple[float, float] | None = None  # 95 % interval
    why: str | None = absent()  # why it is not defined
    note: str | None = absent()  # what to know of the interval
    thin: bool | None = absent()  # true where few rows were counted


@dataclass(frozen=True, kw_only=True)
class OneOutcome(Record):
    """Strata in which everybody has the good outcome, or nobody has."""

    strata: int  # such strata
    of: int  # all strata with rows
    rows: int  # in such strata
    words: str  # the same as a sentence; empty where there are none


@dataclass(frozen=True, kw_only=True)
class Nearest(Record):
    """How it was looked up who is alike."""

    rows: int  # of which the nearest were looked up
    of: int
    neighbours: int
    features: list[str]  # the columns that say who is alike


@dataclass(frozen=True, kw_only=True)
class DataMeasures(Record):
    """How the outcomes of groups differ from those of the reference group."""

    sensitive: list[str]
    ranges: dict[str, list[str]]  # what the ranges of amounts are called, by column
    target: str
    favorable: str
    reference: str
    strata: list[str]  # columns within which outcomes are compared
    rows: int  # with an outcome
    of: int
    about: dict[str, dict[str, str]]  # of each measure its title, formula, range, direction and source
    together: dict[str, Measured]  # all other known groups as one, by measure
    by_group: dict[str, dict[str, Measured]]  # each group alone
    one_outcome: OneOutcome | None
    not_told: int  # groups that are too many to be measured one by one
    nearest: Nearest
    seed: int


def data_measures(
    table: Table,
    sensitive: Sequence[str],
    target: str,
    favorable: str,
    *,
    reference: str | None = None,
    strata: Sequence[str] = (),
    cuts: Mapping[str, Sequence[float]] | None = None,
    leave_out: Sequence[str] = (),
    seed: int = 0,
    replicates: int = REPLICATES,
) -> DataMeasures:
    """Measure how the outcomes of each group differ from those of the reference group; rows without an outcome are left
    out.

    Of groups alone the 200 largest are compared. Intervals (95 %): Newcombe for
    differences of rates, Katz for the ratio, else percentiles of `replicates` bootstrap tables; divergences cannot fall
    below 0, so their interval begins there unless a chi-square test says that the outcomes differ. Consistency is one
    number for the table, of at most 4,000 rows; `leave_out` names columns that do not say who is alike. "one_outcome"
    says in how many strata, and with how many rows, everybody has the good outcome or nobody has: there the part of
    nobody counts 0 in conditional demographic disparity, as in Clarify (0/0 := 0).
    """
    frame = table.frame()
    found = groups_of(frame, [table.column(name).name for name in sensitive], cuts)
    outcome = outcome_of(frame, table.column(target).name, favorable)
    name = found.reference(reference)
    layers = _layers(frame, [table.column(each).name for each in strata], outcome.known)
    cells = _cells(found, outcome, layers)  # (groups, classes, strata)
    at, good = found.names.index(name), outcome.classes.index(favorable)
    known = [place for place, each in enumerate(found.names) if place != at and each not in found.unknown]
    others = sorted(
        (place for place in range(len(found.names)) if place != at), key=lambda place: -int(found.sizes[place])
    )
    rng = np.random.SeedSequence(seed % 2**32).generate_state(len(others) + 1)
    together = _against(cells[at], cells[known].sum(axis=0), good, bool(strata), int(rng[0]), replicates)
    by_group = {
        found.names[place]: _against(cells[at], cells[place], good, bool(strata), int(rng[number + 1]), replicates)
        for number, place in enumerate(others[:MOST_GROUPS])
    }
    consistency, near = _consistency(table, frame, found, outcome, [target, *leave_out], seed)
    together["consistency"] = consistency
    return DataMeasures(
        sensitive=list(found.columns),
        ranges=named_ranges(found, frame),
        target=target,
        favorable=favorable,
        reference=name,
        strata=list(strata),
        rows=int(outcome.known.sum()),
        of=len(frame),
        about={key: measure.about for key, measure in DATA.items()},
        together=together,
        by_group=by_group,
        one_outcome=_one_outcome(cells[[at, *known]], good) if strata else None,
        not_told=max(0, len(others) - MOST_GROUPS),
        nearest=near,
        seed=seed,
    )


def _layers(frame: pd.DataFrame, strata: list[str], known: np.ndarray) -> np.ndarray:
    """The stratum of each row as a code; 0 for all where there are none."""
    if not strata:
        return np.zeros(len(frame), dtype="int64")
    found = groups_of(frame, strata)
    if len(found.names) > max(50, int(known.sum()) // 5):
        raise SettingError(
            f"The strata divide the rows into {len(found.names):,} parts, too few rows in each.",
            "strata",
            "Choose columns with fewer values.",
        )
    return found.codes


def _cells(found: Groups, outcome: Outcome, layers: np.ndarray) -> np.ndarray:
    shape = (len(found.names), len(outcome.classes), int(layers.max()) + 1)
    rows = outcome.known
    return cell_counts(shape, found.codes[rows], outcome.codes[rows], layers[rows])


def _one_outcome(cells: np.ndarray, good: int) -> OneOutcome:
    """How many strata have the good outcome always or never, of how many with rows, and how many rows they have; with a
    sentence.
    """
    right, every = cells[:, good].sum(axis=0), cells.sum(axis=(0, 1))
    alike = (every > 0) & ((right == 0) | (right == every))
    told = OneOutcome(strata=int(alike.sum()), of=int((every > 0).sum()), rows=int(every[alike].sum()), words="")
    words = (
        f"In {told.strata:,} of {told.of:,} strata, with {told.rows:,} of {int(every.sum()):,} rows, everybody"
        " has the good outcome or nobody has. Conditional demographic disparity takes the part of nobody as 0 there"
        " (0/0 := 0, as Amazon SageMaker Clarify does), though such strata compare nobody: they pull it away from what"
        " the others say."
    )
    return replace(told, words=words) if told.strata else told


def _against(
    reference: np.ndarray, group: np.ndarray, good: int, strata: bool, seed: int, replicates: int
) -> dict[str, Measured]:
    """All measures of one group against the reference, from counts (classes, strata) of each."""
    pair = np.stack([reference, group])
    whole = Outcomes(pair, good)
    values = _values(pair[None].astype("float64"), good, strata)
    a, d = whole.n
    told: dict[str, Measured] = {}
    drawn = _values(resampled_cells(pair, replicates, seed), good, strata) if a and d else {}
    apart = _differ(whole.labels)
    for key, value in values.items():
        measure = DATA[key]
        if not np.isfinite(value):
            told[key] = Measured(value=None, why=_why(measure, whole, strata))
            continue
        between, note = measure.interval(whole) if measure.interval else percentiles(drawn[key]), None
        if measure.from_zero and between is not None and not apart:
            between, note = (0.0, between[1]), UNCLEAR
        told[key] = Measured(value=float(value), ci=between, note=note, thin=True if min(a, d) < THIN else None)
    return told


def _values(cells: np.ndarray, good: int, strata: bool) -> dict[str, np.ndarray]:
    """Every measure of tables (…, 2 groups, classes, strata), the reference first; NaN where it is not defined."""
    found = Outcomes(cells, good)
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            key: np.squeeze(measure.of(found) if strata or not measure.by_strata else np.full(found.both.shape, np.nan))
            for key, measure in DATA.items()
            if measure.of is not None
        }


def _differ(counts: np.ndarray) -> bool:
    """Whether the outcomes of two groups (2, classes) differ by a chi-square test at 5 %."""
    from scipy.stats import chi2_contingency

    counts = counts[:, counts.sum(axis=0) > 0]
    if counts.shape[1] < 2 or (counts.sum(axis=1) == 0).any():
        return False
    return bool(chi2_contingency(counts, correction=False).pvalue < 0.05)


def _why(measure: DataMeasure, found: Outcomes, strata: bool) -> str:
    """Why a measure is not defined for these counts."""
    for n, group in zip(found.n, ("reference group", "group"), strict=True):
        if not n:
            return f"nobody in the {group} has a known outcome"
    if measure.by_strata and not strata:
        return "no strata are chosen"
    return measure.why or ("everybody has the good outcome" if found.right.sum() else "nobody has the good outcome")


def _consistency(
    table: Table, frame: pd.DataFrame, found: Groups, outcome: Outcome, without: Sequence[str], seed: int
) -> tuple[Measured, Nearest]:
    """Whether people who are alike have the same outcome, and how it was looked up."""
    from sklearn.neighbors import NearestNeighbors

    rows = np.flatnonzero(outcome.known)
    if len(rows) > LOOKED_AT:
        rows = np.sort(np.random.default_rng(seed).choice(rows, LOOKED_AT, replace=False))
    part = frame.iloc[rows]
    chosen = features(table.columns, part, leave_out=[*found.columns, *without])
    how = Nearest(rows=len(rows), of=int(outcome.known.sum()), neighbours=NEIGHBOURS, features=list(chosen.names))
    if len(rows) <= NEIGHBOURS or not chosen.names:
        why = "there are too few rows" if chosen.names else "no column is left to tell who is alike"
        return Measured(value=None, why=why), how
    matrix = np.clip(encoder(chosen).fit_transform(plain(part, chosen)), -1e6, 1e6)
    # without the row itself
    nearest = NearestNeighbors(n_neighbors=NEIGHBOURS).fit(matrix).kneighbors(return_distance=False)
    good = outcome.good[rows].astype("float64")
    apart = np.abs(good - good[nearest].mean(axis=1))
    value, width = 1 - float(apart.mean()), 1.959964 * float(apart.std(ddof=1)) / np.sqrt(len(rows))
    return Measured(value=value, ci=(float(max(0.0, value - width)), float(min(1.0, value + width)))), how
