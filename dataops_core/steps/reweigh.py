"""Reweigh."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

import pandas as pd

from dataops_core.errors import SettingError, Skip, nearest
from dataops_core.steps._classes import class_codes, group_name
from dataops_core.steps._groups import cuts_for, given_ends, grouped_keys
from dataops_core.steps.step import Columns, Label, NewColumn, step


@step(
    "Reweigh",
    group="Rows",
    says="Weighed rows so that {target} does not depend on {by}[, good value {favorable}], as {into}",
    also="fairness, balance",
)
def reweigh(
    df: pd.DataFrame,
    target: Annotated[str, Columns(), Label("Target", "The column with the outcome")],
    by: Annotated[
        list[str],
        Columns(),
        Label("Groups of", "The columns that say who a person is; amounts such as age are put into ranges"),
    ],
    favorable: Annotated[
        str | None,
        Label("Good value", "The outcome that people wish for; all others count as one. Empty: each outcome by itself"),
    ] = None,
    cuts: Annotated[
        dict[str, str],
        Label(
            "Ranges of amounts",
            "Where the ranges of a column of numbers end, such as age: 25, 65; without it, four of about equal size",
        ),
    ] = {},  # noqa: B006
    into: Annotated[str, NewColumn(), Label("Into column", "The name of the new column with the weights")] = "weight",
    learned: dict[str, Any] | None = None,
) -> pd.DataFrame:
    """Give each row a weight under which every group has the good outcome as often; no row is changed.

    A row weighs P(group) P(outcome) / P(group and outcome), by the shares of the training rows (Kamiran & Calders, Data
    preprocessing techniques for classification without discrimination, 2012): what is rarer than it would be if outcome
    and group had nothing to do with each other weighs more, and the weights' mean is 1. Pass the column to a model as
    the weight of each sample; later steps and the export carry it along. It needs the group when learning, not when
    deciding. It does not change which group somebody is guessed to be by other columns, nor correct outcomes that are
    wrong. A missing group is a group. Rows without an outcome, or of a group and outcome that were never seen, weigh 1.
    A group that has only one outcome cannot be balanced by weights.

    >>> people = pd.DataFrame({"sex": ["m"] * 5 + ["f"] * 5, "hired": [1, 1, 1, 1, 0, 0, 0, 1, 0, 1]})
    >>> reweigh(people, target="hired", by=["sex"])["weight"].round(2).tolist()
    [0.75, 0.75, 0.75, 0.75, 2.0, 0.67, 0.67, 1.5, 0.67, 1.5]
    """
    if not into or into in df.columns:
        what = f'There is a column "{into}" already.' if into else "The new column has no name."
        raise SettingError(what, "reweigh", "Give the column for the weights a name of its own.")
    if learned is None:
        learned = learn_balance(df, target, by, favorable, cuts, into)
    known = {tuple(key): weight for key, weight in learned["weights"]}
    out = df.copy(deep=False)
    out[into] = pd.Series(
        [known.get(key, 1.0) for key in _keys(df, target, by, favorable, dict(zip(by, learned["cuts"], strict=True)))],
        index=df.index,
        dtype="float64",
    )
    return out


def _keys(
    df: pd.DataFrame, target: str, by: list[str], favorable: str | None, cuts: dict[str, list[float]]
) -> list[tuple[Any, ...]]:
    """For each row its outcome and its group; with a good value, the outcome is whether it is that."""
    keys: list[tuple[Any, ...]] = list(grouped_keys(df, [target, *by], cuts))
    if not favorable:
        return keys
    return [(None if key[0] is None else key[0] == favorable, *key[1:]) for key in keys]


@reweigh.weighs
def balance_column(into: str = "weight", **_settings: object) -> str:
    """The column of weights."""
    return into


@reweigh.learn
def learn_balance(
    df: pd.DataFrame,
    target: str,
    by: list[str],
    favorable: str | None = None,
    cuts: dict[str, str] | None = None,
    into: str = "weight",
) -> dict[str, Any]:
    """The weight of each outcome and group, {"cuts": [[25.0]], "weights": [[["yes", "over 25"], 1.5], …]}, the outcome
    first; cuts stand in the order of `by`, for columns may have other names where this is used.
    """
    if not len(df) or df[target].isna().all():
        raise Skip(f'"{target}" holds nothing to weigh by.')
    if not by or target in by:
        what = "One column cannot be target and group." if by else "No column says which groups there are."
        raise SettingError(what, "reweigh", "Choose other columns for the groups.")
    _, classes = class_codes(df[target], "reweigh")
    if favorable and favorable not in classes:
        raise SettingError(f'"{target}" has no value "{favorable}".', "reweigh", nearest(favorable, classes))
    ends = cuts_for(df, by, given_ends(cuts or {}, by, "reweigh"))
    cells = Counter(key for key in _keys(df, target, by, favorable, ends) if key[0] is not None)
    total, outcomes, groups = sum(cells.values()), Counter[Any](), Counter[Any]()
    for key, n in cells.items():
        outcomes[key[0]] += n
        groups[key[1:]] += n
    ordered = sorted(cells, key=lambda key: [(part is None, str(part or "")) for part in key])
    return {
        "cuts": [ends.get(name, []) for name in by],
        "weights": [[list(key), groups[key[1:]] * outcomes[key[0]] / (total * cells[key])] for key in ordered],
    }


@reweigh.watch
def unbalanced(
    df: pd.DataFrame,
    learned: dict[str, Any],
    target: str,
    by: list[str],
    favorable: str | None = None,
    cuts: dict[str, str] | None = None,
    into: str = "weight",
) -> str:
    """Names the groups and outcomes that had no row when the weights were learned."""
    known = {tuple(key) for key, _ in learned["weights"]}
    new = Counter(
        key for key in _keys(df, target, by, favorable, dict(zip(by, learned["cuts"], strict=True))) if key not in known
    )
    said = [
        (group_name([{True: favorable, False: f"not {favorable}"}.get(key[0], key[0]), *key[1:]]), n)
        for key, n in new.items()
    ]
    named = "; ".join(f"{name} ({n:,})" for name, n in sorted(said, key=lambda pair: (-pair[1], pair[0]))[:10])
    return f"Rows that no weight was learned for weigh 1: {named}{'; …' if len(new) > 10 else ''}." if new else ""
