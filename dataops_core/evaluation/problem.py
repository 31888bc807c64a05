"""What is to be predicted, from which rows: the table after the shared steps, the truth, the groups, the folds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.evaluation.folds import Plan, plan_folds, sampled
from dataops_core.evaluation.measures import Task
from dataops_core.models import PARTS, TRAIN
from dataops_core.recipe.recipe import RecipeContext
from dataops_core.steps._cells import cell_texts
from dataops_core.steps._classes import MOST_CLASSES, MOST_NUMBERS, group_keys, group_name
from dataops_core.table import Column, type_of

SAMPLE = 20_000  # rows that a comparison looks at, at most, unless it is asked for more


@dataclass(frozen=True)
class Problem:
    """The rows that teach and judge by turns, with their truth: codes of classes (rows,) or numbers (rows,).

    `held_out` are rows that no fold sees; `of` says how many rows there were before a sample was taken.
    """

    frame: pd.DataFrame
    target: str
    task: Task
    truth: np.ndarray
    classes: tuple[str, ...]
    favorable: str | None
    groups: dict[str, np.ndarray]  # names of groups (rows,) by sensitive column
    leave_out: tuple[str, ...]
    plan: Plan
    held_out: pd.DataFrame
    of: int

    @property
    def rare(self) -> int:
        """The code of the rarest class."""
        return int(np.bincount(self.truth, minlength=len(self.classes)).argmin())

    @property
    def good(self) -> int | None:
        """The code of the class by whose share groups are compared: the favorable one; of two classes, without a
        favorable one, the second, for their gaps are the same; None where that is not settled.
        """
        if self.favorable is not None:
            return self.classes.index(self.favorable)
        return 1 if len(self.classes) == 2 else None

    @property
    def unit(self) -> float:
        """What one stands for in measures that have the target's unit: its standard deviation."""
        return 1.0 if self.task == "classes" else float(self.truth.std()) or 1.0

    def labels(self, column: pd.Series) -> np.ndarray:
        """Cells of a target as codes or numbers (rows,); -1 or NaN for what is no known class or no number."""
        if self.task == "number":
            if type_of(column) not in ("integer", "decimal"):
                return np.full(len(column), np.nan)
            return column.to_numpy(dtype="float64", na_value=np.nan)
        place = {name: code for code, name in enumerate(self.classes)}
        return np.array(
            [-1 if text is None else place.get(text, -1) for text in cell_texts(column, time=True)], dtype="int64"
        )


def task_of(column: pd.Series, kind: str) -> Task:
    """Whether a target is a class or a number; raises SettingError where it is neither."""
    storage, known = type_of(column), column.dropna()
    distinct = int(known.nunique())
    if distinct < 2:
        raise SettingError(
            f'"{column.name}" holds {"one value" if distinct else "nothing"}, so there is nothing to predict.',
            "target",
            "Choose another target.",
        )
    if storage in ("integer", "decimal") and kind != "category" and distinct > MOST_NUMBERS:
        return "number"
    if distinct > MOST_CLASSES or (storage == "datetime" and distinct > MOST_NUMBERS):
        held = "dates" if storage == "datetime" else "texts or identifiers"
        raise SettingError(
            f'"{column.name}" has {distinct:,} different values: {held}, which no model here predicts.',
            "target",
            f"Choose a number, or a column with at most {MOST_CLASSES} values.",
        )
    return "classes"


def make_problem(
    frame: pd.DataFrame,
    columns: Sequence[Column],
    target: str,
    context: RecipeContext,
    *,
    favorable: str | None = None,
    sensitive: Sequence[str] = (),
    leave_out: Sequence[str] = (),
    groups: str | None = None,
    time: str | None = None,
    folds: int = 5,
    repeats: int = 2,
    seed: int = 0,
    sample: int = SAMPLE,
) -> Problem:
    """The problem that a table poses after the shared steps; `context` names the column of a split, whose training rows
    alone are used and whose test rows (else validation rows) are held out.

    Raises SettingError where a name is unknown, the target cannot be predicted or there are too few rows.
    """
    known = {column.name: column for column in columns}
    for name in (target, *sensitive, *leave_out, *filter(None, (groups, time))):
        if name not in known or name not in frame.columns:
            raise SettingError(
                f'There is no column "{name}" after the steps that all recipes share.',
                "compare",
                f"Available columns: {', '.join(list(frame.columns)[:20])}.",
            )
    task = task_of(frame[target], known[target].kind)
    frame = frame[frame[target].notna().to_numpy()]
    held_out = frame.iloc[:0]
    if context.split is not None:
        parts = frame[context.split].to_numpy()
        held_out = next((rows for part in reversed(PARTS[1:]) if len(rows := frame[parts == part])), held_out)
        frame = frame[parts == TRAIN]
        if frame.empty:
            raise SettingError(
                f'No row of "{context.split}" says "{TRAIN}", so there is nothing to learn from.',
                context.split,
                "Change the split.",
            )
    texts = cell_texts(frame[target], time=True) if task == "classes" else []
    classes = tuple(sorted({text for text in texts if text is not None}))
    if task == "classes" and len(classes) < 2:
        raise SettingError(f'All training rows of "{target}" say the same.', "target", "Change the split.")
    if favorable is not None and favorable not in classes:
        raise SettingError(
            f'"{target}" has no value "{favorable}".',
            "favorable",
            f"Its values: {', '.join(classes[:20]) or 'numbers'}.",
        )
    place = {name: code for code, name in enumerate(classes)}
    truth = (
        np.array([place[str(text)] for text in texts], dtype="int64")
        if task == "classes"
        else frame[target].to_numpy(dtype="float64")
    )
    codes = truth if task == "classes" else None
    of, kept = len(frame), sampled(len(frame), sample, codes, seed)
    frame, truth = frame.iloc[kept], truth[kept]
    plan = plan_folds(
        len(frame),
        truth if task == "classes" else None,
        groups=None if groups is None else pd.factorize(frame[groups], use_na_sentinel=False)[0],
        time=None if time is None else _moments(frame[time]),
        folds=folds,
        repeats=repeats,
        seed=seed,
    )
    names = {name: np.array([group_name(key) for key in group_keys(frame, [name])], dtype=object) for name in sensitive}
    return Problem(frame, target, task, truth, classes, favorable, names, tuple(leave_out), plan, held_out, of)


def _moments(column: pd.Series) -> np.ndarray:
    if column.isna().any() or type_of(column) not in ("integer", "decimal", "datetime"):
        raise SettingError(
            f'"{column.name}" does not say of every row when it was.', "time", "Choose a column of dates or numbers."
        )
    values = column.to_numpy()
    return np.asarray(values.astype("int64") if type_of(column) == "datetime" else values, dtype="float64")
