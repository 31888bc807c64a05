"""Repair disparate impact."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, Skip
from dataops_core.steps._classes import group_name
from dataops_core.steps._groups import cuts_for, given_ends, grouped_keys
from dataops_core.steps.step import Columns, Label, Span, step
from dataops_core.table.kinds import DTYPES

PARTS = 100  # of a group's distribution, by quantiles


@step(
    "Repair disparate impact",
    group="Numbers",
    says="Made {columns} alike in groups of {by} (level {level})",
    also="fairness, distribution",
)
def repair_disparate_impact(
    df: pd.DataFrame,
    columns: Annotated[
        list[str], Columns("number"), Label("Columns", "Columns of numbers that shall not tell the groups apart")
    ],
    by: Annotated[
        list[str],
        Columns(),
        Label("Groups of", "The columns that say who a person is; amounts such as age are put into ranges"),
    ],
    level: Annotated[
        float,
        Span(0, 1),
        Label(
            "Level of repair", "0: nothing changes; 1: the same distribution in each group; between: so much of the way"
        ),
    ] = 1.0,
    cuts: Annotated[
        dict[str, str],
        Label(
            "Ranges of amounts",
            "Where the ranges of a column of numbers end, such as age: 25, 65; without it, four of about equal size",
        ),
    ] = {},  # noqa: B006
    learned: dict[str, Any] | None = None,
) -> pd.DataFrame:
    """Move numbers so that they are distributed alike in each group, keeping the order of people within a group.

    The number at a quantile of its group goes to the median, over the groups, of the numbers at that quantile: (1 -
    level) x + level median (Feldman et al., Certifying and removing disparate impact, 2015, geometric repair), by
    quantiles of the training rows in hundredths. For models that must not tell groups apart by these numbers. It needs
    the group at prediction time as well, it makes numbers that were never measured, and each column is repaired by
    itself: several together may still tell the group. Columns become decimals. Missing cells and rows of groups without
    known numbers when learning stay as they are; a missing group is one.

    >>> people = pd.DataFrame({"sex": ["f", "f", "f", "m", "m", "m"], "pay": [1.0, 2.0, 3.0, 3.0, 4.0, 5.0]})
    >>> repair_disparate_impact(people, columns=["pay"], by=["sex"])["pay"].tolist()
    [2.0, 3.0, 4.0, 2.0, 3.0, 4.0]
    """
    if learned is None:
        learned = learn_quantiles(df, columns, by, level, cuts)
    out = df.copy(deep=False)
    keys = grouped_keys(df, by, dict(zip(by, learned["cuts"], strict=True)))
    for name, quantiles_of in zip(columns, learned["quantiles"], strict=True):
        # halves: see _quantiles
        known = {tuple(key): np.asarray(quantiles, dtype="float64") / 2 for key, quantiles in quantiles_of}
        before = df[name].to_numpy(dtype="float64", na_value=np.nan)
        values = before.copy()
        middle = 2 * np.median(np.stack([*known.values()]) / 2, axis=0) if known else np.empty(0)
        for key, quantiles in known.items():
            here = np.array([other == key for other in keys], dtype=bool) & np.isfinite(before)
            repaired = 2 * np.interp(_places(before[here] / 2, quantiles), np.arange(PARTS + 1), middle)
            with np.errstate(over="ignore"):
                moved = (1 - level) * before[here] + level * repaired
            values[here] = np.where(np.isfinite(moved), moved, before[here])
        out[name] = pd.Series(values, index=df.index, dtype=DTYPES["decimal"])
    return out


def _places(values: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
    """Where numbers stand among quantiles, from 0 to 100; in the middle of those that are equal."""
    last = len(quantiles) - 1
    left, right = np.searchsorted(quantiles, values, side="left"), np.searchsorted(quantiles, values, side="right")
    above, below = np.clip(left, 1, last), np.clip(left, 1, last) - 1
    width = quantiles[above] - quantiles[below]
    share = np.divide(values - quantiles[below], width, out=np.zeros(len(values)), where=width > 0)
    return np.where(right > left, (left + right - 1) / 2, np.clip(below + np.clip(share, 0, 1), 0, last))


@repair_disparate_impact.learn
def learn_quantiles(
    df: pd.DataFrame, columns: list[str], by: list[str], level: float = 1.0, cuts: dict[str, str] | None = None
) -> dict[str, Any]:
    """The quantiles of each column in each group: {"cuts": [[]], "quantiles": [[[["f"], [1.0, …]], …]]}, in the order
    of `by` and of `columns`, for these may have other names where this is used.
    """
    if not len(df) or not columns:
        raise Skip("There is nothing to repair.")
    if not by or set(columns) & set(by):
        what = (
            f'"{min(set(columns) & set(by))}" cannot be repaired and make the groups.'
            if by
            else "No column says which groups there are."
        )
        raise SettingError(what, "repair_disparate_impact", "Choose other columns for the groups.")
    ends = cuts_for(df, by, given_ends(cuts or {}, by, "repair_disparate_impact"))
    keys = grouped_keys(df, by, ends)
    ordered = sorted(set(keys), key=lambda key: [(part is None, part or "") for part in key])
    places = (
        {key: np.array([at for at, other in enumerate(keys) if other == key]) for key in ordered}
        if len(ordered) < 1000
        else {}
    )
    if not places:
        raise SettingError(
            f"There are {len(ordered):,} groups, too many to make alike.",
            "repair_disparate_impact",
            "Choose columns with fewer values.",
        )
    told: list[list[Any]] = []
    for name in columns:
        values = df[name].to_numpy(dtype="float64", na_value=np.nan)
        told.append([])
        for key, here in places.items():
            known = values[here][np.isfinite(values[here])]
            if len(known):
                told[-1].append([list(key), _quantiles(known)])
    return {"cuts": [ends.get(name, []) for name in by], "quantiles": told}


def _quantiles(known: np.ndarray) -> list[float]:
    """A hundred and one quantiles; halves first, for the span between two of the greatest numbers is none."""
    return [float(value) for value in np.maximum.accumulate(np.quantile(known / 2, np.arange(PARTS + 1) / PARTS)) * 2]


@repair_disparate_impact.watch
def unrepaired(
    df: pd.DataFrame,
    learned: dict[str, Any],
    columns: list[str],
    by: list[str],
    level: float = 1.0,
    cuts: dict[str, str] | None = None,
) -> str:
    """Names the groups that were not there when the quantiles were learned."""
    known = {tuple(key) for quantiles in learned["quantiles"] for key, _ in quantiles}
    new = Counter(key for key in grouped_keys(df, by, dict(zip(by, learned["cuts"], strict=True))) if key not in known)
    named = "; ".join(
        f"{group_name(key)} ({n:,})" for key, n in sorted(new.items(), key=lambda pair: (-pair[1], str(pair[0])))[:10]
    )
    return (
        f"Rows of groups that were not seen before stay as they are: {named}{'; …' if len(new) > 10 else ''}."
        if new
        else ""
    )
