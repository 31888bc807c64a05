"""What the group of a row is like, as columns."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, Skip
from dataops_core.steps._aggregates import aggregate
from dataops_core.steps._classes import group_keys
from dataops_core.steps._features import decimals, need_free
from dataops_core.steps._mixed import numbers
from dataops_core.steps.step import Columns, Label, step

How = Literal["mean", "median", "sum", "minimum", "maximum", "standard_deviation", "rows"]


@step(
    "Add group aggregates",
    group="Features",
    says="Added the {measures}[ of {columns}] per group of {by}",
    also="group by, mean per group, transform, window",
)
def aggregate_groups(
    df: pd.DataFrame,
    by: Annotated[list[str], Columns(), Label("Per group of", "Columns whose values make the groups")],
    columns: Annotated[list[str], Columns("number"), Label("Columns", "Columns of numbers")] = [],  # noqa: B006
    measures: Annotated[list[How], Label("Measures", "rows: how many training rows the group has")] = ["mean"],  # noqa: B006
    learned: dict[str, Any] | None = None,
) -> pd.DataFrame:
    """Add what a row's group is like to the row: the mean income of its town, how many orders its customer has.

    Learned from the training rows, a row's own among them; use "lag values" where only earlier rows may count, and
    target encoding for the mean of the target. Rows whose group is missing or new get missing cells (0 rows).

    >>> df = pd.DataFrame({"town": ["a", "a", "b"], "pay": [1.0, 3.0, 5.0]})
    >>> aggregate_groups(df, by=["town"], columns=["pay"])["pay mean per town"].tolist()
    [2.0, 2.0, 5.0]
    """
    names = aggregate_names(by, columns, measures)
    if not names:
        raise SettingError("There is nothing to aggregate.", "aggregate_groups", "Choose columns, or the measure rows.")
    if learned is None:
        learned = learn_aggregates(df, by, columns, measures)
    need_free(df, names, "aggregate_groups")
    known = {tuple(key): values for key, values in learned["groups"]}
    empty = [0.0 if name.startswith("rows per ") else np.nan for name in names]
    rows = [
        [np.nan if value is None else value for value in known[key]] if key in known else empty
        for key in group_keys(df, by)
    ]
    table = np.array(rows, dtype="float64").reshape(len(df), len(names))
    out = df.copy(deep=False)
    for at, name in enumerate(names):
        out[name] = decimals(table[:, at], df[by[0]])
    return out


@aggregate_groups.learn
def learn_aggregates(
    df: pd.DataFrame, by: list[str], columns: list[str] | None = None, measures: list[str] | None = None
) -> dict[str, Any]:
    """The aggregates of each group: {"groups": [[["a"], [2.0]], …]}."""
    places: dict[tuple[str | None, ...], list[int]] = {}
    for row, key in enumerate(group_keys(df, by)):
        if None not in key:
            places.setdefault(key, []).append(row)
    if not places:
        raise Skip("No row belongs to a group.")
    asked = list(dict.fromkeys(measures if measures is not None else ["mean"]))
    values = {name: numbers(df[name]) for name in columns or []}
    groups = []
    for key, rows in sorted(places.items()):
        found = [aggregate(cells[rows], measure) for cells in values.values() for measure in asked if measure != "rows"]
        groups.append([list(key), found + ([float(len(rows))] if "rows" in asked else [])])
    return {"groups": groups}


@aggregate_groups.adds
def aggregate_names(by: list[str], columns: list[str] | None = None, measures: list[str] | None = None) -> list[str]:
    """The columns that it makes."""
    asked = list(dict.fromkeys(measures if measures is not None else ["mean"]))
    group = " and ".join(by)
    made = [
        f"{name} {measure.replace('_', ' ')} per {group}"
        for name in columns or []
        for measure in asked
        if measure != "rows"
    ]
    return made + ([f"rows per {group}"] if "rows" in asked else [])
