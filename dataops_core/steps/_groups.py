"""Groups of people: what a column of text, numbers or dates divides rows into, the same in steps and measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.steps._cells import cell_texts, number_text, plain_number
from dataops_core.table.kinds import type_of

MOST_VALUES = 20  # a column of numbers or dates with more values than these is put into ranges
RANGES = 4


def positions(column: pd.Series) -> np.ndarray:
    """Numbers or dates as float64 (rows,): dates in microseconds since 1970, missing as NaN."""
    if type_of(column) == "datetime":
        gone = column.isna().to_numpy()
        return np.where(gone, np.nan, column.to_numpy(dtype="datetime64[us]").astype("int64").astype("float64"))
    return column.to_numpy(dtype="float64", na_value=np.nan)


def range_ends(column: pd.Series) -> list[float]:
    """Where the ranges of an amount end, each range with about as many rows: three inner quartiles; none for a column
    with few values.
    """
    if type_of(column) not in ("integer", "decimal", "datetime"):
        return []
    values = positions(column)
    values = values[np.isfinite(values)]
    if len(np.unique(values)) <= MOST_VALUES:
        return []
    ends = np.unique(np.quantile(values, np.arange(1, RANGES) / RANGES, method="inverted_cdf"))
    return [float(end) for end in ends if end < values.max()]


def given_ends(cuts: Mapping[str, str], columns: Sequence[str], where: str) -> dict[str, list[float]]:
    """Range ends as a person gives them: {"age": "25, 65"} -> {"age": [25.0, 65.0]}."""
    ends = {}
    for name, text in cuts.items():
        numbers = [plain_number(part) for part in str(text).replace(";", ",").split(",") if part.strip()]
        if name not in columns or not numbers or None in numbers:
            what = (
                f'"{name}" is none of the columns that make groups.'
                if name not in columns
                else f'"{text}" is not a list of numbers.'
            )
            raise SettingError(what, where, "Say where ranges end, such as age = 25, 65.")
        ends[name] = sorted({float(number) for number in numbers if number is not None})
    return ends


def cuts_for(
    frame: pd.DataFrame, columns: Sequence[str], given: Mapping[str, Sequence[float]] | None = None
) -> dict[str, list[float]]:
    """Range ends of every column that needs them: the given ones, else quartiles. Raises SettingError for ranges of a
    text.
    """
    told = {}
    for name in columns:
        ends = [float(end) for end in (given or {}).get(name, [])]
        if ends and type_of(frame[name]) not in ("integer", "decimal", "datetime"):
            raise SettingError(
                f'Column "{name}" holds no numbers, so it has no ranges.', "ranges", "Leave its ranges away."
            )
        ends = ends or range_ends(frame[name])
        if ends:
            told[name] = ends
    return told


def range_names(ends: Sequence[float], dates: bool = False) -> list[str]:
    """What ranges are called, each up to and with its end.

    >>> range_names([25, 40])
    ['25 or less', 'over 25 to 40', 'over 40']
    """
    texts = [_end_text(end, dates) for end in ends]
    if dates:
        return [
            f"until {texts[0]}",
            *[f"after {a} until {b}" for a, b in zip(texts, texts[1:], strict=False)],
            f"after {texts[-1]}",
        ]
    return [
        f"{texts[0]} or less",
        *[f"over {a} to {b}" for a, b in zip(texts, texts[1:], strict=False)],
        f"over {texts[-1]}",
    ]


def _end_text(end: float, dates: bool) -> str:
    return str(np.datetime64(int(end), "us")).removesuffix("T00:00:00.000000") if dates else number_text(float(end))


def group_texts(column: pd.Series, ends: Sequence[float] = ()) -> list[str | None]:
    """The group of every row as text, None where missing; numbers with range ends by their range."""
    if not ends:
        return cell_texts(column, time=True)
    values = positions(column)
    names = range_names(ends, type_of(column) == "datetime")
    place = np.searchsorted(np.asarray(ends, dtype="float64"), values, side="left")
    return [None if lost else names[int(at)] for at, lost in zip(place, np.isnan(values), strict=True)]


def grouped_keys(
    frame: pd.DataFrame, columns: Sequence[str], cuts: Mapping[str, Sequence[float]]
) -> list[tuple[str | None, ...]]:
    """For each row the group that it belongs to, a text for each column, None where missing."""
    return (
        list(zip(*(group_texts(frame[name], cuts.get(name, ())) for name in columns), strict=True))
        if columns
        else [()] * len(frame)
    )
