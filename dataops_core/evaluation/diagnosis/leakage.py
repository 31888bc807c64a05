"""Leaks: what lets a model look better in a comparison than it will be on rows that are really new."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dataops_core.evaluation.problem import Problem
from dataops_core.models import features
from dataops_core.recipe.recipe import RecipeStep
from dataops_core.record import Record
from dataops_core.steps._cells import cell_texts
from dataops_core.steps._mixed import numbers
from dataops_core.steps.encode_target import PARTS, part_of
from dataops_core.table import Column, type_of

KNOWS = 0.98  # area under the ROC curve, or rank correlation, of one column alone
ORDER = 0.65  # that of the order of the rows
REPEATS = 0.01  # share of judged rows with a copy among those that teach
LEAST = 50  # rows


@dataclass(frozen=True)
class Leak(Record):
    """One suspicion: what kind it is, which columns it is about, and what to do."""

    kind: str
    says: str
    columns: tuple[str, ...]
    fix: str


def find_leaks(
    problem: Problem, columns: Sequence[Column], steps: Sequence[Sequence[RecipeStep]], time: str | None = None
) -> list[Leak]:
    """Suspicions about the rows of a problem and the steps of its recipes; `time` is the column that says when a row is
    judged.
    """
    found = [*_learned_before_split(steps)]
    if len(problem.frame) < LEAST:
        return found
    found += _known_columns(problem, columns)
    found += _row_order(problem)
    found += _repeated_rows(problem)
    if time is not None:
        found += _later_dates(problem, time)
    return found


def _learned_before_split(steps: Sequence[Sequence[RecipeStep]]) -> Iterator[Leak]:
    seen: set[str] = set()
    for recipe in steps:
        splits = [at for at, entry in enumerate(recipe) if entry.step and entry.step.split_column]
        for entry in recipe[: splits[0]] if splits else ():
            if entry.step and entry.step.learner and entry.sentence not in seen:
                seen.add(entry.sentence)
                yield Leak(
                    "learned before the split",
                    f'"{entry.sentence}" learns before the rows are split, from the test rows too.',
                    (),
                    "Move the split before it.",
                )


def _known_columns(problem: Problem, columns: Sequence[Column]) -> Iterator[Leak]:
    chosen = features(columns, problem.frame, [problem.target, *problem.leave_out])
    for name in chosen.names:
        strength = _strength(problem.frame[name], problem, name in chosen.categories)
        if strength >= KNOWS:
            yield Leak(
                "knows the target",
                f'"{name}" alone tells "{problem.target}" almost perfectly ({strength:.3f} of 1).',
                (name,),
                "If it is filled in after the outcome is known, leave it out (drop_columns).",
            )
    for column in columns:
        if column.kind == "id" and column.type in ("integer", "decimal") and column.name in problem.frame:
            strength = _strength(problem.frame[column.name], problem, False)
            if strength >= ORDER:
                yield Leak(
                    "an identifier tells the target",
                    f'The identifier "{column.name}" goes with "{problem.target}" ({strength:.2f} of 1): the rows were'
                    " numbered by outcome.",
                    (column.name,),
                    "Do not use it in a model, and ask how the rows were collected.",
                )


def _strength(column: pd.Series, problem: Problem, category: bool) -> float:
    """How well one column alone ranks the target: the area under the ROC curve of the class that it tells best, for
    numbers the rank correlation.
    """
    if category:
        return max(_ranked(_mean_of_others(column, answer), answer) for answer in _answers(problem))
    values = numbers(column)
    return max(_ranked(values, answer) for answer in _answers(problem))


def _answers(problem: Problem) -> list[np.ndarray]:
    if problem.task == "number":
        return [problem.truth]
    some = range(1, len(problem.classes)) if len(problem.classes) == 2 else range(min(10, len(problem.classes)))
    return [(problem.truth == code).astype(float) for code in some]


def _mean_of_others(column: pd.Series, answer: np.ndarray) -> np.ndarray:
    """For each row the mean answer of rows in the other parts with the same category."""
    codes, _ = pd.factorize(pd.Series(cell_texts(column, time=True), dtype=object), use_na_sentinel=False)
    parts, made = part_of(column.index), np.zeros(len(column))
    for part in range(PARTS):
        learn = parts != part
        count = np.bincount(codes[learn], minlength=codes.max() + 1) + 1.0
        total = np.bincount(codes[learn], weights=answer[learn], minlength=codes.max() + 1) + answer[learn].mean()
        made[~learn] = (total / count)[codes[~learn]]
    return made


def _ranked(values: np.ndarray, answer: np.ndarray) -> float:
    from scipy.stats import rankdata

    known = ~np.isnan(values)
    if known.sum() < LEAST or known.mean() < 0.5:
        return 0.0
    ranks, some = rankdata(values[known]), answer[known]
    if len(np.unique(some)) == 2:
        good = some == some.max()
        n, m = good.sum(), (~good).sum()
        area = (ranks[good].sum() - n * (n + 1) / 2) / (n * m)
        return float(max(area, 1 - area))
    if ranks.std() == 0 or some.std() == 0:
        return 0.0
    return float(abs(np.corrcoef(ranks, rankdata(some))[0, 1]))


def _row_order(problem: Problem) -> Iterator[Leak]:
    place = problem.frame.index.to_numpy(dtype="float64")
    if problem.plan.how == "by time":
        return
    strength = max(_ranked(place, answer) for answer in _answers(problem))
    if strength >= ORDER:
        yield Leak(
            "the order of rows tells the target",
            f'Rows are sorted by "{problem.target}", at least in part ({strength:.2f} of 1).',
            (),
            "Leave out columns that count rows; if the order is that of time, judge by later rows (--time).",
        )


def _repeated_rows(problem: Problem) -> Iterator[Leak]:
    columns = [name for name in problem.frame.columns if name not in problem.leave_out]
    marks = pd.util.hash_pandas_object(problem.frame[columns], index=False).to_numpy()
    fold = problem.plan.rounds[0]
    share = float(np.isin(marks[fold.judge], marks[fold.learn]).mean())
    if share >= REPEATS:
        yield Leak(
            "rows repeat",
            f"{share:.1%} of the rows that judge have an exact copy among the rows that teach.",
            (),
            "Drop duplicate rows first, or keep equal rows in one fold (--groups on the command line).",
        )


def _later_dates(problem: Problem, time: str) -> Iterator[Leak]:
    if type_of(problem.frame[time]) != "datetime":
        return
    when = numbers(problem.frame[time])
    for name in problem.frame.columns:
        if name == time or type_of(problem.frame[name]) != "datetime" or name in problem.leave_out:
            continue
        other = numbers(problem.frame[name])
        both = ~np.isnan(when) & ~np.isnan(other)
        if both.sum() >= LEAST and (other[both] > when[both]).mean() > 0.5:
            yield Leak(
                "a date from the future",
                f'"{name}" lies after "{time}" in most rows, so it is not known yet when a row is judged.',
                (name,),
                "Leave it out (drop_columns).",
            )
