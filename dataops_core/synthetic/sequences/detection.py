"""Sequences: rows that belong together by a key and follow each other in time, found by what is in the columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, nearest
from dataops_core.synthetic.prepare.column_treatments import shape_of
from dataops_core.table import Table
from dataops_core.table.kinds import ID_NAME
from dataops_core.values.numbers import in_days

LEAST = 20  # sequences: half are learned from
LONG = 3.0  # rows of a sequence, on average, at least
RISES = 2.0  # rank of a time that rises in the file
GAPS = 0.2  # share of rows without key or time, at most: they are not learned from
MOST = 0.99  # share of rows in which an order must be one
WHY_NOT = "no column names things that come several times, in an order of time"


def found(table: Table, frame: pd.DataFrame) -> dict[str, Any] | None:
    """The sequences of a table: {"key", "index", "context", "sequences", "rows", "longest", "words"}, or None where
    there are none.

    A key names things (an id, a code) and comes at least three times on average; its index is the date or number that
    is different in (nearly) all rows of a key. Context columns are those that never change within a key.
    """
    best: tuple[float, dict[str, Any]] | None = None
    for column in table.columns:
        cells = frame[column.name]
        many = cells.nunique()
        if (
            column.type not in ("text", "integer")
            or many < LEAST
            or cells.notna().sum() < LONG * many
            or cells.isna().mean() > GAPS
            or not _names(cells, column.kind)
        ):
            continue
        times = [
            (rank, each.name)
            for each in table.columns
            if each.name != column.name and (rank := _time_rank(frame, column.name, each.name, each.type, each.kind))
        ]
        if times:
            rank, index = max(times, key=lambda pair: pair[0])
            told = _told(table, frame, column.name, index)
            # codes of a few sorts look like keys as well
            surely = column.kind == "id" or ID_NAME.search(column.name) or told["context"] or rank >= RISES
            if not surely:
                continue
            score = rank + len(told["context"]) / (1 + len(table.columns))
            best = (score, told) if best is None or score > best[0] else best
    return best[1] if best else None


def _names(cells: pd.Series, kind: str) -> bool:
    """Whether the values name things: the kind says so, or the column's name, or codes with digits of one shape."""
    if kind == "id" or ID_NAME.search(str(cells.name)):
        return True
    if cells.dtype != object:
        return False
    values = cells.drop_duplicates().dropna().astype(str)
    return bool(
        values.str.contains(r"^\S*\d\S*$").mean() > MOST
        and values.str.len().max() <= 40
        and _form(values).value_counts(normalize=True).iloc[0] > 0.9
    )


def _form(values: pd.Series) -> pd.Series:
    """The shapes of texts, however many digits or letters stand in a row."""
    return values.map(shape_of).str.replace(r"(.)\1+", r"\1", regex=True)


def _time_rank(frame: pd.DataFrame, key: str, name: str, kind_of_storage: str, kind: str) -> float:
    """0 where a column is not a time within the key; else 1, and 1 more where it rises in the file, and a half more for
    dates.
    """
    if (
        kind_of_storage not in ("integer", "decimal", "datetime")
        or kind in ("id", "category")
        or frame[name].isna().mean() > GAPS
    ):
        return 0.0
    codes = pd.factorize(frame[key])[0]
    steps = _steps(codes, in_days(frame[name]))
    both = pd.DataFrame({"key": codes, "time": frame[name]}).dropna()
    if not len(steps) or both.duplicated().mean() > 1 - MOST:
        return 0.0
    rises = float(np.mean(steps > 0))
    if kind_of_storage != "datetime" and (rises < MOST or frame[name].is_unique):
        return 0.0
    return 1.0 + (rises >= MOST) + (0.5 if kind_of_storage == "datetime" else 0.0)


def _steps(codes: np.ndarray, times: np.ndarray) -> np.ndarray:
    """From each row to the next of its key, in the order of the rows; without missing ones."""
    order = np.argsort(codes, kind="stable")
    steps = np.diff(times[order])[np.diff(codes[order]) == 0]
    return steps[np.isfinite(steps)]


def _told(table: Table, frame: pd.DataFrame, key: str, index: str | None) -> dict[str, Any]:
    sizes = frame[key].value_counts()
    context = [
        column.name
        for column in table.columns
        if column.name not in (key, index) and _constant(frame, key, column.name)
    ]
    by = f'in the order of "{index}"' if index else "in the order of the file"
    return {
        "key": key,
        "index": index,
        "context": context,
        "sequences": len(sizes),
        "rows": int(sizes.sum()),
        "longest": int(sizes.max()),
        "words": (
            f'{len(sizes):,} sequences, one for each "{key}", {by}: {sizes.mean():,.1f} rows on average,'
            f" {sizes.max():,} at most."
        ),
    }


def _constant(frame: pd.DataFrame, key: str, name: str) -> bool:
    keys, values = pd.factorize(frame[key])[0], pd.factorize(frame[name])[0]
    first = np.full(int(keys.max(initial=0)) + 1, -2, dtype=np.int64)
    first[keys[::-1]] = values[::-1]
    return bool((first[keys[keys >= 0]] == values[keys >= 0]).all())


def chosen(table: Table, frame: pd.DataFrame, wish: Mapping[str, Any]) -> dict[str, Any]:
    """The sequences that somebody named as {"key", "index"}. Raises SettingError for columns that are not there or
    cannot be that.
    """
    key, index = wish.get("key"), wish.get("index")
    for name in (key, *([index] if index is not None else [])):
        if name not in table.names:
            raise SettingError(f'There is no column "{name}".', "sequence", nearest(str(name), table.names))
    assert key is not None
    if index is not None and (index == key or table.column(index).type not in ("integer", "decimal", "datetime")):
        raise SettingError(
            f'"{index}" cannot be the time of sequences.', "sequence", "Choose another column, of dates or numbers."
        )
    if table.column(key).type not in ("text", "integer"):
        raise SettingError(
            f'"{key}" cannot be the key of sequences.', "sequence", "Choose a column of text or whole numbers."
        )
    if frame[key].nunique() < LEAST or frame[key].nunique() == frame[key].notna().sum():
        raise SettingError(
            f'"{key}" makes {frame[key].nunique():,} sequences of {frame[key].notna().sum():,} rows.',
            "sequence",
            f"Choose a key of at least {LEAST} values that come several times.",
        )
    return _told(table, frame, key, index)


def ordered(frame: pd.DataFrame, key: str, index: str | None) -> pd.DataFrame:
    """The rows sequence by sequence, in the order of time; rows without key or time are left out."""
    rows = frame[frame[[key, *([index] if index else [])]].notna().all(axis=1)]
    by = {"key": pd.factorize(rows[key])[0], "time": in_days(rows[index]) if index else np.zeros(len(rows))}
    return rows.iloc[np.lexsort((np.arange(len(rows)), by["time"], by["key"]))]


def numbered(keys: Sequence[Any] | pd.Series) -> np.ndarray:
    """The number of each row's sequence (rows,), from 0 in the order of their appearance."""
    return pd.factorize(pd.Series(keys))[0]
