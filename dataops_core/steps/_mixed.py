"""Columns of every type as numbers and categories, and back: what the imputers share.

Numbers and dates travel as float64 (dates in days since 1970, missing and infinite as NaN), text and booleans as whole
numbers: the place in a list of values, GONE where missing, UNSEEN where the list has no such value.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.table.kinds import type_of

GONE, UNSEEN = -1, -2
DAY_US = 86_400_000_000  # microseconds
OPEN = {  # what a column can hold at all: whole numbers that float64 holds exactly, and the years 1 to 9999
    "decimal": (-1e308, 1e308),
    "integer": (-(2**53), 2**53),
    "datetime": (-62_135_596_800_000_000, 253_402_300_799_999_999),
}
MOST_VALUES = 100  # a text column with more values is not a category to predict from
TYPE_WORDS = {"text": "text", "boolean": "yes and no", "integer": "numbers", "decimal": "numbers", "datetime": "dates"}


def is_number(column: pd.Series) -> bool:
    """Whether a column travels as numbers: whole numbers, decimals and dates do."""
    return type_of(column) in ("integer", "decimal", "datetime")


def numbers(column: pd.Series) -> np.ndarray:
    """A column of numbers or dates as float64; NaN where missing or infinite."""
    if type_of(column) == "datetime":
        values = np.where(
            column.isna().to_numpy(), np.nan, column.to_numpy(dtype="datetime64[us]").astype("int64") / DAY_US
        )
    else:
        values = column.to_numpy(dtype="float64", na_value=np.nan)
    return np.where(np.isfinite(values), values, np.nan)


def plain_values(column: pd.Series) -> list[Any]:
    """Text and booleans as plain Python values, None where missing."""
    gone = column.isna().to_numpy(dtype=bool)
    cells = column.tolist()
    if type_of(column) == "boolean":
        cells = [bool(cell) if not lost else None for cell, lost in zip(cells, gone, strict=True)]
    return [None if lost else cell for cell, lost in zip(cells, gone, strict=True)]


def codes(column: pd.Series, values: list[Any]) -> np.ndarray:
    """Where each cell stands in a list of values; GONE or UNSEEN where it does not."""
    place: dict[Any, int] = {value: number for number, value in enumerate(values)}
    place[None] = GONE
    return np.array([place.get(cell, UNSEEN) for cell in plain_values(column)], dtype="int64")


def about_column(column: pd.Series) -> dict[str, Any] | None:
    """What is learned of a column: its range, or its values, the most frequent first; None where it holds nothing."""
    storage = type_of(column)
    if not is_number(column):
        counts = Counter(cell for cell in plain_values(column) if cell is not None)
        ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        return {"is": "category", "values": [value for value, _ in ordered]} if ordered else None
    known = column[np.isfinite(numbers(column))]
    if not len(known):
        return None
    if storage == "datetime":
        exact = known.to_numpy(dtype="datetime64[us]").astype("int64")
        unit = DAY_US if not (exact % DAY_US).any() else 1
        return {"is": "number", "low": int(exact.min()), "high": int(exact.max()), "unit": unit}
    plain = int if storage == "integer" else float
    return {"is": "number", "low": plain(known.min()), "high": plain(known.max())}


def usable(df: pd.DataFrame, leave_out: tuple[str, ...] = ()) -> list[str]:
    """The columns to predict from where none is chosen: those with two values at least, and text that is a category."""
    found = []
    for name in df.columns:
        if name in leave_out:
            continue
        if is_number(df[name]):
            values = numbers(df[name])
            known = values[~np.isnan(values)]
            fits = len(known) > 0 and known.min() < known.max()
        else:
            cells = df[name].dropna()
            different = cells.nunique()
            fits = 1 < different <= MOST_VALUES and (different <= 20 or 2 * different <= len(cells))
        if fits:
            found.append(name)
    return found


def center_and_scale(values: np.ndarray) -> tuple[float, float]:
    """Mean and standard deviation (n) of the known values; safe for the greatest numbers; a scale of 0 becomes 1."""
    known = values[~np.isnan(values)]
    most = float(np.abs(known).max()) if len(known) else 0.0
    if most == 0.0:
        return 0.0, 1.0
    size = most if most > 1e100 or most < 1e-100 else 1.0
    with np.errstate(all="ignore"):
        center, scale = float((known / size).mean()) * size, float((known / size).std()) * size
    return center, scale if scale > 1e-300 else 1.0


def scaled(values: np.ndarray, center: float, scale: float) -> np.ndarray:
    """Values in standard deviations from the center, so that even the greatest ones do not overflow."""
    return (values - center) / scale if abs(center) < 1e300 else values / scale - center / scale


def cells_of(found: np.ndarray, about: dict[str, Any], storage: str) -> list[Any]:
    """Found numbers or codes as cells of a column, whole where the column is whole: within its `bounds` (None: open),
    or else within the range seen.
    """
    if about["is"] == "category":
        return [about["values"][code] for code in found.tolist()]
    bounds = about.get("bounds", [about["low"], about["high"]])
    low, high = (OPEN[storage][side] if end is None else end for side, end in enumerate(bounds))
    if storage == "decimal":
        return [min(max(value, low), high) for value in found.tolist()]
    if storage == "datetime":
        unit = about.get("unit", 1)
        whole = [round(value * DAY_US / unit) * unit for value in found.tolist()]
        return [np.datetime64(min(max(value, low), high), "us") for value in whole]
    return [min(max(round(value), int(low)), int(high)) for value in found.tolist()]


def put(column: pd.Series, rows: np.ndarray, cells: list[Any]) -> pd.Series:
    """A column with these cells in these rows (a mask), in the dtype it had."""
    out = column.copy()
    out.loc[rows] = pd.Series(cells, index=column.index[rows], dtype=column.dtype)
    return out


def same_kinds(df: pd.DataFrame, columns: dict[str, Any], where: str) -> None:
    """Refuse a table whose columns hold something else than those that were learned from."""
    for name, about in columns.items():
        if name not in df.columns:
            raise SettingError(
                f'There is no column "{name}", which this step learned from.',
                where,
                "Bring that column, or learn again.",
            )
        if is_number(df[name]) != (about["is"] == "number"):
            raise SettingError(
                f'Column "{name}" holds {TYPE_WORDS[type_of(df[name])]} now, and held something else when this was'
                " learned.",
                where,
                "Read it as it was read then (set_kind, parse_numbers, parse_dates), or learn again.",
            )


def some_rows(rows: int, most: int, seed: int) -> np.ndarray:
    """The places of all rows, or of a sample of `most` of them drawn by the seed, in their order."""
    if rows <= most:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))


def uniforms(ids: np.ndarray, seed: int, stream: int) -> np.ndarray:
    """One number from 0 to below 1 per row id: it depends on the id, the seed and the stream alone.

    The mixing function is SplitMix64 (Steele, Lea and Flood, Fast splittable pseudorandom number generators, 2014).
    """
    golden = np.uint64(0x9E3779B97F4A7C15)

    def mixed(state: np.ndarray) -> np.ndarray:
        state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return state ^ (state >> np.uint64(31))

    key = mixed(np.array([seed % 2**64], dtype="uint64") + golden)
    key = mixed(key ^ np.array([stream % 2**64], dtype="uint64") * golden)
    state = mixed((np.asarray(ids, dtype="int64").astype("uint64") + np.uint64(1)) * golden + key)
    return (state >> np.uint64(11)).astype("float64") / 2.0**53
