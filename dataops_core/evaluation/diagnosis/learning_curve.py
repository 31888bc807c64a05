"""The learning curve: would more rows help?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dataops_core.evaluation.candidates import Candidate
from dataops_core.evaluation.fold_fit import Model, fit_fold
from dataops_core.evaluation.measures import Measure
from dataops_core.evaluation.problem import Problem
from dataops_core.evaluation.scoreboard import Estimate
from dataops_core.progress import Progress, no_progress
from dataops_core.recipe.replay import Tables, no_tables
from dataops_core.record import Record
from dataops_core.table import Column

SHARES = (0.2, 0.4, 0.6, 0.8, 1.0)
MATTERS = 4  # times the least difference that matters: a rise that may be so large is not ruled out


@dataclass(frozen=True)
class LearningCurve(Record):
    """The score by the number of rows learned from, and what it says."""

    rows: tuple[int, ...]
    scores: tuple[Estimate, ...]
    says: str


def learning_curve(
    candidate: Candidate,
    problem: Problem,
    columns: Sequence[Column],
    model: Model,
    measure: Measure,
    *,
    seed: int = 0,
    tables: Tables = no_tables,
    progress: Progress = no_progress,
) -> LearningCurve:
    """The candidate's score in the first repeat's folds, learned from a fifth of the training rows, two fifths, and so
    on; raises the error of a step that cannot be done with so few.
    """
    first = [fold for fold in problem.plan.rounds if fold.repeat == 0]
    rng = np.random.default_rng(seed % 2**31)
    orders = [rng.permutation(fold.learn) for fold in first]
    found, sizes = [], []
    for number, share in enumerate(SHARES):
        values = []
        for fold, order in zip(first, orders, strict=True):
            progress(number / len(SHARES), f"Learning from {share:.0%} of the rows")
            some = np.sort(order[: max(2, round(len(order) * share))])
            values.append(fit_fold(candidate, problem, columns, some, fold.judge, model, tables).scores[measure.key])
        sizes.append(round(float(np.mean([len(order) for order in orders])) * share))
        found.append(values)
    step = Estimate.of([last - before for last, before in zip(found[-1], found[-3], strict=True)], problem.plan)
    scale = 1.0 if measure.key == "r2" else problem.unit
    verdict: str = measure.verdict(step.mean, step.low, step.high, scale)
    most = step.high if measure.higher_is_better else -step.low
    if verdict == "no clear difference" and most > MATTERS * measure.least * scale:
        verdict = "cannot be told"
    says = {
        "better": f"More rows would probably help: from {sizes[-3]:,} to {sizes[-1]:,} it still gets clearly better.",
        "worse": "The score falls with more rows: look whether later rows differ from earlier ones.",
        "no clear difference": f"More rows would hardly help: beyond {sizes[-3]:,} the score hardly changes.",
        "cannot be told": "Whether more rows would help cannot be told: the score varies too much from fold to fold.",
    }[verdict]
    return LearningCurve(tuple(sizes), tuple(Estimate.of(values, problem.plan) for values in found), says)
