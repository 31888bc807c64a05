"""What a change of a table does to a model that learns from it: the same rows before and after, in the same folds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.evaluation.candidates import NOTHING, Candidate
from dataops_core.evaluation.fold_fit import fit_fold
from dataops_core.evaluation.problem import make_problem
from dataops_core.recipe.recipe import Recipe, RecipeContext
from dataops_core.stats.cross_validation import interval
from dataops_core.table import Column, Table

FOLDS, REPEATS = 5, 4
MOST_ROWS = 10_000
MEASURES = {"classes": "balanced_accuracy", "number": "r2"}


@dataclass(frozen=True)
class Side:
    """A table and those of its rows, by place, that stand for the rows that both sides have, in the same order."""

    table: Table
    rows: np.ndarray


@dataclass(frozen=True)
class TableEffect:
    """The mean score of the linear baseline model before and after, by so many rows, and the paired difference with its
    95 % interval (corrected resampled t-test).
    """

    target: str
    measure: str
    rows: int
    before: float
    after: float
    mean: float
    low: float
    high: float

    @property
    def clear(self) -> bool:
        """Whether the interval of the difference leaves nought out."""
        return self.low > 0 or self.high < 0

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        ends = {name: round(getattr(self, name), 4) for name in ("mean", "low", "high")}
        return {
            "target": self.target,
            "measure": self.measure,
            "rows": self.rows,
            "before": round(self.before, 4),
            "after": round(self.after, 4),
            "difference": ends,
        }


def table_effect(
    before: Side,
    after: Side,
    answers: pd.Series,
    target: Column,
    *,
    leave_out: Sequence[str] = (),
    repeats: int = REPEATS,
    seed: int = 0,
) -> TableEffect:
    """The effect on a model that predicts the target, of which `answers` (rows,) are the cells; balanced accuracy for
    classes, R squared for numbers. Raises SettingError where no model can be judged on the target.
    """
    scores: list[list[float]] = []
    for side in (before, after):
        frame = side.table.frame().iloc[side.rows].reset_index(drop=True)
        frame[target.name] = answers.array
        columns = [*(column for column in side.table.columns if column.name != target.name), target]
        problem = make_problem(
            frame,
            columns,
            target.name,
            RecipeContext(),
            leave_out=[name for name in leave_out if name in side.table.names],
            folds=FOLDS,
            repeats=repeats,
            seed=seed,
            sample=MOST_ROWS,
        )
        measure, nothing = MEASURES[problem.task], Candidate(NOTHING, Recipe())
        scores.append(
            [
                fit_fold(nothing, problem, columns, fold.learn, fold.judge, "linear").scores[measure]
                for fold in problem.plan.rounds
            ]
        )
    apart = interval(
        [then - first for first, then in zip(*scores, strict=True)],
        problem.plan.folds,
        test_share=problem.plan.test_share,
    )
    return TableEffect(
        target.name, measure, len(problem.frame), float(np.mean(scores[0])), float(np.mean(scores[1])), **apart
    )
