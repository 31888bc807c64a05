"""The chance in the rows that a way to act on bias learns from: what it does when it learns from other rows."""

from __future__ import annotations

import contextlib
import functools
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from dataops_core.errors import DataOpsError, Skip
from dataops_core.evaluation.kept_folds import InMemory, KeptJson, KeptWork, array_from_json, array_to_json
from dataops_core.fairness.mitigation_results import Change
from dataops_core.fairness.mitigations import SLOW, Setup, decided, fitted
from dataops_core.models import one_thread, plain

REFITS = 20  # the spread of 5 is so uncertain that 5 of 60 tables without any effect had one claimed
SLOW_REFITS = 10  # of ways that take long
FEWEST = 5  # that have to succeed before anything is claimed
Refit = tuple[np.ndarray, np.ndarray]  # the decisions of a way, and those of the baseline


def refits(
    names: Sequence[str],
    setup: Setup,
    work: KeptWork | None = None,
    progress: Callable[[float], None] = lambda _share: None,
) -> dict[str, list[Refit]]:
    """The decisions of some methods, and of the baseline, learned again from bootstrap samples of the training rows.

    A sample from which a method cannot learn, for want of an outcome in a group, does not count. What `work` has kept
    is not learned again.
    """
    told: dict[str, list[Refit]] = {name: [] for name in names}
    work = work or KeptWork(InMemory(), "")
    many = {name: SLOW_REFITS if name in SLOW else REFITS for name in names}
    with one_thread(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as in the first run
        for number in range(max(many.values(), default=0)):
            progress(number / max(many.values()))
            other = _resampled(setup, number)
            if len(set(other.good[other.train].tolist())) < 2:
                continue
            baseline = functools.cache(
                functools.partial(fitted, other, other.frame.iloc[other.train], other.good[other.train])
            )
            for name in names:
                if number < many[name]:
                    with contextlib.suppress(DataOpsError, Skip, ValueError):
                        made = work.once(functools.partial(_again, name, other, baseline), "refit", name, number)
                        told[name].append((array_from_json(made["own"]), array_from_json(made["baseline"])))
    return told


def _again(name: str, other: Setup, baseline: Callable[[], Any]) -> KeptJson:
    """A way and the baseline, both learned from another sample, as JSON values."""
    before = baseline().predict(plain(other.frame.iloc[other.judge], other.chosen))
    return {
        "own": array_to_json(decided(name, other, baseline())),
        "baseline": array_to_json(np.asarray(before, dtype=bool)),
    }


def _resampled(setup: Setup, number: int) -> Setup:
    rng = np.random.default_rng([setup.seed, number])
    train = np.sort(rng.choice(setup.train, len(setup.train)))
    some = train if len(setup.some) == len(setup.train) else np.sort(rng.choice(setup.some, len(setup.some)))
    return replace(setup, train=train, some=some, seed=setup.seed + number + 1)


def p_of_both(change: Change, again: np.ndarray) -> float | None:
    """How often chance in the judged and in the training rows alone gives such a change: Student's t, degrees of
    freedom by Satterthwaite 1946.

    `again` are the changes after learning from other samples of the training rows; of fewer than 20 the degrees of
    freedom are no more than theirs. None where they are too few.
    """
    from scipy.stats import norm, t

    if change.p is None or change.value is None or len(again) < FEWEST or not np.isfinite(again).all():
        return None
    deviations = norm.isf(max(change.p, 1e-300) / 2)
    if deviations <= 0:  # no change at all
        return 1.0
    judged, learned = (change.value / deviations) ** 2, float(again.var(ddof=1))
    if not judged + learned > 0:
        return None
    freedom = (judged + learned) ** 2 / (learned**2 / (len(again) - 1)) if learned > 0 else np.inf
    if len(again) < REFITS:
        freedom = min(freedom, len(again) - 1)
    return float(2 * t.sf(abs(change.value) / np.sqrt(judged + learned), freedom))
