"""The methods that the bench compares: names for steps with settings, from the simplest to the most elaborate."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, nearest
from dataops_core.models import Features
from dataops_core.steps import get
from dataops_core.steps.step import StepJson
from dataops_core.table import Column, tidy

METHODS = {  # the simplest first: of equally good methods the first one is recommended
    "mean": "numbers get the mean, categories the most frequent value",
    "median": "numbers get the median, categories the most frequent value",
    "most_frequent": "every column gets its most frequent value",
    "group_median": "numbers get the median of their group, categories its most frequent value",
    "forward": "the last known value, in the order of time",
    "backward": "the next known value, in the order of time",
    "interpolate": (
        "numbers on a straight line between the known values before and after, in the order of time; categories the"
        " last known value"
    ),
    "hot_deck": "the value of another row, drawn by chance",
    "bayesian_ridge": "predicted from the other columns by straight lines",
    "knn": "the five most similar rows are asked",
    "trees": "predicted from the other columns by gradient-boosted trees",
    "several": (
        "drawn five times by chained equations (fill_several_times); judged by the mean of the draws, and by whether"
        " they hold the truth"
    ),
}
SEVERAL = "several"  # which makes copies, and never takes the place of one filling
ALONG = ("forward", "backward", "interpolate")  # which need the order of the rows
MOST_GROUPS = 30


@dataclass(frozen=True)
class Task:
    """What is to be filled, from what: the columns with gaps, the features, and what a method needs to know besides."""

    numbers: tuple[str, ...]
    categories: tuple[str, ...]
    using: tuple[str, ...]
    group: str | None = None
    time: str | None = None

    @property
    def columns(self) -> list[str]:
        """The columns to fill, numbers first."""
        return [*self.numbers, *self.categories]


def offered(task: Task, asked: Sequence[str] | None) -> list[str]:
    """The methods to compare, in order: those asked for, or all that this table offers; an unknown name is refused."""
    for name in asked or ():
        if name not in METHODS:
            raise SettingError(f'There is no method "{name}".', "methods", nearest(name, METHODS))
        if name == "group_median" and task.group is None:
            raise SettingError("There is no column of groups to take medians in.", "methods", "Leave group_median out.")
        if name in ALONG and task.time is None:
            raise SettingError(
                f'"{name}" needs the order of the rows.', "methods", "Name the column with the time (--time)."
            )
    if asked is not None and not asked:
        raise SettingError("No method is chosen.", "methods", f"Choose some of: {', '.join(METHODS)}.")
    if asked:
        return [name for name in METHODS if name in asked]
    left_out = set() if task.numbers else {"mean", "median"}
    left_out |= set() if task.group else {"group_median"}
    left_out |= set() if task.time else set(ALONG)
    left_out |= set() if task.numbers else {"interpolate"}
    return [name for name in METHODS if name not in left_out]


def steps_of(method: str, task: Task) -> list[StepJson]:
    """A method as ready steps of a recipe: [{"op", "with"}, …]."""
    if method in ("mean", "median", "group_median"):
        by = {"by": [task.group]} if method == "group_median" else {}
        how = "mean" if method == "mean" else "median"
        numbers = [_step("fill_missing", task.numbers, how=how, **by)] if task.numbers else []
        return numbers + (
            [_step("fill_missing", task.categories, how="most_frequent", **by)] if task.categories else []
        )
    if method == "most_frequent":
        return [_step("fill_missing", task.columns, how="most_frequent")]
    if (
        method in ALONG
    ):  # what has no known value on the needed side is filled too, or the advice would leave cells empty
        between = (
            [_step("fill_along", task.numbers, how="interpolate", order=task.time)] if method == "interpolate" else []
        )
        columns = task.categories if between else tuple(task.columns)
        carried = (
            [_step("fill_along", columns, how="backward" if method == "backward" else "forward", order=task.time)]
            if columns
            else []
        )
        return [*between, *carried, *steps_of("median", task)]
    if method == "hot_deck":
        return [_step("fill_hot_deck", task.columns)]
    if method == "knn":
        return [_step("fill_from_neighbours", task.columns, using=list(task.using))]
    if method == SEVERAL:
        return [_step("fill_several_times", task.columns, using=list(task.using))]
    return [_step("fill_iterative", task.columns, model=method, using=list(task.using))]


def _step(op: str, columns: Sequence[str], **settings: Any) -> StepJson:
    return {"op": op, "with": {"columns": list(columns), **settings}}


def run_steps(steps: list[StepJson], frame: pd.DataFrame, columns: Sequence[Column], seed: int) -> pd.DataFrame:
    """A frame after some steps, each learning from it and applied to it: the very functions that a recipe runs."""
    for entry in steps:
        step = get(entry["op"])
        given = step.check(entry["with"], columns)
        if "seed" in inspect.signature(step.function).parameters:
            given["seed"] = seed
        learned = {"learned": step.learner(frame, **given)} if step.learner else {}
        frame = tidy(step.function(frame, **given, **learned))
    return frame


def best_group(frame: pd.DataFrame, chosen: Features, numbers: Sequence[str], categories: Sequence[str]) -> str | None:
    """The category, of at most 30 values, whose groups tell most of the columns to fill; None where there is none."""
    best, most = None, 0.0
    for group in chosen.categories:
        key = frame[group].astype(object)
        if not 2 <= key.nunique() <= MOST_GROUPS:
            continue
        told = [_explained(frame[name], key) for name in numbers] + [
            _guessed(frame[name], key) for name in categories if name != group
        ]
        share = float(np.mean(told)) if told else 0.0
        if share > most:
            best, most = group, share
    return best


def _explained(column: pd.Series, key: pd.Series) -> float:
    """The share of a number's variance that lies between groups (eta squared)."""
    from dataops_core.steps._mixed import center_and_scale, numbers, scaled

    cells = numbers(column)
    values = pd.Series(scaled(cells, *center_and_scale(cells)), index=column.index)[key.notna().to_numpy()].dropna()
    if len(values) < 2:
        return 0.0
    middle = values.groupby(key[values.index]).transform("mean")
    return float(middle.var() / values.var()) if values.var() > 0 else 0.0


def _guessed(column: pd.Series, key: pd.Series) -> float:
    """By how much the groups' most frequent values beat the overall one, as a share of its errors."""
    both = pd.DataFrame({"value": column.astype(object), "key": key}).dropna()
    if both.empty:
        return 0.0
    overall = both["value"].value_counts().iloc[0] / len(both)
    grouped = both.groupby("key")["value"].agg(lambda cells: cells.value_counts().iloc[0]).sum() / len(both)
    return float((grouped - overall) / (1 - overall)) if overall < 1 else 0.0
