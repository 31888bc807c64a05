"""Numbers and dates of a column as float64, which is what distances, bins and models count with."""

from __future__ import annotations

import numpy as np
import pandas as pd

DAY = 86_400_000_000  # microseconds


def in_days(column: pd.Series) -> np.ndarray:
    """Numbers as float64 (rows,), dates in days since 1970; missing as NaN.

    >>> in_days(pd.Series(["1970-01-02T12:00", None], dtype="datetime64[us]")).tolist()
    [1.5, nan]
    """
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return in_microseconds(column) / DAY
    return column.to_numpy(dtype="float64", na_value=np.nan)


def in_microseconds(column: pd.Series) -> np.ndarray:
    """Numbers as float64 (rows,), dates in microseconds since 1970; missing as NaN.

    >>> in_microseconds(pd.Series([1, None], dtype="Int64")).tolist()
    [1.0, nan]
    """
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return moments_as_floats(column.to_numpy(dtype="datetime64[us]"))
    return column.to_numpy(dtype="float64", na_value=np.nan)


def moments_as_floats(moments: np.ndarray) -> np.ndarray:
    """Moments in microseconds since 1970 as float64, NaN where there is none.

    >>> moments_as_floats(np.array(["1970-01-01T00:00:01", "NaT"], dtype="datetime64[us]")).tolist()
    [1000000.0, nan]
    """
    return np.where(np.isnat(moments), np.nan, moments.astype("datetime64[us]").astype("int64").astype("float64"))


def moments_of_days(days: np.ndarray) -> np.ndarray:
    """Days since 1970 as moments, to the nearest microsecond; none may be missing.

    >>> moments_of_days(np.array([1.5])).astype(str).tolist()
    ['1970-01-02T12:00:00.000000']
    """
    return np.round(days * DAY).astype("int64").astype("datetime64[us]")
