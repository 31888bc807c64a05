"""Choices that are worth comparing on this table: how to treat gaps, outliers, categories, classes and groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from dataops_core.evaluation.problem import task_of
from dataops_core.models import features
from dataops_core.table import Column

LEAVE = "Leave"
Grid = dict[str, dict[str, Any]]


def suggest_choices(
    frame: pd.DataFrame,
    columns: Sequence[Column],
    target: str,
    *,
    favorable: str | None = None,
    sensitive: Sequence[str] = (),
    leave_out: Sequence[str] = (),
) -> Grid:
    """A grid of the choices that fit a table, each with the option to leave things as they are first.

    Raises SettingError where the target is no class and no number.
    """
    kind = {column.name: column.kind for column in columns}
    task = task_of(frame[target], kind.get(target, ""))
    chosen = features(columns, frame, [target, *leave_out])
    numbers = [name for name in chosen.numbers if not str(frame[name].dtype).startswith("datetime")]
    gaps = [name for name in chosen.names if frame[name].isna().any()]
    categories = list(chosen.categories)
    made: Grid = {}
    if gaps:
        made["Missing values"] = _gaps(numbers, categories, gaps, chosen.names)
    if numbers:
        made["Outliers"] = {LEAVE: None, "Cap": _step("treat_outliers", columns=numbers, method="iqr")}
        made["Skewed numbers"] = {LEAVE: None, "Yeo-Johnson": _step("transform_numbers", columns=numbers)}
    if categories:
        aim = {"target": target} | ({"favorable": favorable} if favorable else {})
        several = task == "classes" and frame[target].nunique() > 2 and favorable is None
        made["Categories"] = {
            LEAVE: None,
            **({} if several else {"Target encoding": _step("encode_target", columns=categories, **aim)}),
            "Frequency encoding": _step("encode_frequency", columns=categories),
        }
    if task == "classes":
        made["Classes"] = {
            LEAVE: None,
            "Weights": _step("add_weights", target=target, into=free_name(frame, "class weight")),
            "Over-sampling": _step(
                "resample_rows", target=target, method="over_random", into=free_name(frame, "resampled")
            ),
        }
    if sensitive and favorable is not None:
        made["Groups of people"] = {
            LEAVE: None,
            "Reweighing": _step(
                "reweigh", target=target, by=list(sensitive), favorable=favorable, into=free_name(frame, "group weight")
            ),
            "Without these columns": _step("drop_columns", columns=list(sensitive)),
        }
    if len(chosen.names) > 10:
        made["Features"] = {
            "All": None,
            "The 10 that tell most": _step("select_features", columns=chosen.names, target=target, most=10),
        }
    return made


def _gaps(
    numbers: Sequence[str], categories: Sequence[str], gaps: Sequence[str], using: Sequence[str]
) -> dict[str, Any]:
    simple = []
    if some := [name for name in gaps if name in numbers]:
        simple.append(_step("fill_missing", columns=some, how="median"))
    if some := [name for name in gaps if name not in numbers]:
        simple.append(_step("fill_missing", columns=some, how="most_frequent"))
    return {
        LEAVE: None,
        "Median or most frequent": simple,
        "Nearest neighbors": _step("fill_from_neighbours", columns=list(gaps), using=list(using)),
        "Model of the other columns": _step("fill_iterative", columns=list(gaps), using=list(using)),
        "Drop the rows": _step("drop_rows_with_missing", columns=list(gaps)),
    }


def _step(op: str, **settings: Any) -> dict[str, Any]:
    return {"op": op, "with": settings}


def free_name(frame: pd.DataFrame, name: str) -> str:
    """The name, with a 2 behind it where a column is called so already."""
    while name in frame.columns:
        name += " 2"
    return name


def chosen_grid(grid: Mapping[str, Mapping[str, Any]], chosen: Mapping[str, Sequence[str]]) -> Grid:
    """The part of a grid that somebody chose: options by choice; a choice without options is left as it is."""
    return {
        choice: {name: options[name] for name in options if name in chosen[choice]}
        for choice, options in grid.items()
        if chosen.get(choice)
    }
