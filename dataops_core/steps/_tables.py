"""Two tables put together: which of their rows share a key, and columns made of the cells of both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.table.kinds import DTYPES, type_of

EXACT = 2**53  # whole numbers up to here are exact as decimals


def needed_table(name: str, other: pd.DataFrame | None, where: str) -> pd.DataFrame:
    """The other table; SettingError where it was not given."""
    if other is None:
        raise SettingError(
            f'The table "{name}" is not here.', where, f"Give it: --with {name}=FILE on the command line."
        )
    return other


def joined_type(one: pd.Series, two: pd.Series) -> str | None:
    """The storage type that the cells of both columns fit; None where there is none."""
    kinds = {type_of(column) for column in (one, two) if column.notna().any()} or {type_of(one)}
    return kinds.pop() if len(kinds) == 1 else "decimal" if kinds == {"integer", "decimal"} else None


def stacked(one: pd.Series, two: pd.Series, kind: str) -> pd.Series:
    """The cells of one column above those of the other, in one storage type."""
    parts = [_as_type(column, kind) for column in (one, two)]
    values = np.concatenate([part.to_numpy(dtype=object) for part in parts])
    if kind in ("decimal", "datetime"):
        return pd.Series(np.concatenate([part.to_numpy() for part in parts]))
    dtype: Any = DTYPES[kind]
    return pd.Series(values, dtype=object).astype(dtype)


def _as_type(column: pd.Series, kind: str) -> pd.Series:
    if type_of(column) == kind:
        return column
    if column.isna().all():
        dtype: Any = DTYPES[kind]
        return pd.Series([None] * len(column), dtype=object).astype(dtype)
    if column.abs().max() > EXACT:
        raise SettingError(
            f'Whole numbers in "{column.name}" are too long to stand beside decimals.',
            str(column.name),
            "Convert both columns to text first (set_kind).",
        )
    return column.astype("float64")


def key_codes(
    df: pd.DataFrame, other: pd.DataFrame, keys: Sequence[str], their_keys: Sequence[str], where: str
) -> tuple[np.ndarray, np.ndarray]:
    """A whole number for each row of both tables, equal where all keys are equal; -1 where one of them is missing."""
    if len(keys) != len(their_keys):
        raise SettingError(
            f"There are {len(keys)} key columns here and {len(their_keys)} in the other table.",
            where,
            "Name as many there, in the same order.",
        )
    check_columns(other, their_keys, where)
    codes = np.zeros(len(df) + len(other), dtype=np.int64)
    missing = np.zeros(len(codes), dtype=bool)
    for mine, theirs in zip(keys, their_keys, strict=True):
        kind = joined_type(df[mine], other[theirs])
        if kind is None:
            raise SettingError(
                f'"{mine}" holds {type_of(df[mine])} here, and "{theirs}" holds {type_of(other[theirs])} in the other'
                " table: no key could be equal.",
                where,
                "Convert one of them first (set_kind, parse_numbers, parse_dates).",
            )
        found, _ = pd.factorize(stacked(df[mine], other[theirs], kind))
        missing |= found < 0
        codes, _ = pd.factorize(codes * (int(found.max(initial=0)) + 2) + found + 1)
    codes = np.where(missing, -1, codes)
    return codes[: len(df)], codes[len(df) :]


def check_columns(other: pd.DataFrame, names: Sequence[str], where: str) -> None:
    """Raises SettingError where the other table lacks one of these columns."""
    for name in names:
        if name not in other.columns:
            known = ", ".join(map(str, other.columns[:12]))
            raise SettingError(f'The other table has no column "{name}".', where, f"Available columns: {known}.")


def taken(column: pd.Series, places: np.ndarray, index: pd.Index) -> pd.Series:
    """The cells at these places, missing at -1, under a new index."""
    cells: Any = column.array if isinstance(column.dtype, pd.api.extensions.ExtensionDtype) else column.to_numpy()
    return pd.Series(pd.api.extensions.take(cells, places, allow_fill=True), index=index)


def new_ids(df: pd.DataFrame, count: int) -> list[int]:
    """The ids of rows that are added at the end."""
    last = int(max(df.index, default=-1))
    return list(range(last + 1, last + 1 + count))
