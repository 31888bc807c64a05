"""Arrow columns as a frame of the five types; what changed is reported. Embedded in exported scripts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from dataops_core.read.values import value_frame
from dataops_core.table.kinds import tidy, type_of


def arrow_frame(
    columns: Sequence[pa.ChunkedArray], names: list[str], given: dict, problems: list[dict]
) -> pd.DataFrame:
    """The tidy frame of columns.

    Cells have their types already: no text counts as missing, unless missing tokens are given.
    """
    series, changed, odd = {}, [], {}
    for name, column in zip(names, columns, strict=True):
        plain = simple_column(column)
        if plain is None:
            odd[name] = python_values(column)
            changed.append(f'"{name}" ({column.type} → text)')
            continue
        if lossy_name(column.type):
            changed.append(f'"{name}" ({column.type} → {plain.type})')
        types = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
        series[name] = plain.to_pandas(types_mapper=types.get).reset_index(drop=True)
    problems += changed_problems(changed)
    again = dict(given.get("types") or {})
    rows = len(columns[0]) if columns else 0
    base = tidy(pd.DataFrame(series, index=pd.RangeIndex(rows))) if series else pd.DataFrame(index=pd.RangeIndex(rows))
    redo = [n for n in names if n in odd or (n in again and again[n] != type_of(base[n])) or "missing_tokens" in given]
    if redo or set(again) - set(names):
        cells = [odd[n] if n in odd else [None if pd.isna(v) else v for v in base[n].astype(object)] for n in redo]
        wanted = {**dict.fromkeys(odd, "text"), **{n: k for n, k in again.items() if n in redo or n not in names}}
        if not odd.keys() <= again.keys():
            wanted = {**wanted, **{n: again.get(n, "text") for n in odd}}
        part, _ = value_frame(redo, cells, {**given, "types": wanted}, problems, "row", None, "missing_tokens" in given)
        return pd.DataFrame({n: part[n] if n in redo else base[n] for n in names}, columns=names)
    return base[names] if names else base


def python_values(column: pa.ChunkedArray) -> list[Any]:
    """The values of a column; as text where they are beyond what Python has, such as the year 300000."""
    try:
        return column.to_pylist()
    except (OverflowError, ValueError):
        return column.cast(pa.string()).to_pylist()


def changed_problems(changed: list[str]) -> list[dict]:
    """A problem that says which columns became another type."""
    return (
        [
            {
                "what": f"Columns were converted: {', '.join(changed[:20])}{', …' * (len(changed) > 20)}.",
                "where": "the schema",
                "fix": "Check these columns.",
                "count": len(changed),
            }
        ]
        if changed
        else []
    )


def lossy_name(kind: pa.DataType) -> bool:
    """Whether a conversion of this Arrow type is worth telling."""
    return not (
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_boolean(kind)
        or pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_date(kind)
        or (pa.types.is_timestamp(kind) and kind.tz is None)
    )


def simple_column(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """A column in int64, float64, bool, string or timestamp[us]; None where only text can hold all of it."""
    kind = column.type
    try:
        if pa.types.is_dictionary(kind):
            return simple_column(column.cast(kind.value_type))
        if pa.types.is_integer(kind):
            return column.cast(pa.int64())
        if pa.types.is_floating(kind):
            return column.cast(pa.float64())
        if pa.types.is_boolean(kind):
            return column
        if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind):
            return column.cast(pa.string())
        if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
            return within_years(
                column.cast(pa.timestamp("us", kind.tz) if pa.types.is_timestamp(kind) else pa.timestamp("us"))
            )
        if pa.types.is_decimal(kind) and kind.precision <= 15:
            return column.cast(pa.float64())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    return None


def within_years(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """Moments without a zone (UTC), if all lie in the years 1 to 9999."""
    plain = column.cast(pa.timestamp("us"))
    numbers = pc.min_max(plain.cast(pa.int64()))
    low, high = numbers["min"].as_py(), numbers["max"].as_py()
    return plain if low is None or (low >= -62_135_596_800_000_000 and high < 253_402_300_800_000_000) else None
