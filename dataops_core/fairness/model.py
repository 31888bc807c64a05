"""Measures of a model's decisions by group, through Fairlearn's MetricFrame; what is divided by nothing is None, never
0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, nearest
from dataops_core.evaluation.measures.calibration import calibration_error, curve
from dataops_core.fairness.group_definitions import THIN, UNKNOWN
from dataops_core.fairness.measures import NOTIONS, RATES
from dataops_core.fairness.measures.measure import CELLS
from dataops_core.record import Record, absent, spread
from dataops_core.stats.proportions import REPLICATES, percentiles, resampled_cells, wilson


@dataclass(frozen=True, kw_only=True)
class Rate(Record):
    """A rate of decisions in a group."""

    value: float | None  # hits / of; null where there is nobody to count
    hits: int
    of: int
    ci: tuple[float, float] | None = None  # 95 % interval (Wilson)
    boot: tuple[float, float] | None = None  # 95 % interval (bootstrap)
    thin: bool  # few rows to count
    why: str | None = absent()  # why there is no value


@dataclass(frozen=True, kw_only=True)
class CurvePoint(Record):
    """Rows with about the same probability."""

    mean: float  # of their probabilities
    observed: float  # share of the good outcome
    rows: int


@dataclass(frozen=True, kw_only=True)
class Calibration(Record):
    """How near probabilities are to what happened."""

    mean_predicted: float | None = None
    observed: float | None = None  # share of the good outcome
    gap: float | None = None  # predicted less observed
    error: float | None = None  # expected calibration error, over ten ranges of the probability
    curve: list[CurvePoint]
    thin: bool
    why: str | None = absent()


@dataclass(frozen=True, kw_only=True)
class GroupDecisions(Record):
    """The decisions about a group."""

    n: int  # rows
    cells: dict[str, int]  # tn, fp, fn, tp
    rates: dict[str, Rate] = spread()  # selection_rate, tpr, fpr, fnr, precision, accuracy
    calibration: Calibration | None = absent()


@dataclass(frozen=True, kw_only=True)
class Disparity(Record):
    """How far a rate, or what a notion of fairness asks for, differs between groups."""

    difference: float | None = None  # the highest rate less the lowest
    ratio: float | None = None  # the lowest rate / the highest
    lowest: str | None = absent()  # the group with the lowest rate
    highest: str | None = absent()
    undefined: list[str]  # groups without such a rate
    why: str | None = absent()  # why there is no difference or no ratio
    without_thin: Disparity | None = absent()  # the same without groups of few rows


@dataclass(frozen=True, kw_only=True)
class ControlledDecisions(Record):
    """The decisions within one value of the control feature."""

    groups: dict[str, GroupDecisions]
    fairness: dict[str, Disparity]


@dataclass(frozen=True, kw_only=True)
class ModelMeasures(Record):
    """Decisions by group."""

    rows: int  # with an outcome and a decision
    reference: str
    thin: int
    about: dict[str, dict[str, str]]  # of each rate its title and formula
    about_fairness: dict[str, dict[str, str]]
    seed: int
    overall: GroupDecisions
    groups: dict[str, GroupDecisions]
    fairness: dict[str, Disparity]  # of each rate, and of demographic parity, equal opportunity and equalised odds
    controlled: dict[str, ControlledDecisions] | None = absent()  # within each value of the control feature


def _four(truth: Any, chosen: Any) -> tuple[int, ...]:
    """The four cells of the confusion table: tn, fp, fn, tp."""
    return tuple(
        int(n) for n in np.bincount(2 * np.asarray(truth, dtype=int) + np.asarray(chosen, dtype=int), minlength=4)
    )


def model_measures(
    truth: Sequence[bool] | np.ndarray,
    chosen: Sequence[bool] | np.ndarray,
    groups: Sequence[str | None] | np.ndarray,
    *,
    chances: Sequence[float] | np.ndarray | None = None,
    control: Sequence[str | None] | np.ndarray | None = None,
    reference: str | None = None,
    thin: int = THIN,
    seed: int = 0,
    replicates: int = REPLICATES,
) -> ModelMeasures:
    """Judge decisions by group; all arguments have one entry per row (rows,): whether the outcome is good, whether the
    decision is, the group (None: "unknown"), the probability of the good outcome, and the level of a control feature.

    The bootstrap draws from the multinomial distribution of the confusion cells. Differences and ratios are taken over
    all groups where a rate is defined, and without thin ones. Calibration is told with chances, and what holds within
    each level with a control. Raises SettingError for no rows.
    """
    good, made = np.asarray(truth, dtype=bool), np.asarray(chosen, dtype=bool)
    if not len(good):
        raise SettingError("There is no decision to judge.", "model", "Bring rows with an outcome and a decision.")
    names = _texts(groups)
    counts = _counted(good, made, names, None)[""]
    if reference is not None and reference not in counts:
        raise SettingError(f'There is no group "{reference}".', "reference", nearest(reference, counts))
    overall = _told(np.sum(list(counts.values()), axis=0), thin)
    by_group = _by_group(counts, thin, seed, replicates)
    if chances is not None:
        given = np.asarray(chances, dtype="float64")
        overall = replace(overall, calibration=_calibration(given, good, thin))
        by_group = {
            name: replace(each, calibration=_calibration(given[names == name], good[names == name], thin))
            for name, each in by_group.items()
        }
    levels = {} if control is None else _counted(good, made, names, _texts(control))
    controlled = {
        level: ControlledDecisions(
            groups={name: _told(each, thin) for name, each in inside.items()}, fairness=_fairness(inside, thin)
        )
        for level, inside in levels.items()
    }
    return ModelMeasures(
        rows=len(good),
        reference=reference or _largest(counts),
        thin=thin,
        about={key: rate.about for key, rate in RATES.items()},
        about_fairness={key: notion.about for key, notion in NOTIONS.items()},
        seed=seed,
        overall=overall,
        groups=by_group,
        fairness=_fairness(counts, thin),
        controlled=None if control is None else controlled,
    )


def _texts(groups: Sequence[str | None] | np.ndarray) -> np.ndarray:
    """Names without gaps: MetricFrame raises for a missing one, and a missing group is one."""
    return np.array([UNKNOWN if pd.isna(name) else str(name) for name in groups], dtype=object)


def _largest(counts: dict[str, np.ndarray]) -> str:
    known = [name for name in counts if name != UNKNOWN] or list(counts)
    return max(known, key=lambda name: (int(counts[name].sum()), name))


def _counted(
    good: np.ndarray, made: np.ndarray, names: np.ndarray, control: np.ndarray | None
) -> dict[str, dict[str, np.ndarray]]:
    """The confusion cells (4,) of every group, by level of the control feature ("" without one); a group without rows
    has none.
    """
    from fairlearn.metrics import MetricFrame

    features = {"group": pd.Series(names, name="group")}
    levels = None if control is None else pd.Series(control, name="control")
    frame = MetricFrame(
        metrics={"cells": _four},
        y_true=good,
        y_pred=made,
        sensitive_features=pd.DataFrame(features),
        control_features=levels,
    )
    told: dict[str, dict[str, np.ndarray]] = {}
    for key, cells in frame.by_group["cells"].items():
        level, name = ("", key) if control is None else key
        if isinstance(cells, tuple):  # NaN where no row has both
            told.setdefault(level, {})[name] = np.array(cells, dtype="int64")
    return told


def _rate(cells: np.ndarray, measure: str) -> tuple[np.ndarray, np.ndarray]:
    """Hits and what they are counted of, from cells (…, 4)."""
    rate = RATES[measure]
    return sum(cells[..., CELLS.index(c)] for c in rate.hits), sum(cells[..., CELLS.index(c)] for c in rate.of)  # type: ignore[return-value]


def _told(cells: np.ndarray, thin: int, drawn: np.ndarray | None = None) -> GroupDecisions:
    rates = {}
    for measure, about in RATES.items():
        hits, of = (int(n) for n in _rate(cells, measure))
        if not of:
            rates[measure] = Rate(value=None, hits=0, of=0, thin=True, why=about.why)
            continue
        low, high = wilson(hits, of)
        boot = None
        if drawn is not None:
            with np.errstate(divide="ignore", invalid="ignore"):
                top, below = _rate(drawn, measure)
                boot = percentiles(top / below)
        rates[measure] = Rate(
            value=hits / of, hits=hits, of=of, ci=(float(low), float(high)), boot=boot, thin=of < thin
        )
    counted = dict(zip(CELLS, (int(n) for n in cells), strict=True))
    return GroupDecisions(n=int(cells.sum()), cells=counted, rates=rates)


def _by_group(counts: dict[str, np.ndarray], thin: int, seed: int, replicates: int) -> dict[str, GroupDecisions]:
    """What is told of each group; rows are resampled over all groups at once, as MetricFrame does it, but by their
    cells.
    """
    order = sorted(counts, key=lambda name: (name == UNKNOWN, -int(counts[name].sum()), name))
    size = max(1, 2_000_000 // (4 * max(1, replicates)))  # groups drawn at once
    told: dict[str, GroupDecisions] = {}
    whole = np.array([counts[name] for name in order])
    rng = np.random.SeedSequence(seed % 2**32).generate_state(len(order) // size + 1)
    for number, first in enumerate(range(0, len(order), size)):
        part = whole[first : first + size]
        rest = whole.sum() - part.sum()
        drawn = resampled_cells(np.concatenate([part.ravel(), [rest]]), replicates, int(rng[number]))[:, :-1].reshape(
            -1, *part.shape
        )
        for at, name in enumerate(order[first : first + size]):
            told[name] = _told(part[at], thin, drawn[:, at])
    return told


def _fairness(counts: dict[str, np.ndarray], thin: int) -> dict[str, Disparity]:
    """Differences and ratios over groups, of each measure and of the three notions of fairness."""
    told: dict[str, Disparity] = {}
    for measure in RATES:
        pairs = {name: _rate(cells, measure) for name, cells in counts.items()}
        rates = {name: (int(hits) / int(of), int(of)) for name, (hits, of) in pairs.items() if of}
        told[measure] = replace(
            _apart({name: rate for name, (rate, _) in rates.items()}, [name for name in counts if name not in rates]),
            without_thin=_apart({name: rate for name, (rate, of) in rates.items() if of >= thin}, []),
        )
    for notion, about in NOTIONS.items():
        parts = [told[measure] for measure in about.rates]
        differences = [part.difference for part in parts if part.difference is not None]
        ratios = [part.ratio for part in parts if part.ratio is not None]
        told[notion] = Disparity(
            difference=max(differences) if len(differences) == len(parts) else None,
            ratio=min(ratios) if len(ratios) == len(parts) else None,
            undefined=sorted({name for part in parts for name in part.undefined}),
            why=next((part.why for part in parts if part.why is not None), None),
        )
    return told


def _apart(rates: dict[str, float], undefined: list[str]) -> Disparity:
    if len(rates) < 2:
        return Disparity(undefined=undefined, why="fewer than two groups have such a rate")
    lowest, highest = min(rates, key=lambda name: (rates[name], name)), max(rates, key=lambda name: (rates[name], name))
    return Disparity(
        difference=rates[highest] - rates[lowest],
        ratio=rates[lowest] / rates[highest] if rates[highest] else None,
        lowest=lowest,
        highest=highest,
        undefined=undefined,
        why=None if rates[highest] else "all rates are 0, so none can be divided by another",
    )


def _calibration(chances: np.ndarray, good: np.ndarray, thin: int) -> Calibration:
    """How near probabilities are to what happened: mean of both, the expected calibration error, and the points of a
    curve.
    """
    if not len(chances):
        return Calibration(curve=[], thin=True, why="nobody is in the group")
    points = [CurvePoint.from_json(each) for each in curve(chances, good)]
    return Calibration(
        mean_predicted=float(chances.mean()),
        observed=float(good.mean()),
        gap=float(chances.mean() - good.mean()),
        error=calibration_error(chances, good),
        curve=points,
        thin=len(chances) < thin,
    )
