"""Which method to take: the best combined score, and of equally good ones the simplest; with the reason in
plain words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from dataops_core.imputation.hide import SHARE
from dataops_core.imputation.methods import SEVERAL
from dataops_core.imputation.results import GroupRecovery, Interval, MethodRecovery, PatternRecovery, Recommendation
from dataops_core.stats.cross_validation import interval as corrected
from dataops_core.steps.step import StepJson

HIDDEN = SHARE / (1 - SHARE)  # hidden cells, over those that methods learn from
CLOSE = 0.01  # a simpler method may be worse by this share, where the difference is within chance
APART = (
    0.01  # numbers and categories get methods of their own where the best single one is worse by more than this share
)


def interval(values: Sequence[float], test_share: float = 0.0, among: int = 1) -> Interval | None:
    """The 95 % interval of a mean, None for fewer than two values: Student's t, or with a `test_share` of judged over
    learned cells (rows) the corrected resampled t-test of the protocol, for what methods learn from overlaps.
    """
    if len(values) < 2:
        return None
    found = corrected(values, 2, among, test_share)
    return found["low"], found["high"]


def losses(runs: Any) -> np.ndarray:
    """Per hiding one number, the less the better: the mean over columns of the nrmse and of the share of wrong
    categories.
    """
    return np.array(
        [
            float(
                np.mean(
                    [
                        each.nrmse if each.nrmse is not None else 1.0 - (each.accuracy or 0.0)
                        for each in columns.values()
                    ]
                )
            )
            for columns in runs.columns
        ]
    )


def recommend(
    told: dict[str, MethodRecovery], runs: dict[str, Any], steps: dict[str, list[StepJson]], order: list[str]
) -> Recommendation:
    """The method to take; a method made of two is added to `told` under a name of its own."""
    names = [name for name in order if name in told and name != SEVERAL] or [name for name in order if name in told]
    by_loss = {name: losses(runs[name]) for name in names}
    best = min(names, key=lambda name: by_loss[name].mean())
    simple = next(name for name in names if name == best or as_good(name, best, told, by_loss))
    parts = {what: _simplest(what, names, told) for what in ("nrmse", "accuracy") if told[best].of(what) is not None}
    worse = {what: _worse(what, told[simple], told[part]) for what, part in parts.items()}
    if len(parts) == 2 and parts["nrmse"] != parts["accuracy"] and max(worse.values()) > APART:
        return _two(parts["nrmse"], parts["accuracy"], simple, told, steps)
    peers = [name for name in names if name != simple and _by_chance(by_loss[simple], by_loss[name])]
    reason = _reason(simple, best, told, names, peers)
    return Recommendation(recommended=simple, reason=reason, step=steps[simple][0], steps=steps[simple])


def as_good(name: str, best: str, told: dict[str, MethodRecovery], by_loss: dict[str, np.ndarray]) -> bool:
    """Whether a method is no worse than the best beyond chance (paired over the hidings), nor by more than 1 % in any
    measure.
    """
    if any(_worse(what, told[name], told[best]) > CLOSE for what in ("nrmse", "accuracy")) or len(by_loss[name]) != len(
        by_loss[best]
    ):
        return False
    apart = interval((by_loss[name] - by_loss[best]).tolist(), HIDDEN, max(1, len(by_loss) - 1))
    return apart is None or apart[0] <= 0.0


def _by_chance(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether the losses of two methods, paired over the hidings, differ by no more than chance."""
    apart = interval((other - one).tolist(), HIDDEN) if len(one) == len(other) else None
    return apart is None or apart[0] <= 0.0 <= apart[1]


def _worse(what: str, one: MethodRecovery, other: MethodRecovery) -> float:
    """By which share the one is worse than the other in a measure; 0 where there is none."""
    mine, theirs = one.of(what), other.of(what)
    if mine is None or theirs is None:
        return 0.0
    return mine / max(theirs, 1e-12) - 1.0 if what == "nrmse" else 1.0 - mine / max(theirs, 1e-12)


