"""What steps that make features share: names for new columns, numbers that stay finite, values in a lasting order."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.steps._counted import text_counts


def need_free(df: pd.DataFrame, names: Iterable[str], where: str) -> None:
    """Raise SettingError where a new column would have no name, or that of another one."""
    seen: set[str] = set()
    for name in names:
        if not name or name in df.columns or name in seen:
            what = f'There is a column "{name}" already.' if name else "The new column has no name."
            raise SettingError(what, where, "Give it another name, or rename or drop the other one first.")
        seen.add(name)


def decimals(values: np.ndarray, like: pd.Series) -> pd.Series:
    """Numbers as a decimal column with the row ids of another one; what is not finite is missing."""
    values = np.asarray(values, dtype="float64")
    return pd.Series(np.where(np.isfinite(values), values, np.nan), index=like.index)


def common_values(column: pd.Series, most: int, times: np.ndarray | None = None) -> list[str]:
    """The values of a column as text, the most frequent first, equally frequent ones in order; at most so many."""
    counts = text_counts(column, times)
    return [value for value, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:most]]


def put_after(df: pd.DataFrame, name: str, made: dict[str, pd.Series], keep: bool) -> pd.DataFrame:
    """The frame with new columns behind one of its own, which stays or goes."""
    columns: dict[str, pd.Series] = {}
    for old in df.columns:
        if old != name or keep:
            columns[old] = df[old]
        if old == name:
            columns |= made
    return pd.DataFrame(columns, index=df.index, columns=list(columns))
