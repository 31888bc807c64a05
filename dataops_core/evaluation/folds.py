"""Folds: which rows teach and which judge, the same for every candidate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from dataops_core.errors import SettingError

How = Literal["stratified", "at random", "by group", "by time"]


@dataclass(frozen=True)
class Fold:
    """One round of cross-validation: the places (rows,) of the rows that teach and of those that judge."""

    repeat: int
    number: int
    learn: np.ndarray
    judge: np.ndarray


@dataclass(frozen=True)
class Plan:
    """How rows are held back; `test_share` is what a fold judges by, as a share of what it learns from."""

    how: How
    folds: int
    repeats: int
    rounds: tuple[Fold, ...]

    @property
    def test_share(self) -> float:
        """The mean of judged rows over learned rows, as the corrected interval needs it (Nadeau and Bengio, 2003)."""
        return float(np.mean([len(each.judge) / len(each.learn) for each in self.rounds]))


def plan_folds(
    rows: int,
    classes: np.ndarray | None,
    *,
    groups: np.ndarray | None = None,
    time: np.ndarray | None = None,
    folds: int = 5,
    repeats: int = 2,
    seed: int = 0,
) -> Plan:
    """Folds over so many rows: stratified by class codes (rows,) where there are any; groups (rows,) stay whole; with a
    time (rows,) each fold judges by rows later than those it learns from, and there is one repeat.

    Raises SettingError where there are too few rows, rows of a class, or groups for two folds.
    """
    from sklearn.model_selection import GroupKFold, KFold, StratifiedGroupKFold, StratifiedKFold, TimeSeriesSplit

    if not 2 <= folds <= 20 or not 1 <= repeats <= 20:
        raise SettingError(f"{folds} folds, {repeats} repeats: too few or too many.", "compare", "Give 2 to 20 folds.")
    units = rows if groups is None else len(np.unique(groups))
    least = rows if classes is None or time is not None else int(np.bincount(classes)[np.unique(classes)].min())
    if min(units, rows) < 2 * folds or least < 2:
        raise SettingError(
            f"{units:,} {'rows' if groups is None else 'groups'} are too few for {folds} folds"
            + ("." if least >= 2 else ": a class has one row only."),
            "compare",
            "Bring more rows, join rare classes, or ask for fewer folds.",
        )
    folds = min(folds, least) if classes is not None and time is None else folds
    places = np.zeros(rows)
    rounds: list[Fold] = []
    if time is not None:
        order = np.argsort(time, kind="stable")
        for number, (learn, judge) in enumerate(TimeSeriesSplit(folds).split(places)):
            start = time[order[judge[0]]]  # rows of one moment stay on one side
            rounds.append(Fold(0, number, order[learn][time[order[learn]] < start], order[judge]))
        kept = tuple(each for each in rounds if len(each.learn))
        if len(kept) < 2:
            raise SettingError("Too few different moments to judge later rows.", "compare", "Leave out --time.")
        return Plan("by time", folds, 1, kept)
    how: How = "at random" if classes is None else "stratified"
    for repeat in range(repeats):
        lot = seed % 2**31 + repeat
        if groups is not None:
            how = "by group"
            splitter = (
                GroupKFold(folds, shuffle=True, random_state=lot)
                if classes is None
                else StratifiedGroupKFold(folds, shuffle=True, random_state=lot)
            )
        else:
            splitter = (KFold if classes is None else StratifiedKFold)(folds, shuffle=True, random_state=lot)
        for number, (learn, judge) in enumerate(splitter.split(places, classes, groups)):
            rounds.append(Fold(repeat, number, learn, judge))
    return Plan(how, folds, repeats, tuple(rounds))


def stratified(classes: np.ndarray, folds: int, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """The places of the rows that learn and of those that judge, in one repeat of folds stratified by class (rows,)."""
    codes = np.unique(classes, return_inverse=True)[1]
    return [
        (each.learn, each.judge) for each in plan_folds(len(codes), codes, folds=folds, repeats=1, seed=seed).rounds
    ]


def held_back(classes: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Places (rows,) of a share of the rows of every class, which are to judge alone."""
    rng = np.random.default_rng(seed % 2**31)
    held = [np.zeros(0, dtype="int64")]
    for code in np.unique(classes):
        here = rng.permutation(np.flatnonzero(classes == code))
        held.append(here[: round(len(here) * share)])
    return np.sort(np.concatenate(held))


def sampled(rows: int, most: int, classes: np.ndarray | None, seed: int, least: int = 20) -> np.ndarray:
    """Places (rows,) of at most about so many rows, every class by its share and with `least` of its rows where it has
    as many.
    """
    if rows <= most:
        return np.arange(rows)
    rng = np.random.default_rng(seed % 2**31)
    if classes is None:
        return np.sort(rng.choice(rows, most, replace=False))
    kept = []
    for code in np.unique(classes):
        here = np.flatnonzero(classes == code)
        kept.append(rng.choice(here, min(len(here), max(least, round(len(here) * most / rows))), replace=False))
    return np.sort(np.concatenate(kept))


def repeated(values: Sequence[float], plan: Plan, repeats: int) -> list[float]:
    """The results of the first so many repeats."""
    return [value for value, fold in zip(values, plan.rounds, strict=False) if fold.repeat < repeats]
