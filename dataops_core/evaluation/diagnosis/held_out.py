"""One look at the rows that no fold has seen, for the recipe that was chosen."""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dataops_core.evaluation.candidates import Candidate
from dataops_core.evaluation.fold_fit import Model, fit_model, judged_by
from dataops_core.evaluation.problem import Problem
from dataops_core.models import one_thread
from dataops_core.recipe.replay import Tables, no_tables
from dataops_core.record import Record
from dataops_core.table import Column


@dataclass(frozen=True)
class HeldOut(Record):
    """The scores of the chosen candidate on the held-out rows, learned from all training rows."""

    name: str
    rows: int
    learned_from: int
    scores: Mapping[str, float]


def look_once(
    candidate: Candidate, problem: Problem, columns: Sequence[Column], model: Model, tables: Tables = no_tables
) -> HeldOut:
    """Fit the candidate on all training rows of the problem and judge it on the held-out ones (with a known class)."""
    rows = problem.held_out
    truth = problem.labels(rows[problem.target])
    known = truth >= 0 if problem.task == "classes" else ~np.isnan(truth)
    rows, truth = rows[known], truth[known]
    with warnings.catch_warnings(), one_thread():
        warnings.simplefilter("ignore")
        begin = time.perf_counter()
        fitted, learned_from = fit_model(candidate, problem, columns, problem.frame, model, tables)
        result = judged_by(fitted, candidate, problem, rows, truth, learned_from, begin)
    return HeldOut(candidate.name, len(rows), learned_from, result.scores)
