"""Add weights."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

import pandas as pd

from dataops_core.errors import SettingError, Skip
from dataops_core.steps._classes import class_codes, group_keys, group_name
from dataops_core.steps.step import Columns, Label, NewColumn, step


@step("Add weights", group="Rows", says="Added weights that balance {target}[ and {by}] as {into}", also="balance")
def add_weights(
    df: pd.DataFrame,
    target: Annotated[str, Columns(), Label("Target", "The column whose classes shall count the same")],
    by: Annotated[
        list[str],
        Columns(),
        Label("And groups of", "Classes and groups together count the same, such as ill women as much as healthy men"),
    ] = [],  # noqa: B006
    into: Annotated[str, NewColumn(), Label("Into column", "The name of the new column with the weights")] = "weight",
    learned: dict[str, Any] | None = None,
) -> pd.DataFrame:
    """Give each row a weight, so that rare classes (and groups) count as much as frequent ones; no row is changed.

    A row of a class with n rows, of N rows and K classes, weighs N / (K n): inverse frequency, mean 1 over the training
    rows (King and Zeng, Logistic Regression in Rare Events Data, 2001; scikit-learn calls it "balanced"). With groups,
    K counts the combinations that occur; a missing group is a group. Pass the column to a model as the weight of each
    sample. Weights make a model's probabilities too high for rare classes, as resampling does: judge by the bench. Rows
    of a combination that was never seen, or without a target, weigh 1.

    >>> add_weights(pd.DataFrame({"ill": ["no", "no", "no", "yes"]}), target="ill")["weight"].round(3).tolist()
    [0.667, 0.667, 0.667, 2.0]
    """
    if not into or into in df.columns:
        what = f'There is a column "{into}" already.' if into else "The new column has no name."
        raise SettingError(what, "add_weights", "Give the column for the weights a name of its own.")
    if learned is None:
        learned = learn_weights(df, target, by, into)
    known = {tuple(key): weight for key, weight in learned["weights"]}
    out = df.copy(deep=False)
    out[into] = pd.Series(
        [known.get(key, 1.0) for key in group_keys(df, [target, *by])], index=df.index, dtype="float64"
    )
    return out


@add_weights.weighs
def weight_column(into: str = "weight", **_settings: object) -> str:
    """The column of weights."""
    return into


@add_weights.learn
def learn_weights(df: pd.DataFrame, target: str, by: list[str] | None = None, into: str = "weight") -> dict[str, Any]:
    """The weight of each class, or of each class and group: {"weights": [[["yes", "F"], 2.5], …]}, the class first."""
    if not len(df) or df[target].isna().all():
        raise Skip(f'"{target}" holds nothing to weigh by.')
    if target in (by or []):
        raise SettingError(
            "One column cannot be target and group.", "add_weights", "Choose another column for the groups."
        )
    class_codes(df[target], "add_weights")
    counts = Counter(key for key in group_keys(df, [target, *(by or [])]) if key[0] is not None)
    total = sum(counts.values())
    ordered = sorted(counts, key=lambda key: [(part is None, part or "") for part in key])
    return {"weights": [[list(key), total / (len(counts) * counts[key])] for key in ordered]}


@add_weights.watch
def unweighed(
    df: pd.DataFrame, learned: dict[str, Any], target: str, by: list[str] | None = None, into: str = "weight"
) -> str:
    """Names the classes and groups that had no row when the weights were made."""
    known = {tuple(key) for key, _ in learned["weights"]}
    new = Counter(key for key in group_keys(df, [target, *(by or [])]) if key not in known)
    named = "; ".join(
        f"{group_name(key)} ({count:,})"
        for key, count in sorted(new.items(), key=lambda pair: (-pair[1], str(pair[0])))[:10]
    )
    return f"Rows that no weight was learned for weigh 1: {named}{'; …' if len(new) > 10 else ''}." if new else ""