def _simplest(what: str, names: list[str], told: dict[str, MethodRecovery]) -> str:
    """The simplest method that is within 0.5 % of the best in one measure."""
    able = [name for name in names if told[name].of(what) is not None]
    if (
        what == "accuracy" and "most_frequent" in able
    ):  # mean and median give categories the same, under a name that misleads
        able = [name for name in able if name not in ("mean", "median")]
    best = min(able, key=lambda name: (told[name].of(what) or 0.0) * (1 if what == "nrmse" else -1))
    return next(name for name in able if _worse(what, told[name], told[best]) <= CLOSE / 2)


def _two(
    numbers: str, categories: str, single: str, told: dict[str, MethodRecovery], steps: dict[str, list[StepJson]]
) -> Recommendation:
    """A recommendation of one method for numbers and another for categories."""

    def only(entries: list[StepJson], wanted: set[str]) -> list[StepJson]:
        kept = [
            entry | {"with": entry["with"] | {"columns": [name for name in entry["with"]["columns"] if name in wanted]}}
            for entry in entries
        ]
        return [entry for entry in kept if entry["with"]["columns"]]

    one, other = told[numbers], told[categories]
    columns = {name: each if each.accuracy is None else other.by_column[name] for name, each in one.by_column.items()}
    made = only(steps[numbers], {n for n in columns if columns[n].accuracy is None}) + only(
        steps[categories], {n for n in columns if columns[n].accuracy is not None}
    )
    name = f"{numbers} + {categories}"
    constant = {
        n: v
        for part, has in ((one, False), (other, True))
        for n, v in part.degenerate_columns.items()
        if (columns[n].accuracy is not None) == has
    }
    told[name] = replace(
        one,
        accuracy=other.accuracy,
        accuracy_interval=other.accuracy_interval,
        wasserstein=float(np.mean([each.wasserstein for each in columns.values() if each.wasserstein is not None])),
        wasserstein_interval=None,
        coverage=None,
        coverage_interval=None,
        by_pattern={
            kind: PatternRecovery(nrmse=each.nrmse, accuracy=other.by_pattern[kind].accuracy, wasserstein=None)
            for kind, each in one.by_pattern.items()
        },
        by_column=columns,
        by_group={
            name: {group: _with_categories(each, other.by_group[name].get(group)) for group, each in groups.items()}
            for name, groups in one.by_group.items()
        },
        correlations=None,
        score=None,
        score_interval=None,
        seconds=one.seconds + other.seconds,
        degenerate=bool(constant),
        degenerate_columns=constant,
        warning=" ".join(dict.fromkeys(w for w in (one.warning, other.warning) if w and constant)),
    )
    reason = (
        f"{_named(numbers)} recovers numbers well (error {one.nrmse:.3f}), {_named(categories)} categories"
        f" ({other.accuracy:.1%} right); one method for both, {_named(single)}, would reach"
        f" {told[single].nrmse:.3f} and {told[single].accuracy:.1%}."
    )
    return Recommendation(recommended=name, reason=reason, step=made[0], steps=made)


def _with_categories(numbers: GroupRecovery, categories: GroupRecovery | None) -> GroupRecovery:
    return replace(
        numbers,
        accuracy=categories.accuracy if categories else None,
        accuracy_interval=categories.accuracy_interval if categories else None,
    )


def _named(name: str) -> str:
    return name.replace("_", " ")


def _said(each: MethodRecovery) -> str:
    numbers = [] if each.nrmse is None else [f"an error of {each.nrmse:.3f} standard deviations in numbers"]
    return " and ".join(
        [*numbers, *([] if each.accuracy is None else [f"{each.accuracy:.1%} of the categories right"])]
    )


def _reason(name: str, best: str, told: dict[str, MethodRecovery], names: list[str], peers: list[str]) -> str:
    if name != best:
        return (
            f"{_named(name)} reaches {_said(told[name])}; {_named(best)} is better by no more than chance and 1 %, and"
            " less simple."
        )
    plain = next((other for other in ("mean", "most_frequent", "median") if other in names and other != name), None)
    than = f"; {_named(plain)} reaches {_said(told[plain])}" if plain else ""
    if peers:
        alike = min(peers, key=lambda other: (told[other].nrmse or 0.0) - (told[other].accuracy or 0.0))
        return (
            f"{_named(name)} recovers hidden cells as well as any: {_said(told[name])}; {_named(alike)}, with"
            f" {_said(told[alike])}, is as good as it within chance{than if alike not in than else ''}."
        )
    return f"{_named(name)} recovers hidden cells best: {_said(told[name])}{than}."
