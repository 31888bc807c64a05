"""Fill from similar rows."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import Skip
from dataops_core.steps._mixed import (
    about_column,
    cells_of,
    center_and_scale,
    codes,
    is_number,
    numbers,
    put,
    same_kinds,
    scaled,
    some_rows,
    usable,
)
from dataops_core.steps.step import Columns, Label, Span, step
from dataops_core.table.kinds import type_of

DONORS = 5_000  # rows that are kept to fill from
AT_ONCE = 128  # rows whose distances are held in memory


@step(
    "Fill from similar rows",
    group="Missing values",
    says="Filled missing values in {columns} from the {neighbours} most similar rows[, compared in {using}]",
    also="impute, k nearest neighbors",
)
def fill_from_neighbours(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns(), Label("Columns", "Columns whose missing cells shall be filled")],
    using: Annotated[
        list[str],
        Columns(),
        Label("Compare rows in", "Columns that say which rows are similar; none chosen: all that can be used"),
    ] = [],  # noqa: B006
    neighbours: Annotated[int, Span(1, 100), Label("Neighbours", "How many similar rows are asked")] = 5,
    weights: Annotated[
        Literal["uniform", "distance"],
        Label("Weights", "uniform: all neighbours count the same; distance: nearer ones count more"),
    ] = "uniform",
    scale: Annotated[
        Literal["standardise", "none"],
        Label("Scale", "standardise: every number counts alike, whatever its unit; none: as the numbers are"),
    ] = "standardise",
    seed: int = 0,
    learned: dict[str, Any] | None = None,
) -> pd.DataFrame:
    """Fill missing cells from the most similar training rows: the mean of their numbers, their most common category.

    K nearest neighbours (Troyanskaya and others, Missing value estimation methods for DNA microarrays, 2001). Similar:
    the Euclidean distance over what both rows know, scaled up by what they do not, as scikit-learn's KNNImputer
    measures it, and on tables of numbers the result is its result. Numbers count in standard deviations; two different
    categories are as far apart as 1 standard deviation (one-hot, divided by the square root of 2: Gower's idea, 1971).
    Rows are compared with the training rows, or with a seeded sample of 5,000 where there are more. Whole numbers are
    rounded, dates stay dates, and nothing leaves the range or the values seen in training. Who has no neighbour gets
    the mean or the most frequent value. The recipe carries the rows that it was learned from: who gets the recipe gets
    them. Do not use it where rows that look alike need not be alike, or with many columns that do not matter.

    >>> df = pd.DataFrame({"age": [20.0, 21.0, 60.0, 61.0, 22.0], "pay": [1.0, 3.0, 9.0, 9.0, None]})
    >>> fill_from_neighbours(df, columns=["pay"], neighbours=2)["pay"].tolist()
    [1.0, 3.0, 9.0, 9.0, 2.0]
    """
    if learned is None:
        learned = learn_neighbours(df, columns, using, neighbours, weights, scale, seed)
    same_kinds(df, learned["columns"], "fill_from_neighbours")
    out = df.copy(deep=False)
    targets = [name for name in columns if name in learned["columns"] and df[name].isna().any()]
    if not targets:
        return out
    gaps = {name: df[name].isna().to_numpy(dtype=bool) for name in targets}
    rows = np.flatnonzero(np.any(list(gaps.values()), axis=0))
    found = {name: np.zeros(len(df)) for name in targets}
    asked, donors = seen(df, learned), donor_arrays(learned)
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        far = distances({name: asked[name][some] for name in learned["using"]}, donors, learned, len(some))
        for name in targets:
            here = gaps[name][some]
            if here.any():
                found[name][some[here]] = answers(
                    far[here], donors[name], learned["columns"][name], neighbours, weights
                )
    for name in targets:
        about, cells = learned["columns"][name], found[name][gaps[name]]
        cells = cells.astype("int64") if about["is"] == "category" else cells
        out[name] = put(df[name], gaps[name], cells_of(cells, about, type_of(df[name])))
    return out


@fill_from_neighbours.learn
def learn_neighbours(
    df: pd.DataFrame,
    columns: list[str],
    using: list[str] | None = None,
    neighbours: int = 5,
    weights: str = "uniform",
    scale: str = "standardise",
    seed: int = 0,
) -> dict[str, Any]:
    """The rows to fill from, column by column, and of each column its range or values, scale, and what to take for want
    of neighbours.
    """
    features = list(using or usable(df))
    rows = some_rows(len(df), DONORS, seed)
    told: dict[str, Any] = {"columns": {}, "using": [], "donors": {}}
    for name in dict.fromkeys([*features, *columns]):
        about = about_column(df[name])
        if about is None:
            continue
        donors = df[name].iloc[rows]
        if is_number(df[name]):
            values = numbers(df[name])
            center, spread = center_and_scale(values)
            about["typical"] = center
            about["center"], about["scale"] = (center, spread) if scale == "standardise" else (0.0, 1.0)
            cells: list[Any] = [None if np.isnan(value) else value for value in values[rows].tolist()]
        else:
            met = set(donors.dropna().tolist())
            about["values"] = [value for number, value in enumerate(about["values"]) if value in met or number == 0]
            about["typical"] = 0
            cells = codes(donors, about["values"]).tolist()
        told["columns"][name], told["donors"][name] = about, cells
        if name in features:
            told["using"].append(name)
    if columns and not any(name in told["columns"] for name in columns):
        raise Skip("The columns hold no value at all, so there is nothing to fill them with.")
    return told


def seen(df: pd.DataFrame, learned: dict[str, Any]) -> dict[str, np.ndarray]:
    """The columns that rows are compared in, as the learned scale and values have them."""
    made = {}
    for name in learned["using"]:
        about = learned["columns"][name]
        number = about["is"] == "number"
        made[name] = (
            scaled(numbers(df[name]), about["center"], about["scale"]) if number else codes(df[name], about["values"])
        )
    return made


def donor_arrays(learned: dict[str, Any]) -> dict[str, np.ndarray]:
    """The donors' cells as arrays: numbers as they are, categories as codes."""
    return {
        name: np.array(cells, dtype="float64" if learned["columns"][name]["is"] == "number" else "int64")
        for name, cells in learned["donors"].items()
    }


def distances(
    asked: dict[str, np.ndarray], donors: dict[str, np.ndarray], learned: dict[str, Any], rows: int
) -> np.ndarray:
    """Distances of some rows to all donors, rows x donors; NaN where they know nothing in common.

    Column by column, so that the distance of a row does not depend on the rows beside it, not even in its last digit.
    """
    names = learned["using"]
    many = len(next(iter(donors.values())))
    total, common = np.zeros((rows, many)), np.zeros((rows, many))
    with np.errstate(all="ignore"):
        for name in names:
            about = learned["columns"][name]
            number = about["is"] == "number"
            mine, theirs = (
                asked[name],
                (scaled(donors[name], about["center"], about["scale"]) if number else donors[name]),
            )
            lost, gone = (np.isnan(mine), np.isnan(theirs)) if number else (mine == -1, theirs == -1)
            apart = np.subtract.outer(mine, theirs) if number else np.not_equal.outer(mine, theirs).astype("float64")
            if number:
                apart *= apart
            apart[lost] = 0.0
            apart[:, gone] = 0.0
            total += apart
            common += np.logical_and.outer(~lost, ~gone)
        return np.sqrt(np.where(common > 0, total * len(names) / common, np.nan))


def answers(far: np.ndarray, cells: np.ndarray, about: dict[str, Any], neighbours: int, weights: str) -> np.ndarray:
    """What the nearest donors that know say, per row: the (weighted) mean, or the code with most weight."""
    number = about["is"] == "number"
    known = ~np.isnan(cells) if number else cells >= 0
    if not known.any() or not far.size:
        return np.full(len(far), float(about["typical"]))
    far, cells = far[:, known], cells[known]
    most = min(neighbours, far.shape[1])
    nearest = np.argpartition(far, most - 1, axis=1)[:, :most]
    near = np.take_along_axis(far, nearest, axis=1)
    with np.errstate(all="ignore"):
        weight = np.ones_like(near) if weights == "uniform" else 1.0 / near
    equal = np.isinf(weight)
    weight = np.where(equal.any(axis=1, keepdims=True), equal.astype("float64"), weight)
    weight[np.isnan(near) | np.isinf(near)] = 0.0
    said, sums = cells[nearest], np.zeros(len(far))
    if not number:
        votes = np.zeros((len(far), len(about["values"])))
        for place in range(most):
            votes[np.arange(len(far)), said[:, place]] += weight[:, place]
        return np.where(votes.max(axis=1) > 0, votes.argmax(axis=1), about["typical"]).astype("float64")
    total = np.zeros(len(far))
    for place in range(most):
        sums += weight[:, place]
    with np.errstate(all="ignore"):
        for place in range(most):
            total += said[:, place] * (weight[:, place] / sums)
    return np.where((sums > 0) & np.isfinite(total), total, about["typical"])
