"""Fill missing values."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, Skip
from dataops_core.steps._cells import GREATEST_WHOLE, LEAST_WHOLE, cell_texts, iso_moment, plain_number, yes_or_no
from dataops_core.steps.step import Columns, Label, When, step
from dataops_core.table.kinds import type_of


@step(
    "Fill missing values",
    group="Missing values",
    says="Filled missing values in {columns} with the {how}[ {value}][, per group of {by}]",
    also="impute, empty, blank cells, mean, median",
    narrow=True,
)
def fill_missing(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns(), Label("Columns", "Columns whose missing cells shall be filled")],
    how: Annotated[
        Literal["constant", "mean", "median", "most_frequent"],
        Label("Fill with", "mean: the average; median: the value in the middle; constant: one value for all"),
    ] = "median",
    value: Annotated[
        str | int | float | None, When("how", "constant"), Label("Value", "A number, a date (2024-12-31) or a text")
    ] = None,
    by: Annotated[
        list[str],
        Columns(),
        When("how", "mean", "median", "most_frequent"),
        Label("Per group of", "Take the value of the row's own group; rows of no group get the overall value"),
    ] = [],  # noqa: B006
    learned: dict[str, Any] | None = None,
) -> pd.DataFrame:
    """Fill missing cells with one value per column: a constant, the mean, the median or the most frequent value.

    The value is learned once, from the training rows, and used again on new rows. Whole-number columns stay whole: the
    mean or median is rounded, a half to the even neighbour. Infinite numbers do not count. Of equally frequent values
    the smallest is taken. Groups in which nothing is known, and rows whose group is missing, get the overall value; a
    column without any value is left as it is. One value for all makes a column look more certain than it is (Little and
    Rubin, Statistical Analysis with Missing Data, 2019, section 4.2): for models, compare with the imputation page.

    >>> df = pd.DataFrame({"sex": ["f", "f", "m", "m"], "pay": [3.0, None, 9.0, 7.0]})
    >>> fill_missing(df, columns=["pay"], how="median")["pay"].tolist()
    [3.0, 7.0, 9.0, 7.0]
    >>> fill_missing(df, columns=["pay"], how="median", by=["sex"])["pay"].tolist()
    [3.0, 3.0, 9.0, 7.0]
    """
    if learned is None:
        learned = learn_fill(df, columns, how, value, by)
    out = df.copy(deep=False)
    for name in columns:
        gone = df[name].isna().to_numpy(dtype=bool)
        if name not in learned or not gone.any():
            continue
        filled = df[name].copy()
        whole, groups = learned[name]["fill"], {tuple(key): fill for key, fill in learned[name]["groups"]}
        if groups:
            keys = zip(*(cell_texts(df.loc[gone, group]) for group in by), strict=True)
            fills = [stored(groups.get(key, whole), filled) for key in keys]
            filled.loc[gone] = pd.Series(fills, index=filled.index[gone], dtype=filled.dtype)
        else:
            filled.loc[gone] = stored(whole, filled)
        out[name] = filled
    return out


@fill_missing.learn
def learn_fill(
    df: pd.DataFrame,
    columns: list[str],
    how: str = "median",
    value: Any = None,
    by: list[str] | None = None,
    times: np.ndarray | None = None,
) -> dict[str, Any]:
    """Per column the value to fill with, and the value of each group: {"pay": {"fill": 5, "groups": [[["f"], 3]]}}."""
    learned: dict[str, Any] = {}
    for name in columns:
        if how == "constant":
            learned[name] = {"fill": constant(value, df[name]), "groups": []}
            continue
        storage = type_of(df[name])
        if how in ("mean", "median") and storage in ("text", "boolean"):
            held = "text" if storage == "text" else "yes and no"
            raise SettingError(
                f'Column "{name}" holds {held}, which has no {how}.',
                "fill_missing",
                'Choose "most_frequent", or read it as numbers or dates first (parse_numbers, parse_dates).',
            )
        if how == "median" and not by:
            found = median_cell(df[name], times)  # without a Python object for every cell
            if found is not None:
                learned[name] = {"fill": found, "groups": []}
            continue
        cells = plain_cells(df[name])
        known = [place for place, cell in enumerate(cells) if cell is not None]
        if not known:
            continue
        groups: dict[tuple[str | None, ...], list[int]] = {}
        if by:
            keys = list(zip(*(cell_texts(df[group]) for group in by), strict=True))
            for place in known:
                if None not in keys[place]:
                    groups.setdefault(keys[place], []).append(place)
        learned[name] = {
            "fill": middle(cells, known, how, storage, times),
            "groups": [
                [list(key), middle(cells, places, how, storage, times)] for key, places in sorted(groups.items())
            ],
        }
    if columns and not learned:
        raise Skip("The columns hold no value at all, so there is nothing to fill them with.")
    return learned


@fill_missing.statistic
def fill_statistic(how: str, by: list[str], **_settings: object) -> str | None:
    """The overall mean or median needs nothing but itself."""
    return how if how in ("mean", "median") and not by else None


def plain_cells(column: pd.Series) -> list[Any]:
    """The cells as plain Python values (datetimes as microseconds since 1970); missing and infinite ones as None."""
    storage, gone = type_of(column), column.isna().to_numpy(dtype=bool)
    if storage == "datetime":
        values = column.to_numpy(dtype="datetime64[us]").astype("int64").tolist()
    elif storage == "decimal":
        numbers = column.to_numpy(dtype="float64")
        values, gone = (numbers + 0.0).tolist(), ~np.isfinite(numbers)
    elif storage == "integer":
        values = column.fillna(0).to_numpy(dtype="int64").tolist()
    elif storage == "boolean":
        values = column.fillna(False).to_numpy(dtype=bool).tolist()
    else:
        values = column.tolist()
    return [None if missing else value for value, missing in zip(values, gone, strict=True)]


def median_cell(column: pd.Series, times: np.ndarray | None = None) -> Any:
    """The median of a column of numbers or dates, as a JSON value; None where it holds nothing."""
    storage, there = type_of(column), ~column.isna().to_numpy(dtype=bool)
    if storage == "decimal":
        values: np.ndarray = column.to_numpy(dtype="float64")
        there = np.isfinite(values)
        values = values[there] + 0.0
    elif storage == "datetime":
        values = column.to_numpy(dtype="datetime64[us]")[there].astype("int64")
    else:
        values = column.fillna(0).to_numpy(dtype="int64")[there]
    if not len(values):
        return None
    if times is None:
        low, high = (len(values) - 1) // 2, len(values) // 2
        values.partition((low, high))
        return middle(values[[low, high]].tolist(), [0, 1], "median", storage)
    order = np.argsort(values)
    ends = np.cumsum(times[there][order])
    places = np.searchsorted(ends, [(ends[-1] - 1) // 2, ends[-1] // 2], side="right")
    return middle(values[order[places]].tolist(), [0, 1], "median", storage)


def middle(cells: list[Any], places: list[int], how: str, storage: str, times: np.ndarray | None = None) -> Any:
    """The mean, median or most frequent of some cells, as a JSON value; exact for whole numbers and dates. Each counts
    as often as `times` says.
    """
    each = [cells[place] for place in places]
    often = [1] * len(each) if times is None else times[places].tolist()
    total = sum(often)
    if how == "most_frequent":
        counts: Counter[Any] = Counter()
        for cell, n in zip(each, often, strict=True):
            counts[cell] += n
        most = max(counts.values())
        found = min(cell for cell, count in counts.items() if count == most)
    elif how == "median":
        low, high = at_places(each, often, ((total - 1) // 2, total // 2))
        found = round(Fraction(low + high, 2)) if storage != "decimal" else low / 2 + high / 2 if low != high else low
    elif storage != "decimal":
        found = round(Fraction(sum(cell * n for cell, n in zip(each, often, strict=True)), total))
    else:
        try:
            found = exact_sum(each, often) / total
        except OverflowError:
            found = exact_sum([cell / total for cell in each], often)
    return str(np.datetime64(found, "us")) if storage == "datetime" else found


def exact_sum(cells: list[float], often: list[int]) -> float:
    """The sum of numbers that each come so often, rounded once."""
    if all(n == 1 for n in often):
        return math.fsum(cells)
    return float(sum((Fraction(cell) * n for cell, n in zip(cells, often, strict=True)), Fraction(0)))


def at_places(cells: list[Any], often: list[int], places: tuple[int, ...]) -> list[Any]:
    """The cells at some places of their order, where each comes so often.

    >>> at_places([7, 5], [1, 3], (2, 3))
    [5, 7]
    """
    order = sorted(range(len(cells)), key=cells.__getitem__)
    ends = np.cumsum([often[at] for at in order])
    return [cells[order[int(at)]] for at in np.searchsorted(ends, places, side="right")]


def constant(value: Any, column: pd.Series) -> Any:
    """The chosen constant as a JSON value of the column's type; one that does not fit is refused."""
    storage = type_of(column)
    if value is None or value == "":
        raise SettingError("There is no value to fill with.", "fill_missing", "Give the constant.")
    if storage == "text":
        return str(value)
    if storage == "datetime":
        moment = iso_moment(value)
        read: Any = None if moment is None else str(np.datetime64(moment, "us"))
    else:
        read = yes_or_no(value) if storage == "boolean" else plain_number(value)
    if storage == "integer" and read is not None:
        fits = read == int(read) and LEAST_WHOLE <= read <= GREATEST_WHOLE
        read = int(read) if fits else None
    if read is None:
        kind = {"datetime": "a date such as 2024-12-31", "boolean": "yes or no", "integer": "a whole number"}
        raise SettingError(
            f'"{value}" does not fit column "{column.name}".', "fill_missing", f"Give {kind.get(storage, 'a number')}."
        )
    return float(read) if storage == "decimal" else read


def stored(fill: Any, column: pd.Series) -> Any:
    """A learned value as the column stores it."""
    return np.datetime64(fill, "us") if type_of(column) == "datetime" else fill
